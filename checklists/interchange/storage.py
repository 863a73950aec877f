"""A file opened by whichever reader understands it."""

from collections.abc import Sequence
from dataclasses import dataclass

from checklists.columns.rules import Arrangement, Table, is_ours, propose
from checklists.incoming.rules import Choices, FileFormat, Found, Reading, conclude, refuse
from checklists.incoming.storage import check_size, guess, parse
from checklists.oscal.rules import is_oscal, read_catalog
from checklists.sheets.rules import read_table
from checklists.sheets.storage import read_csv, read_xlsx
from core.words import N_, T_


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose bytes were understood; ``proposed`` says what the columns of a table seem to be."""

    form: FileFormat
    file_name: str
    document: object = None
    tables: Sequence[Table] = ()
    proposed: Arrangement | None = None

    @property
    def certain(self) -> bool:
        """Say whether nothing has to be asked about columns: there are none, or they are our template's."""
        if self.proposed is None:
            return True
        table = self.table(self.proposed.sheet)
        return bool(table.rows) and is_ours(table.rows[self.proposed.head])

    def table(self, name: str) -> Table:
        """Give a sheet by its name, the first where there is none of that name."""
        named = (table for table in self.tables if table.name == name)
        return next(named, self.tables[0])

    def head(self, given: Arrangement) -> Sequence[str]:
        """Give the row of names that an arrangement points at."""
        rows = self.table(given.sheet).rows
        return rows[given.head] if given.head < len(rows) else ()


def open_file(content: bytes, file_name: str, wanted: FileFormat | None = None) -> Opened:
    """Understand the bytes of a file; ``Unreadable`` tells what is wrong and where."""
    check_size(content)
    told = guess(content, file_name)
    form = wanted or told
    if FileFormat.XLSX in {form, told} and form is not told:
        raise refuse("/", T_("The content of this file is of another form than was said."))
    if form in {FileFormat.CSV, FileFormat.XLSX}:
        tables = read_csv(content) if form is FileFormat.CSV else read_xlsx(content)
        if not any(any(cell.strip() for cell in row) for table in tables for row in table.rows):
            raise refuse("/", T_("The file is empty."))
        return Opened(form, file_name, tables=tables, proposed=propose(tables))
    document = parse(content)
    return Opened(_of_document(document, wanted), file_name, document)


def read_file(opened: Opened, choices: Choices, given: Arrangement | None = None) -> Found:
    """Read an opened file as a standard, with the importer's choices; nothing is written."""
    if opened.proposed is not None:
        arrangement = given or opened.proposed
        reading = read_table(opened.tables, arrangement, choices, opened.file_name)
    elif opened.form is FileFormat.OSCAL:
        reading = read_catalog(opened.document, choices, opened.file_name)
    elif isinstance(opened.document, dict):
        reading = Reading(dict(opened.document))
    else:
        raise refuse("/", T_("This file holds no standard."))
    return conclude(reading, choices)


def _of_document(document: object, wanted: FileFormat | None) -> FileFormat:
    """Tell a pack from a catalog, and both from something else."""
    if is_oscal(document) or wanted is FileFormat.OSCAL:
        return FileFormat.OSCAL
    if wanted is FileFormat.YAML or (isinstance(document, dict) and "format" in document):
        return FileFormat.YAML
    message = N_(
        "This is neither an OSCAL catalog (“catalog” at its top) nor a pack (“format” at its top)."
    )
    raise refuse("/", T_(message))

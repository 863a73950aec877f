"""A standard as the bytes of a file, in each form."""

import json
from datetime import datetime
from typing import Any

import yaml

from checklists.columns.rules import COLUMNS
from checklists.incoming.rules import FileFormat
from checklists.outgoing.rules import as_oscal, as_pack
from checklists.sheets.rules import table_rows
from checklists.sheets.storage import write_csv, write_xlsx
from checklists.standards.rules import StandardPack

MEDIA_TYPES = {
    FileFormat.OSCAL: "application/json",
    FileFormat.YAML: "application/yaml",
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {
    FileFormat.OSCAL: "oscal.json",
    FileFormat.YAML: "yaml",
    FileFormat.CSV: "csv",
    FileFormat.XLSX: "xlsx",
}


def write(
    pack: StandardPack, form: FileFormat, *, changed_at: datetime, language: str = "en"
) -> bytes:
    """Write a standard; ``language`` is that of the words around it in tables."""
    if form is FileFormat.OSCAL:
        catalog = as_oscal(pack, changed_at=changed_at)
        return (json.dumps(catalog, ensure_ascii=False, indent=2) + "\n").encode()
    if form is FileFormat.YAML:
        return _yaml(as_pack(pack))
    rows = table_rows(pack, language)
    return write_csv(rows) if form is FileFormat.CSV else write_xlsx(rows, language)


def template(form: FileFormat, language: str) -> bytes:
    """Write the empty table to fill in."""
    rows = [[head.in_language(language) for head in COLUMNS.values()]]
    return write_csv(rows) if form is FileFormat.CSV else write_xlsx(rows, language)


def file_name(pack: StandardPack, form: FileFormat) -> str:
    """Name the file so that an import reads code and version from it again."""
    return f"{pack.code}-{pack.version}.{ENDINGS[form]}"


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes no references, and texts of several lines as blocks."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write what stands twice twice."""
        return True


def _text(dumper: Any, text: str) -> Any:
    block = "\n" in text and not any(line != line.rstrip() for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


_Dumper.add_representer(str, _text)


def _yaml(data: dict[str, Any]) -> bytes:
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()

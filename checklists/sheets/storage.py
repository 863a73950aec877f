"""The bytes of tables: CSV in any common separator, spreadsheets read by calamine and written by XlsxWriter."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import python_calamine

from checklists.columns.rules import COLUMNS, Table, letters, recognised
from checklists.incoming.rules import (
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_RATIO,
    MOST_ROWS,
    MOST_UNPACKED,
    Unreadable,
    refuse,
)
from checklists.incoming.storage import decode
from checklists.sheets.rules import (
    AREA_WORDS,
    DIMENSION_WORDS,
    METHOD_WORDS,
    NO,
    STAGE_WORDS,
    YES,
)
from core.pages import FORMULA, csv_text
from core.words import N_, T_, Words

_SEPARATORS = (",", ";", "\t", "|")
_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*>\s*(<(?:\w+:)?f\b)?"
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_LIKE_FORMULA = re.compile(r"[=@]\S")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_GUIDE = Words("填写说明", "Guide")
_CRITERIA = Words("条目", "Criteria")
_LISTS = Words("词汇", "Words")
_WIDE = ("requirement", "guidance", "evidence", "summary")


def read_csv(content: bytes) -> list[Table]:
    """Read a text table; the separator is the one that makes most of the names at its top known."""
    text = decode(content).text
    separator = max(_SEPARATORS, key=lambda one: _points(text, one))
    rows: list[list[str]] = []
    alike = set()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            alike |= {(len(rows), n) for n, cell in enumerate(row) if _LIKE_FORMULA.match(cell)}
            rows.append([_undone(cell) for cell in row])
            _check_extent(len(rows), len(row))
    except csv.Error as error:
        where = T_("line %(line)s", line=reader.line_num)
        if "unexpected end" in str(error):
            raise refuse(where, T_("A quotation mark is opened and never closed.")) from None
        raise refuse(where, T_("This is not CSV: %(what)s.", what=str(error))) from None
    return [Table("", rows, alike=frozenset(alike))]


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a text table whose texts no spreadsheet program takes for formulas; ``read_csv`` undoes it."""
    safe = [[f"'{cell}" if cell.startswith("'") else cell for cell in row] for row in rows]
    return csv_text(safe[0], safe[1:]).encode()


def read_xlsx(content: bytes) -> list[Table]:
    """Read the visible sheets of a spreadsheet; formulas are located and never computed."""
    formulas = _inspected(content)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            shown = [
                (n, one.name)
                for n, one in enumerate(book.sheets_metadata)
                if one.visible is python_calamine.SheetVisibleEnum.Visible
                and one.typ is python_calamine.SheetTypeEnum.WorkSheet
            ]
            return [_sheet(book, number, name, formulas) for number, name in shown]
    except python_calamine.CalamineError as error:
        raise refuse(
            "/", T_("The spreadsheet cannot be read: %(what)s.", what=str(error))
        ) from None


def write_xlsx(rows: Iterable[Sequence[str]], language: str) -> bytes:
    """Write a spreadsheet: the table, lists to choose from, and a sheet that explains the columns."""
    import xlsxwriter  # noqa: PLC0415 -- a tenth of a second of every start otherwise

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        _write_criteria(book, list(rows), language)
        _write_guide(book, language)
    return out.getvalue()


def _points(text: str, separator: str) -> int:
    """Count how many columns the first lines have, and above all how many of their names are known."""
    reader = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
    best = 0
    try:
        for number, row in enumerate(reader):
            best = max(best, 100 * len(recognised(row)) + (min(len(row), 99) if number == 0 else 0))
            if number >= 20:
                break
    except csv.Error:
        return best
    return best


def _undone(cell: str) -> str:
    """Take away the apostrophe that keeps a text from being a formula, as ``write_csv`` puts it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")) else cell


def _check_extent(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        where = T_("row %(row)s", row=rows)
        raise refuse(where, T_("There are more than %(most)s rows.", most=MOST_ROWS))
    if columns > MOST_COLUMNS:
        message = N_("There are %(count)s columns; at most %(most)s can be read.")
        where = T_("row %(row)s", row=rows)
        raise refuse(where, T_(message, count=columns, most=MOST_COLUMNS))


def _inspected(content: bytes) -> dict[int, frozenset[tuple[int, int]]]:
    """Look into a spreadsheet before it is read: its size unpacked, its extent, where formulas stand."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, len(content))
            names = [one for one in archive.namelist() if _SHEET.fullmatch(one)]
            return {
                number: _formulas(archive.read(name))
                for number, name in enumerate(_in_order(names))
            }
    except _BROKEN as error:
        message = N_("The spreadsheet is damaged or a part of it is missing (%(what)s).")
        raise refuse("/", T_(message, what=str(error))) from None


def _check_archive(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    unpacked = sum(one.file_size for one in parts)
    if "xl/workbook.xml" not in archive.namelist():
        raise refuse("/", T_("This is a ZIP archive, but no spreadsheet (.xlsx)."))
    if len(parts) > MOST_PARTS:
        raise refuse("/", T_("There are more than %(most)s parts inside.", most=MOST_PARTS))
    if unpacked > min(MOST_UNPACKED, max(size, 4096) * MOST_RATIO):
        message = N_(
            "Unpacked it would have %(size)s bytes: more than a table of criteria can need."
        )
        raise refuse("/", T_(message, size=unpacked))
    if any(one.compress_type not in _PACKED for one in parts):
        raise zipfile.BadZipFile("compression")
    if (bad := archive.testzip()) is not None:  # sizes and digests have to be as the directory says
        raise zipfile.BadZipFile(bad)


def _in_order(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: [int(one) for one in re.findall(r"\d+", name)] or [0])


def _formulas(xml: bytes) -> frozenset[tuple[int, int]]:
    found = set()
    for cell in _CELL.finditer(xml):
        row, column = int(cell.group(2)), _number(cell.group(1))
        if row > MOST_ROWS or column > MOST_COLUMNS:
            where = T_("cell %(cell)s", cell=f"{cell.group(1).decode()}{row}")
            message = N_(
                "The table reaches too far: at most %(rows)s rows and %(columns)s columns are read."
            )
            raise refuse(where, T_(message, rows=MOST_ROWS, columns=MOST_COLUMNS))
        if cell.group(3):
            found.add((row - 1, column - 1))
    if len(found) < len(_FORMULA.findall(xml)):
        raise refuse(
            "/", T_("There are formulas whose place cannot be told. Save the table as CSV first.")
        )
    return frozenset(found)


def _number(letters_: bytes) -> int:
    number = 0
    for sign in letters_:
        number = number * 26 + sign - 64
    return number


def _sheet(
    book: Any, number: int, name: str, formulas: dict[int, frozenset[tuple[int, int]]]
) -> Table:
    rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
    return Table(
        name, [[_shown(cell) for cell in row] for row in rows], formulas.get(number, frozenset())
    )


def _shown(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell)


# -- writing -----------------------------------------------------------------------------------------------------------


def _write_criteria(book: Any, rows: list[Sequence[str]], language: str) -> None:
    sheet = book.add_worksheet(_CRITERIA.in_language(language))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    quoted = book.add_format(
        {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}
    )
    for place, name in enumerate(COLUMNS):
        wide = name.startswith(_WIDE) and not name.startswith("standard_")
        sheet.set_column(place, place, 48 if wide else 24 if "title" in name else 14, plain)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            style = head if number == 0 else quoted if cell.startswith((*FORMULA, "'")) else plain
            if cell:
                sheet.write_string(number, place, cell, style)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(COLUMNS) - 1)
    _write_lists(book, sheet, language)


def _write_lists(book: Any, sheet: Any, language: str) -> None:
    """Offer the words of the columns that have a vocabulary, kept on a sheet of their own."""
    lists = book.add_worksheet(_LISTS.in_language(language))
    vocabularies: dict[str, list[str]] = {
        "dimension": _spoken(DIMENSION_WORDS.values(), language),
        "area": _spoken(AREA_WORDS.values(), language),
        "stage": _spoken(STAGE_WORDS.values(), language),
        "level_from": [str(number) for number in range(1, 6)],
        "weight": [str(number) for number in range(1, 6)],
        "critical": _spoken((YES, NO), language),
    }
    lists.hide()
    for column, (name, values) in enumerate(vocabularies.items()):
        for row, value in enumerate(values):
            lists.write_string(row, column, value)
        place = list(COLUMNS).index(name)
        letter = letters(column)
        source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(values)}"
        sheet.data_validation(
            1,
            place,
            MOST_ROWS - 1,
            place,
            {"validate": "list", "source": source, "error_type": "warning"},
        )


def _spoken(values: Iterable[Words], language: str) -> list[str]:
    return [one.in_language(language) for one in values]


def _write_guide(book: Any, language: str) -> None:
    sheet = book.add_worksheet(_GUIDE.in_language(language))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    for row, (name, told) in enumerate(_guide(language)):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, told, wrapped)


def _guide(language: str) -> Iterator[tuple[str, str]]:
    for name, told in GUIDE.items():
        heads = [head for key, head in COLUMNS.items() if key.removesuffix("_zh") == name]
        title = heads[0].in_language(language) if heads else ""
        yield re.sub(r"\s*[（(].*[)）]$", "", title), told.in_language(language)


_METHODS = Words(
    "、".join(one.zh for one in METHOD_WORDS.values()),
    ", ".join(one.en for one in METHOD_WORDS.values()),
)
GUIDE: dict[str, Words] = {
    "section_code": Words(
        "一行一个条目。同一章节的条目写相同的章节编号和标题。",
        "One row is one criterion. Criteria of one section repeat its code and titles.",
    ),
    "code": Words(
        "必填，整个标准内不重复。字母或数字开头，可用点、连字符和括号。",
        "Needed, and unique in the whole standard. Begins with a letter or digit; may hold dots, hyphens and brackets.",
    ),
    "title": Words("一行，至多240字。", "One line of at most 240 characters."),
    "requirement": Words(
        "必填，至少一种语言；另一种可以以后补上。",
        "Needed in one language at least; the other can follow later.",
    ),
    "guidance": Words(
        "怎样判断，2分与3分差在哪里。", "How to judge it, and what separates a 2 from a 3."
    ),
    "evidence": Words("审核员应当看到的记录。", "The records an auditor expects to see."),
    "dimension": Words(
        "从列表选择，或写等级方案中维度的代码；可以空着。",
        "Choose from the list, or write a dimension's code of the scheme; may stay empty.",
    ),
    "area": Words(
        "从列表选择；空着的按导入时的选择。",
        "Choose from the list; empty ones follow the choice at the import.",
    ),
    "stage": Words(
        "从列表选择；空着的按导入时的选择。",
        "Choose from the list; empty ones follow the choice at the import.",
    ),
    "level_from": Words("1至5的整数。", "A whole number from 1 to 5."),
    "weight": Words("1至5的整数。", "A whole number from 1 to 5."),
    "critical": Words("是或否。", "Yes or no."),
    "methods": Words(f"可写多个：{_METHODS.zh}。", f"One or several of: {_METHODS.en}."),
    "sources": Words("可写多个，用逗号分开。", "One or several, with commas between."),
    "citations": Words(
        "一行一条：文件编号 | 条款 | 已核实。没有核实过的，不写第三项。",
        "One a line: document | clause | verified. Leave the third part out unless somebody has checked it.",
    ),
    "standard_code": Words(
        "最后几列说的是整个标准，只在第一行填写。",
        "The last columns are about the standard as a whole; fill them in the first row only.",
    ),
}
__all__ = ["Unreadable", "read_csv", "read_xlsx", "write_csv", "write_xlsx"]

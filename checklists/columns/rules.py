"""The columns of a table of criteria, their names, and proposals for a table of others. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.words import N_, Words

HEADER_WITHIN = 20  # rows from the top in which the head of a table is looked for
_FREE = ("section_title", "title", "requirement", "guidance", "evidence")  # in the table's language
_LANGUAGE = re.compile(r"(zh|cn|chinese|中文|汉语|en|english|英文|英语)$")
_NOISE = re.compile(r"[^\w]|_")

# What we write, in order: key of the field, its head in both languages.
COLUMNS: dict[str, Words] = {
    "section_code": Words("章节编号", "Section code"),
    "section_title_zh": Words("章节标题（中文）", "Section title (Chinese)"),
    "section_title_en": Words("章节标题（英文）", "Section title (English)"),
    "code": Words("编号", "Code"),
    "title_zh": Words("标题（中文）", "Title (Chinese)"),
    "title_en": Words("标题（英文）", "Title (English)"),
    "requirement_zh": Words("要求（中文）", "Requirement (Chinese)"),
    "requirement_en": Words("要求（英文）", "Requirement (English)"),
    "guidance_zh": Words("判断方法（中文）", "How to judge it (Chinese)"),
    "guidance_en": Words("判断方法（英文）", "How to judge it (English)"),
    "evidence_zh": Words("应有的证据（中文）", "Evidence to expect (Chinese)"),
    "evidence_en": Words("应有的证据（英文）", "Evidence to expect (English)"),
    "dimension": Words("维度", "Dimension"),
    "area": Words("领域", "Area"),
    "stage": Words("阶段", "Stage"),
    "level_from": Words("自哪一级起", "From level"),
    "weight": Words("权重", "Weight"),
    "critical": Words("关键", "Critical"),
    "methods": Words("方法", "Methods"),
    "sources": Words("来源", "Sources"),
    "citations": Words("引用", "Citations"),
    "standard_code": Words("标准代码", "Standard code"),
    "standard_version": Words("标准版本", "Standard version"),
    "standard_title_zh": Words("标准名称（中文）", "Standard title (Chinese)"),
    "standard_title_en": Words("标准名称（英文）", "Standard title (English)"),
    "summary_zh": Words("标准说明（中文）", "Standard summary (Chinese)"),
    "summary_en": Words("标准说明（英文）", "Standard summary (English)"),
}
# What a person may say a column is: with the language left open, and for tables that nest their sections.
FIELD_NAMES: dict[str, str] = {
    "section_code": N_("Section: code"),
    "section_title": N_("Section: title"),
    "section_title_zh": N_("Section: title in Chinese"),
    "section_title_en": N_("Section: title in English"),
    "chapter": N_("Title of the chapter around the section"),
    "code": N_("Criterion: code"),
    "title": N_("Title"),
    "title_zh": N_("Title in Chinese"),
    "title_en": N_("Title in English"),
    "requirement": N_("Requirement"),
    "requirement_zh": N_("Requirement in Chinese"),
    "requirement_en": N_("Requirement in English"),
    "guidance": N_("How to judge it"),
    "guidance_zh": N_("How to judge it, in Chinese"),
    "guidance_en": N_("How to judge it, in English"),
    "evidence": N_("Evidence to expect"),
    "evidence_zh": N_("Evidence to expect, in Chinese"),
    "evidence_en": N_("Evidence to expect, in English"),
    "dimension": N_("Dimension"),
    "area": N_("Area"),
    "stage": N_("Stage"),
    "level_from": N_("From level"),
    "weight": N_("Weight"),
    "critical": N_("Critical or not"),
    "methods": N_("Methods"),
    "sources": N_("Sources"),
    "citations": N_("Citations"),
    "standard_code": N_("Standard: code"),
    "standard_version": N_("Standard: version"),
    "standard_title_zh": N_("Standard: title in Chinese"),
    "standard_title_en": N_("Standard: title in English"),
    "summary_zh": N_("Standard: summary in Chinese"),
    "summary_en": N_("Standard: summary in English"),
}
_KNOWN_AS: dict[str, str] = {
    "section_code": "section code|section id|section number|group id|category id|章节编号|章节号|部分编号"
    "|类别编号|控制域编号",
    "section_title": "section|section name|section title|category|group|family|domain|control family|章节|章节标题"
    "|章节名称|部分|类别|分类|控制域|安全控制类",
    "chapter": "chapter|chapter name|chapter title|part|章|章名|大类|一级分类",
    "code": "code|id|req id|requirement id|control id|control identifier|identifier|criterion|criterion code|no|number"
    "|ref|reference|control number|clause|编号|序号|条款|条款号|条款编号|控制项编号|要求编号|代码|标识",
    "title": "title|name|control name|requirement title|short name|control or control enhancement name|标题|名称|控制项"
    "|控制名称|控制项名称|条款标题|要点",
    "requirement": "requirement|requirements|description|req description|requirement description|control|control text"
    "|control description|statement|text|shall|要求|要求内容|内容|条款内容|描述|审核要求|评估要求|控制要求|具体要求",
    "guidance": "guidance|how to judge it|how to judge|discussion|supplemental guidance|implementation guidance|notes"
    "|note|remarks|判断方法|判定方法|审核指引|实施指南|指南|说明|备注|审核方法说明",
    "evidence": "evidence|evidence to expect|expected evidence|examples of evidence|artifacts|应有的证据|应有证据|证据"
    "|审核证据|证明材料|所需材料",
    "dimension": "dimension|维度",
    "area": "area|assessment area|领域|评估领域|评估方面",
    "stage": "stage|life cycle stage|lifecycle stage|阶段|生命周期阶段",
    "level_from": "from level|level from|level|l|asvs level|min level|minimum level|自哪一级起|起始等级|等级|级别",
    "weight": "weight|权重",
    "critical": "critical|critical or not|mandatory|关键|是否关键|关键项|否决项",
    "methods": "methods|method|audit method|assessment method|方法|审核方法|评估方法",
    "sources": "sources|source|来源|出处",
    "citations": "citations|citation|references|related standards|引用|引用标准|依据",
    "standard_code": "standard code|标准代码",
    "standard_version": "standard version|标准版本",
    "standard_title": "standard title|标准名称",
    "summary": "standard summary|标准说明",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its rows as texts (row 1 first).

    ``formulas`` are the cells that hold one, ``alike`` those whose text a spreadsheet program would take for one;
    both as (row, column) from 0.
    """

    name: str
    rows: Sequence[Sequence[str]]
    formulas: frozenset[tuple[int, int]] = frozenset()
    alike: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the columns of a table are: ``columns`` leads from places (from 0) to fields."""

    sheet: str
    head: int  # row of the names of columns, from 0
    columns: Mapping[int, str]

    @property
    def complete(self) -> bool:
        """Say whether enough is known to make criteria."""
        fields = set(self.columns.values())
        return bool(fields & {"requirement", "requirement_zh", "requirement_en"})

    def plain(self) -> dict[str, Any]:
        """Give the arrangement as it is kept."""
        columns = {str(place): name for place, name in self.columns.items()}
        return {"sheet": self.sheet, "head": self.head, "columns": columns}

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Arrangement":
        """Take up what ``plain`` gave."""
        columns = {int(place): name for place, name in kept["columns"].items()}
        return Arrangement(kept["sheet"], kept["head"], columns)


def propose(tables: Sequence[Table]) -> Arrangement:
    """Say what the columns seem to be: of the sheet and the row whose names are known best."""
    best, points = Arrangement(tables[0].name if tables else "", 0, {}), -1
    for table in tables:
        for number, row in enumerate(table.rows[:HEADER_WITHIN]):
            columns = recognised(row)
            filled = sum(1 for cell in row if cell.strip())
            gained = 10 * len(columns) + (1 if filled > 1 else 0)
            if gained > points:
                best, points = Arrangement(table.name, number, columns), gained
    return best


def recognised(row: Sequence[str]) -> dict[int, str]:
    """Give the fields that a row of names tells, each once."""
    found: dict[int, str] = {}
    for place, cell in enumerate(row):
        name = _field(cell)
        if name and name not in found.values():
            found[place] = name
    return found


def is_ours(row: Sequence[str]) -> bool:
    """Say whether a row is the head of our own template: then nothing has to be asked."""
    heads = {cell.strip() for cell in row if cell.strip()}
    return any(
        heads == {getattr(head, language) for head in COLUMNS.values()} for language in ("zh", "en")
    )


def signature(row: Sequence[str]) -> str:
    """Give the digest that a table's head is remembered by."""
    names = "\n".join(_plain(cell) for cell in row).rstrip("\n")
    return hashlib.sha256(names.encode()).hexdigest()


def letters(column: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _plain(cell: str) -> str:
    return _NOISE.sub("", cell.casefold())


_BY_NAME = {
    _plain(name): field_ for field_, names in _KNOWN_AS.items() for name in names.split("|")
}


def _field(cell: str) -> str:
    plain = _plain(cell)
    if found := _BY_NAME.get(plain):
        return found if found in FIELD_NAMES else ""
    told = _LANGUAGE.search(plain)
    base = _BY_NAME.get(plain[: told.start()], "") if told else ""
    if not told or not base:
        return ""
    language = "zh" if told.group() in {"zh", "cn", "chinese", "中文", "汉语"} else "en"
    return f"{base}_{language}" if f"{base}_{language}" in FIELD_NAMES else ""


def free(name: str) -> bool:
    """Say whether a field leaves its language open."""
    return name in _FREE

"""Tables of criteria: columns, rows, cells, and what is told of each (I-27)."""

import io
import zipfile

import pytest
import xlsxwriter

from checklists.columns.rules import Arrangement, Table, is_ours, letters, propose, signature
from checklists.incoming.rules import Choices, Unreadable, conclude
from checklists.sheets import storage
from checklists.sheets.rules import beginning, read_table, table_rows
from checklists.standards.rules import Area, Method, Stage, parse_standard
from tests.factories.checklists import standard_data

ASVS = (
    "chapter_id,chapter_name,section_id,section_name,req_id,req_description,L\n"
    'V1,Encoding,V1.1,Architecture,V1.1.1,"Verify one, and ""two"".",2\n'
    "V1,Encoding,V1.1,Architecture,V1.1.2,Verify three.,1\n"
    "V2,Validation,V2.1,Documentation,V2.1.1,Verify four.,L3\n"
)


def found(content, file_name="t.csv", *, xlsx=False, **choices):
    tables = (storage.read_xlsx if xlsx else storage.read_csv)(content)
    given = Choices(**choices)
    return conclude(read_table(tables, propose(tables), given, file_name), given)


def told(notes):
    return [(str(note.where), str(note.text)) for note in notes]


def sheet(write):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        write(book.add_worksheet("One"), book)
    return out.getvalue()


def test_a_known_foreign_table_works_out_of_the_box():
    """I-27: OWASP's columns, code and version from the file's name, titles from the requirement."""
    result = found(ASVS.encode(), "owasp-asvs-5.0.0.csv")
    pack = result.pack
    assert (pack.code, pack.version) == ("owasp-asvs", "5.0.0")
    assert [(one.code, one.title.en) for one in pack.sections] == [
        ("V1.1", "Encoding › Architecture"),
        ("V2.1", "Validation › Documentation"),
    ]
    assert [one.level_from for one in pack.criteria] == [2, 1, 3]
    assert pack.criteria[0].requirement.en == 'Verify one, and "two".'
    assert pack.criteria[0].title.en == 'Verify one, and "two"'
    assert "3 criteria have no title" in told(result.warnings)[0][1]


@pytest.mark.parametrize(
    "head",
    [
        "编号,标题,要求,判断方法,等级",
        "条款号;名称;内容;审核指引;级别",
        "Control Identifier\tControl Name\tControl Text\tDiscussion\tLevel",
        "ID|Title|Description|Guidance|L",
    ],
)
def test_heads_are_recognised_in_both_languages_and_any_separator(head):
    """I-27: comma, semicolon, tab and bar; names as tables carry them."""
    separator = next(one for one in ",;\t|" if one in head)
    row = separator.join(["7.1", "一", "做到", "看记录", "2"])
    pack = found(f"{head}\n{row}\n".encode()).pack
    (one,) = pack.criteria
    assert (one.code, one.title.zh, one.requirement.zh) == ("7.1", "一", "做到")
    assert (one.guidance.zh, one.level_from) == ("看记录", 2)


def test_rows_above_the_head_and_empty_rows_are_passed_over():
    """I-27: a title above the table, a blank row inside; rows keep their numbers."""
    text = "Our list,,\n,,\ncode,requirement,weight\n1,Do.,2\n,,\n2,Do more.,heavy\n"
    result = found(text.encode())
    assert told(result.problems) == [("row 6, column C (weight)", "“heavy” is not a number.")]


def test_every_wrong_cell_names_row_and_column():
    """I-27: all of them at once."""
    text = (
        "code,title,requirement,area,critical,level,methods\n"
        "a b,T,R,Nowhere,maybe,-1,guessing\n"
        "c-2,T,,,,9,\n"
        "c-2,T,R,,,,\n"
    )
    places = {where for where, _ in told(found(text.encode()).problems)}
    assert places == {
        "row 2, column A (code)",
        "row 2, column D (area)",
        "row 2, column E (critical)",
        "row 2, column F (level)",
        "row 2, column G (methods)",
        "row 3, column C (requirement)",
        "row 3, column F (level)",
        "row 4, column A (code)",
    }


def test_words_of_both_languages_stand_for_values():
    """I-27: a cell says what it means in Chinese, in English or as a code."""
    text = (
        "code,title,requirement,area,stage,critical,methods,dimension,citations,sources\n"
        'c-1,T,R,服务人员,Continual improvement,是,"访谈、System test",可用性,'
        '"ISO \\| 1 | 8.3 | 已核实\nOther","S-01, S-02"\n'
    )
    (one,) = found(text.encode()).pack.criteria
    assert (one.area, one.stage, one.critical) == (Area.PEOPLE, Stage.IMPROVEMENT, True)
    assert one.methods == (Method.INTERVIEW, Method.SYSTEM_TEST)
    assert one.dimension == "availability"
    assert [(c.code, c.clause, c.verified) for c in one.citations] == [
        ("ISO | 1", "8.3", True),
        ("Other", "", False),
    ]
    assert one.sources == ("S-01", "S-02")


def test_what_a_table_does_not_say_the_importer_chooses():
    """I-27: defaults of the preview; rows without code are numbered, without section stand together."""
    result = found(
        b"requirement\nDo.\nDo more.\n", area=Area.PEOPLE, level_from=3, dimension="response"
    )
    assert [(one.code, one.area, one.level_from) for one in result.pack.criteria] == [
        ("1", Area.PEOPLE, 3),
        ("2", Area.PEOPLE, 3),
    ]
    assert [one.title.en for one in result.pack.sections] == ["Criteria"]


def test_a_table_without_requirements_is_refused():
    """I-27: it says which column is wanted."""
    with pytest.raises(Unreadable, match="hold the requirement"):
        found(b"alpha,beta\n1,2\n")


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ('code,requirement\n1,"open\n', "line 2", "never closed"),
        ('code,requirement\n1,"a"b\n', "line 2", "not CSV"),
        ("code,requirement\n" + "1," * 300 + "\n", "row 2", "columns"),
    ],
)
def test_broken_tables_name_the_line(text, where, words):
    """I-27: nothing is guessed where a quotation mark is missing."""
    with pytest.raises(Unreadable) as error:
        found(text.encode())
    ((place, message),) = told(error.value.notes)
    assert place == where
    assert words in message


def test_texts_that_look_like_formulas_are_told():
    """quality 8: in a text table nothing is computed; it is a text, with a warning."""
    result = found(b"code,title,requirement\n1,T,=SUM(A1:A9)\n2,T,- a list\n")
    assert result.pack.criteria[0].requirement.en == "=SUM(A1:A9)"
    assert [where for where, _ in told(result.warnings)] == ["row 2, column C (requirement)"]


def test_formulas_of_a_spreadsheet_are_problems():
    """I-27: told with the cell, never evaluated; a formula in a column nobody reads does no harm."""

    def write(page, _book):
        page.write_row(0, 0, ["code", "title", "requirement", "unread"])
        page.write_row(1, 0, ["1", "T", "Do."])
        page.write_formula(1, 3, "=1+1", None, 2)
        page.write_row(2, 0, ["2", "T"])
        page.write_formula(2, 2, '="Do"&"it"', None, "Doit")

    result = found(sheet(write), xlsx=True)
    assert told(result.problems) == [
        ("row 3, column C (requirement)", "A formula stands here. Put its result in its place.")
    ]


def test_numbers_of_a_spreadsheet_are_read_as_one_sees_them():
    """I-27: 5 is 5, not 5.0; the sheet with the best known head is taken."""

    def write(page, book):
        page.write(0, 0, "A cover sheet")
        other = book.add_worksheet("Two")
        other.write_row(0, 0, ["编号", "要求", "权重", "关键"])
        other.write_row(1, 0, [5, "做到", 3.0, True])

    pack = found(sheet(write), xlsx=True).pack
    assert (pack.criteria[0].code, pack.criteria[0].weight) == ("5", 3)
    assert pack.criteria[0].critical is True


def test_bombs_and_broken_spreadsheets_are_refused():
    """quality 6: by their directory, before they are unpacked; a cell far away would fill the memory."""
    whole = sheet(lambda page, _book: page.write_row(0, 0, ["code", "requirement"]))
    cut = refusal(whole[:-40])
    assert "damaged" in cut
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    assert "Unpacked it would have" in refusal(out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"x")
    assert "no spreadsheet" in refusal(out.getvalue())
    far = sheet(lambda page, _book: page.write(1_048_575, 16_383, "far"))
    assert "reaches too far" in refusal(far)


def refusal(content):
    with pytest.raises(Unreadable) as error:
        storage.read_xlsx(content)
    return str(error.value.notes[0].text)


def test_columns_a_person_assigns():
    """I-27: an arrangement is kept as plain data and read again; the head is remembered by its digest."""
    given = Arrangement("", 0, {0: "requirement", 2: "code"})
    assert Arrangement.read(given.plain()) == given
    table = Table("", [["Was", "x", "Nr"], ["Do.", "", "1"]])
    pack = conclude(read_table([table], given, Choices(), "t.csv"), Choices()).pack
    assert pack.criteria[0].requirement.en == "Do."
    assert (
        signature(["Req ID", "L"]) == signature(["req_id ", "l", ""]) != signature(["L", "Req ID"])
    )
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_template_is_known_and_safe(language):
    """I-27 quality 8: its head is ours; no text of people becomes a formula, in CSV or spreadsheet."""
    data = standard_data(2)
    data["sections"][0]["criteria"][0]["requirement"] = {"zh": "+1", "en": '=HYPERLINK("x")'}
    pack = parse_standard(data)
    rows = list(table_rows(pack, language))
    assert is_ours(rows[0])
    text = storage.write_csv(rows).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'+1" in text
    with zipfile.ZipFile(io.BytesIO(storage.write_xlsx(rows, language))) as book:
        pages = [book.read(one) for one in book.namelist() if one.startswith("xl/worksheets/")]
    assert len(pages) == 3
    assert not any(b"<f>" in page or b"<f " in page for page in pages)


def test_beginnings():
    """I-27: a title made of a requirement is a sentence or ends at a word."""
    assert beginning("Do it. Then more.") == "Do it"
    assert beginning("做到这一点。然后继续") == "做到这一点"
    long = beginning("word " * 40)
    assert len(long) <= 60
    assert long.endswith("word…")
    assert len(beginning("字" * 100)) == 60


def test_the_words_of_cells_cover_the_vocabulary():
    """I-27: whatever a criterion may hold has a word in both languages, the same as on the pages."""
    from checklists.sheets import rules
    from checklists.standards import rules as standards

    pairs = (
        (rules.DIMENSION_WORDS, standards.DIMENSION_NAMES),
        (rules.AREA_WORDS, standards.AREA_NAMES),
        (rules.STAGE_WORDS, standards.STAGE_NAMES),
        (rules.METHOD_WORDS, standards.METHOD_NAMES),
    )
    for words, names in pairs:
        assert {key: both.en for key, both in words.items()} == {
            key: name for key, name in names.items() if key
        }

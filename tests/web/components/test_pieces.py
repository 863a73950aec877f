"""Pieces of pages: what people type is escaped; pictures, lists and histories say what they mean."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace as Piece

import pytest

from app import NAVIGATION
from core.pages import Page
from tests.web.components.markup import HOSTILE, checked

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_every_template_compiles(application):
    """A template with a fault would fail only when somebody opens its page."""
    names = application.jinja_env.list_templates(extensions=["html", "txt"])
    ours = [name for name in names if not name.startswith(("bootstrap", "base/"))]
    assert len(ours) > 30
    for name in ours:
        application.jinja_env.get_template(name)


@pytest.mark.parametrize(
    ("file", "call", "context"),
    [
        ("state.html", "state(badge)", {"badge": Piece(kind="bad", icon="alert", word=HOSTILE)}),
        ("state.html", "mark('good', 'check', word)", {"word": HOSTILE}),
        ("level.html", "level_big(3, 5, word, word)", {"word": HOSTILE}),
        ("level.html", "level(2, 3, word)", {"word": HOSTILE}),
        ("crumbs.html", "crumbs([(word, '/a'), (word, none)])", {"word": HOSTILE}),
        ("facts.html", "facts([(word, word), ('Empty', none)])", {"word": HOSTILE}),
        ("facts.html", "band(word, 'here', word, '/a', word)", {"word": HOSTILE}),
        ("figures.html", "bar(40, 2, word)", {"word": HOSTILE}),
        (
            "figures.html",
            "figures([{'label': word, 'value': word, 'note': word, 'href': '/a'}])",
            {"word": HOSTILE},
        ),
        (
            "way.html",
            "way([{'label': word, 'when': word, 'status': 'now'}], word)",
            {"word": HOSTILE},
        ),
        (
            "tabs.html",
            "tabs([{'label': word, 'href': '/a', 'here': true, 'count': 3}], word)",
            {"word": HOSTILE},
        ),
        ("list.html", "empty(word, word, word, '/a')", {"word": HOSTILE}),
        ("list.html", "filter_search(word, hint=word)", {"word": HOSTILE}),
        ("list.html", "filter_select('s', word, [(word, word)], word, word)", {"word": HOSTILE}),
        ("list.html", "sort_head(word, 'start', 'start')", {"word": HOSTILE}),
        ("note.html", "said([('message', word), ('error', word)])", {"word": HOSTILE}),
        ("note.html", "prose(word)", {"word": HOSTILE}),
        (
            "note.html",
            "{% call note('warn', none, word, at) %}{{ word }}{% endcall %}",
            {"word": HOSTILE, "at": NOON},
        ),
    ],
)
def test_pieces_escape_what_people_type(piece, file, call, context):
    """Quality 6: nothing that somebody typed becomes markup."""
    html = piece(file, call, **context)
    checked(html)
    assert "&lt;script&gt;" in html


def test_tasks_tiles_and_conflicts_escape_too(piece):
    """Quality 6: the same for pieces that take objects."""
    task = Piece(
        icon="audit", title=HOSTILE, href="/a", meta=[HOSTILE], due=HOSTILE, due_note=HOSTILE, late=True,
        button=HOSTILE, primary=True,
    )  # fmt: skip
    tile = Piece(
        icon="file", name=HOSTILE, href="/f", shows=HOSTILE, klass=HOSTILE, size=310_000, sha256="9f" * 32,
        who=HOSTILE, at=NOON, state=None,
    )  # fmt: skip
    side = Piece(
        who=HOSTILE, at=NOON, entries=[(HOSTILE, HOSTILE), ("", [("+", HOSTILE), ("-", HOSTILE)])]
    )
    html = piece("tasks.html", "tasks([task])", task=task)
    html += piece("tiles.html", "tiles([tile], '/add')", tile=tile)
    html += piece("tiles.html", "evidence_rows([tile])", tile=tile)
    html += piece("conflict.html", "stale(side, side)", side=side)
    tree = checked(html)
    assert tree.all("button", name="keep", value="mine")
    assert tree.all("button", name="keep", value="theirs")
    assert len(tree.all("ins")) == len(tree.all("del")) == 2


def test_every_picture_named_exists(application):
    """A name that the sheet of pictures lacks would show nothing, in silence."""
    folder = Path(application.root_path)
    sheet = set(re.findall(r'symbol id="(\w+)"', (folder / "static/icons.svg").read_text()))
    named = {icon for icon, *_rest in NAVIGATION}
    for template in (folder / "templates").rglob("*.html"):
        named |= set(re.findall(r"""\bi\(["'](\w+)["']""", template.read_text(encoding="utf-8")))
    assert len(named) > 10
    assert named <= sheet


def test_state_has_a_word_beside_its_picture(piece):
    """The look: word first; the picture is hidden from readers of the screen."""
    html = piece(
        "state.html", "state(badge)", badge=Piece(kind="warn", icon="back", word="Returned")
    )
    tree = checked(html)
    assert "Returned" in html
    assert all(attrs["aria-hidden"] == "true" for attrs in tree.all("svg"))


@pytest.mark.parametrize(
    ("number", "of", "on", "off"), [(3, 5, 3, 2), (0, 5, 0, 5), (None, 4, 0, 4), (3, 3, 3, 0)]
)
def test_level_shows_as_many_streaks_as_the_scheme_has(piece, number, of, on, off):
    """S-02: the number of levels is data of the scheme version."""
    tree = checked(piece("level.html", "level(number, of)", number=number, of=of))
    paths = {attrs["class"]: attrs["d"].count("M") for attrs in tree.all("path")}
    assert paths.get("on", 0) == on
    assert paths.get("off", 0) == off
    assert tree.all("svg", role="img", aria_label=f"Level {number or 0} of {of}")


def test_timeline_tells_who_when_and_why(piece):
    """S-32: the trail names the actor, the time, the reason, before and after."""
    events = [
        Piece(
            at=NOON, actor_name=HOSTILE, sentence=f"{HOSTILE} returned <it>", key=False, reason=HOSTILE,
            changes=[("Due", "2026-11-18", HOSTILE), ("Owner", None, "Li")],
        ),
        Piece(at=NOON, actor_name="The clock", sentence="The clock marked it overdue", key=True, reason=None),
    ]  # fmt: skip
    html = piece("timeline.html", "timeline_aside(events, '/all', 1212)", events=events)
    tree = checked(html)
    assert len(tree.all("time", datetime="2026-11-20T04:00:00+00:00")) == 2
    assert tree.all("li", **{"class": "key"})
    assert "All 1,212" in html
    assert "<b>&#34;&gt;&lt;script" in html


def test_pages_keep_the_conditions_of_the_list(piece):
    """The look: pages of a list, with the present one named."""
    html = piece("list.html", "pages(page)", page=Page(items=[], number=6, per_page=25, total=320))
    tree = checked(html)
    here = tree.all("a", aria_current="page")
    assert [attrs["href"] for attrs in here] == ["?q=a&state=open&page=6"]
    assert tree.all("a", rel="prev")[0]["href"].endswith("page=5")
    assert tree.all("a", rel="next")[0]["href"].endswith("page=7")
    assert "126 to 150 of 320" in html
    assert (
        piece("list.html", "pages(page)", page=Page(items=[], number=1, per_page=25, total=20))
        == ""
    )


@pytest.mark.parametrize(
    ("sort", "said", "href"), [("start", "ascending", "-start"), ("-start", "descending", "start")]
)
def test_sorted_column_says_so(piece, sort, said, href):
    """The look: the order stands in aria-sort and the link turns it."""
    tree = checked(piece("list.html", "sort_head('Begins', 'start', sort)", sort=sort))
    assert tree.all("th", aria_sort=said, scope="col")
    assert tree.all("a")[0]["href"] == f"?q=a&state=open&sort={href}"
    plain = checked(piece("list.html", "sort_head('Ends', 'end', sort)", sort=sort))
    assert "aria-sort" not in plain.all("th")[0]


@pytest.mark.parametrize(
    ("shown", "total", "words"),
    [(1, None, "1 entry"), (6, 6, "6 entries"), (6, 1480, "6 of 1,480")],
)
def test_filter_bar_counts_what_it_found(piece, shown, total, words):
    """The look: the filter bar is a GET form with the count of results."""
    call = "{% call filter_bar(shown, total, clear='/x') %}{% endcall %}"
    html = piece("list.html", call, shown=shown, total=total)
    tree = checked(html)
    assert tree.all("form", method="get", role="search")
    assert tree.all("span", role="status")
    assert words in html

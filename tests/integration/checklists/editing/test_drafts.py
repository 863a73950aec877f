"""A draft's whole way on both databases: copied, edited, ordered, reviewed, published."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from accounts.organisations.models import Organisation
from checklists.arranging import operations as arranging
from checklists.arranging import queries as outlines
from checklists.arranging.rules import Show
from checklists.citations import operations as citations
from checklists.citations import queries as register
from checklists.citations.rules import CheckOutcome, Pair, Standing
from checklists.comparison import queries as sides
from checklists.comparison.rules import Kind, compare
from checklists.drafting import operations as drafting
from checklists.drafting import queries as drafts
from checklists.editing import operations as editing
from checklists.editing import queries as ways
from checklists.standards import operations as standards
from checklists.standards import queries
from checklists.standards.models import Criterion, Section, StandardEditor, StandardVersion
from checklists.standards.rules import StandardState
from core.db import expect
from core.errors import Invalid, NotFound, Stale, StepRefused
from core.events import Event, verify
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import acting, organisation, person
from tests.factories.checklists import small_standard

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def body(session):
    return organisation(session, OrganisationKind.BODY)


@pytest.fixture
def planner(session, body):
    return acting(person(session), body, Role.PLANNER)


@pytest.fixture
def base(session):
    return small_standard(session, 60)


@pytest.fixture
def draft(session, planner, base):
    """A copy of the published standard, opened by the planner."""
    made = drafting.copy(session, planner, base, "SMALL", "2.0", now=NOW)
    session.commit()
    return drafts.draft(session, planner, made.id, lock=True)


def codes(session, version_id):
    rows = session.execute(
        select(Criterion.code, Criterion.position)
        .where(Criterion.standard_version_id == version_id)
        .order_by(Criterion.position)
    ).all()
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.code for row in rows]


def one(session, draft, code):
    session.expire_all()
    return session.scalar(
        select(Criterion).where(
            Criterion.standard_version_id == draft.version.id, Criterion.code == code
        )
    )


def section(session, draft, code):
    return session.scalar(
        select(Section).where(Section.standard_version_id == draft.version.id, Section.code == code)
    )


@pytest.mark.parametrize("size", [10, 1200])
def test_a_copy_is_made_by_the_database(session, planner, size):
    """S-34: as many statements for ten criteria as for 1,200, and nothing is lost."""
    base = small_standard(session, size, code="BIG")
    session.commit()
    sent = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        made = drafting.copy(session, planner, base, "BIG", "2", now=NOW)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(sent) <= 4, sent
    assert codes(session, made.id) == codes(session, base.id)
    old, new = sides.sides(session, (base.id, made.id)).values()
    assert len(new) == size
    assert compare(old, new).differences == ()
    session.commit()
    with pytest.raises(Invalid, match="has a version 2 already"):
        drafting.copy(session, planner, base, "BIG", "2", now=NOW)
    session.commit()
    assert verify(session)[1] is None


def test_order(session, planner, draft):
    """S-34: added, duplicated, moved, sent elsewhere, removed: the numbers stay without a gap."""
    key = draft.version.id
    texts = dict.fromkeys(("title_zh", "title_en", "requirement_zh", "requirement_en"), "x")
    rest = dict.fromkeys(("guidance_zh", "guidance_en", "evidence_zh", "evidence_en"), "")
    values = {
        "code": "NEW", "dimension": "", "area": "people", "stage": "design", "level_from": 1,
        "weight": 1, "critical": False, "methods": [], "sources": [], "citations": [],
    }  # fmt: skip
    first, second = section(session, draft, "S1"), section(session, draft, "S2")
    editing.add(session, planner, draft, first.id, values | texts | rest, now=NOW)
    assert codes(session, key)[50] == "NEW"
    with pytest.raises(Invalid, match="has this code"):
        editing.add(session, planner, draft, first.id, values | texts | rest, now=NOW)
    copy = editing.duplicate(session, planner, draft, one(session, draft, "S1.2"), now=NOW)
    assert codes(session, key)[1:3] == ["S1.2", copy.code]
    session.commit()
    draft = drafts.draft(session, planner, key)
    editing.place(session, planner, draft, one(session, draft, "S1.2"), second.id, now=NOW)
    assert codes(session, key)[-1] == "S1.2"
    arranging.move_criterion(
        session, planner, draft, one(session, draft, "S1.1"), up=False, now=NOW
    )
    assert codes(session, key)[:2] == [copy.code, "S1.1"]
    arranging.move_section(session, planner, draft, second, up=True, now=NOW)
    assert codes(session, key)[0] == "S2.51"
    editing.remove(session, planner, draft, one(session, draft, "S2.51"), now=NOW)
    assert codes(session, key)[0] == "S2.52"
    session.commit()
    draft = drafts.draft(session, planner, key)
    assert draft.version.criteria_count == len(codes(session, key)) == 61
    moved = arranging.empty_section(
        session, planner, draft, section(session, draft, "S2"),
        target_id=section(session, draft, "S1").id, now=NOW,
    )  # fmt: skip
    assert moved == 10
    arranging.remove_section(session, planner, draft, section(session, draft, "S2"), now=NOW)
    with pytest.raises(Invalid, match="holds criteria"):
        arranging.remove_section(session, planner, draft, section(session, draft, "S1"), now=NOW)
    session.commit()
    assert [(row.code, row.n) for row in outlines.sections(session, key)] == [("S1", 61)]
    assert codes(session, key)[-1] == "S1.2"
    assert verify(session)[1] is None


def test_words(session, planner, body, draft):
    """S-34: an edit names its editor once, is refused when late, and tells what is wanting."""
    row = one(session, draft, "S1.3")
    second = acting(person(session), body, Role.PLANNER)
    with pytest.raises(Stale):
        expect(row, row.revision + 1)
    change = {"code": "S1.3", "title_en": "", "requirement_zh": "", "dimension": ""}
    opened = drafts.draft(session, second, draft.version.id)
    assert editing.edit(session, second, opened, row, change, now=NOW)
    session.commit()
    opened = drafts.draft(session, second, draft.version.id)
    assert opened.known
    assert not editing.edit(session, second, opened, one(session, draft, "S1.3"), change, now=NOW)
    assert drafts.editors(session, draft.version.id) == [second.name]
    spot = ways.spots(session, draft.version.id)[2]
    assert (spot.code, spot.lacks_zh, spot.lacks_en) == ("S1.3", True, True)
    for show in (Show.CHINESE, Show.ENGLISH, Show.UNASSIGNED):
        chapters = outlines.chapters(session, draft.version.id, show=show)
        assert [line.code for chapter in chapters for line in chapter.lines] == ["S1.3"]
    assert [one.total for one in chapters] == [50, 10]
    lacking = queries.case_of(session, planner, draft.version.id).lacking
    assert lacking == {"zh": 1, "en": 1}
    with pytest.raises(Invalid, match="has this code"):
        editing.edit(
            session, second, opened, one(session, draft, "S1.3"), {"code": "S1.4"}, now=NOW
        )


def test_an_imported_draft_is_no_longer_its_file_once_changed(session, planner):
    """S-34: the digest of what came in does not vouch for what was changed since."""
    from tests.factories.checklists import standard_data

    data = standard_data(10)
    made = standards.import_pack(session, planner, data, now=NOW, publish=False)
    session.commit()
    assert standards.import_pack(session, planner, data, now=NOW, publish=False).id == made.id
    opened = drafts.draft(session, planner, made.id)
    editing.remove(session, planner, opened, one(session, opened, "S1.4"), now=NOW)
    session.commit()
    session.expire_all()
    assert session.get_one(StandardVersion, made.id).source_sha256 is None
    with pytest.raises(StepRefused, match="another content"):
        standards.import_pack(session, planner, data, now=NOW, publish=False)


def test_review_and_publication(session, planner, body, base, draft):
    """S-34: by another person; then the database lets nobody change it, and the one before is superseded."""
    key = draft.version.id
    editor = acting(person(session), body, Role.PLANNER, Role.DECIDER)
    opened = drafts.draft(session, editor, key)
    change = {"code": "S1.3", "title_en": "Better"}
    editing.edit(session, editor, opened, one(session, draft, "S1.3"), change, now=NOW)
    decider = acting(person(session), body, Role.DECIDER)
    admin = acting(person(session), body, Role.ADMINISTRATOR)

    def take(actor, action):
        case = queries.case_of(session, actor, key, lock=True)
        standards.take(session, actor, case, action, now=NOW)
        session.commit()
        return case

    take(planner, "submit")
    with pytest.raises(StepRefused) as refused:
        take(editor, "approve")
    assert [reason.code for reason in refused.value.reasons] == ["not_editor"]
    with pytest.raises(StepRefused):
        drafts.draft(session, planner, key)
    take(decider, "approve")
    case = take(admin, "publish")
    session.expire_all()
    assert case.version.state is StandardState.PUBLISHED
    before = session.get_one(StandardVersion, base.id)
    assert (before.state, before.superseded_at) == (StandardState.SUPERSEDED, NOW)
    names = queries.case_of(session, admin, key).names
    assert names == {
        "drafted": planner.name,
        "submitted": planner.name,
        "approved": decider.name,
        "published": admin.name,
    }
    reader = acting(person(session), organisation(session), Role.MANAGER)
    seen = queries.case_of(session, reader, key)
    assert (seen.at_work, seen.names, seen.facts.editable) == (False, {}, False)
    stranger = acting(person(session), organisation(session, OrganisationKind.BODY), Role.PLANNER)
    with pytest.raises(NotFound):
        drafts.draft(session, stranger, key)
    assert verify(session)[1] is None


def test_what_waits(session, planner, body, draft):
    """S-34: what is in review waits for deciders, what is approved for administrators of the same body."""
    key = draft.version.id
    decider = acting(person(session), body, Role.DECIDER)
    admin = acting(person(session), body, Role.ADMINISTRATOR)
    other = acting(person(session), organisation(session, OrganisationKind.BODY), Role.DECIDER)

    def waits(actor):
        return [row[0].id for row in queries.waiting(session, actor)]

    assert waits(decider) == waits(admin) == waits(planner) == []
    for actor, action in ((planner, "submit"), (decider, "approve")):
        case = queries.case_of(session, actor, key, lock=True)
        standards.take(session, actor, case, action, now=NOW)
        if action == "submit":
            assert (waits(decider), waits(admin), waits(other)) == ([key], [], [])
    assert (waits(decider), waits(admin), waits(other)) == ([], [key], [])


def test_checks_of_citations(session, planner, body):
    """S-35: a check is kept with who and when, and the latest decides, for every criterion that cites it."""
    pairs = [Pair("GDPR", "32"), Pair("GB/T 22239-2019", "8.1")]
    with pytest.raises(Invalid):
        citations.check(session, planner, [], outcome=CheckOutcome.CONFIRMED, note="", now=NOW)
    citations.check(session, planner, pairs, outcome=CheckOutcome.CONFIRMED, note="", now=NOW)
    citations.check(
        session, planner, pairs[1:], outcome=CheckOutcome.DOUBTFUL, note="withdrawn", now=NOW
    )
    session.commit()
    cited = [{"code": pair.code, "clause": pair.clause, "verified": False} for pair in pairs]
    right, wrong = register.of_criterion(session, planner, cited)
    assert (right.standing, wrong.standing) == (Standing.VERIFIED, Standing.DOUBTFUL)
    assert right.checks[0].who.en == planner.name
    stranger = acting(person(session), organisation(session, OrganisationKind.BODY), Role.PLANNER)
    seen = register.of_criterion(session, stranger, cited)
    assert seen[0].checks[0].who.en == session.get_one(Organisation, body.id).name_en
    names = session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names == ["citation:confirmed", "citation:confirmed", "citation:doubted"]


def test_the_comparison_reads_what_is_stored(session, draft, base, planner):
    """S-34: through the database: one changed, one gone."""
    editing.edit(
        session, planner, draft, one(session, draft, "S1.3"),
        {"code": "S1.3", "weight": 5}, now=NOW,
    )  # fmt: skip
    editing.remove(session, planner, draft, one(session, draft, "S2.60"), now=NOW)
    old, new = sides.sides(session, (base.id, draft.version.id)).values()
    found = compare(old, new)
    assert (found.counts[Kind.CHANGED], found.counts[Kind.REMOVED], found.same) == (1, 1, 58)
    assert session.scalars(select(StandardEditor.person_id)).all() == [planner.person_id]

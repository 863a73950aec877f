"""The fieldwork's pages: reading, answering, conflicts."""

import pytest
from sqlalchemy import select

from audit.assessment import operations, queries
from audit.assessment.models import Answer, AnswerVersion, Sample
from audit.assessment.rules import Conformity, Judgement
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import AuditState
from checklists.standards.models import Criterion
from tests.factories.accounts import NOW
from tests.factories.checklists import small_standard

GOOD = {"conformity": "conforms", "rating": "3", "notes": "Seen in October.", "revision": "1",
        "methods": ["interview", "system_test"], "evidence_verified": "y"}  # fmt: skip


def field(running, number=0):
    return f"{running.url}/fieldwork/{running.keys[number]}"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "What was seen"), ("zh_CN", 'lang="zh-CN"')]
)
def test_the_sheet_stands_in_both_languages(running, language, words):
    """S-06: the criterion, how to judge it and the answer, in the reader's language."""
    running.speak("leader", language)
    page = running.as_("leader").get(field(running))
    assert page.status_code == 200
    assert words in page.text
    title = "title_zh" if language == "zh_CN" else "title_en"
    with running.rows() as session:
        answer = session.get_one(Answer, running.keys[0])
        assert getattr(session.get_one(Criterion, answer.criterion_id), title) in page.text


def test_the_fieldwork_opens_at_the_first_open_criterion(running):
    """S-06: one goes on where the work stands; a filter nothing fits says so."""
    client = running.as_("leader")
    running.client.send(field(running), GOOD)
    assert client.get(f"{running.url}/fieldwork/").location.endswith(str(running.keys[1]))
    nothing = client.get(f"{running.url}/fieldwork/?q=zzzz")
    assert nothing.status_code == 200
    assert "No criterion fits" in nothing.text


def test_a_link_keeps_only_the_conditions_of_the_outline(running):
    """S-32: nothing else of an address travels into links."""
    client = running.as_("leader")
    for query in ("audit_id=1", "_external=1&_scheme=ftp", "answer_id=4", "show=critical&evil=1"):
        assert client.get(f"{running.url}/fieldwork/?{query}").status_code in {200, 302}
        page = client.get(f"{field(running)}?{query}")
        assert page.status_code == 200
        assert "evil" not in page.text
        assert "ftp:" not in page.text


def test_an_answer_is_saved_and_the_next_one_comes(running):
    """S-06: one save is one version and one event, and leads on within the filter."""
    answer = running.as_("leader").send(field(running) + "?show=unanswered", GOOD | {"go": "next"})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/fieldwork/{running.keys[1]}?show=unanswered")
    stored = running.stored(running.keys[0])
    assert (stored.rating, stored.conformity, stored.notes) == (3, "conforms", "Seen in October.")
    assert stored.methods == ["interview", "system_test"]
    assert running.events("answer") == ["answer:given"]
    running.client.send(field(running), GOOD | {"revision": "2"})
    assert running.count(AnswerVersion) == 1


def test_bad_input_is_kept_and_told(running):
    """S-05: half an answer answers 422; what was typed is still there, and the error has its place."""
    page = running.as_("leader").send(
        field(running),
        {"conformity": "conforms", "notes": "Half a page of notes.", "revision": "1"},
    )
    assert page.status_code == 422
    assert "Half a page of notes." in page.text
    assert 'href="#rating-0"' in page.text
    assert running.stored(running.keys[0]).notes == ""
    page = running.client.send(field(running), {"conformity": "out", "revision": "1"})
    assert page.status_code == 422
    assert 'id="exclusion_reason-error"' in page.text


def test_a_conflict_shows_both_texts(running):
    """S-05: two people at one criterion: nothing is lost, and the second chooses."""
    client = running.as_("leader")
    with running.rows() as session:
        stage = running.world
        place, given, code = queries.answer_place(
            session, stage.auditor, running.audit_id, running.keys[0]
        )
        operations.answer(
            session, stage.auditor, place, given, code,
            Judgement(Conformity.PARTLY, 2, notes="Theirs."), revision=1, now=NOW,
        )  # fmt: skip
    page = client.send(field(running), GOOD | {"notes": "Mine."})
    assert page.status_code == 409
    assert "<del>Theirs</del>." in page.text
    assert "<ins>Mine</ins>." in page.text
    assert running.stored(running.keys[0]).notes == "Theirs."
    revision = next(
        each["value"] for tag, each in client.page.elements if each.get("name") == "revision"
    )
    theirs = client.send(field(running), GOOD | {"notes": "Mine.", "keep": "theirs"})
    assert theirs.status_code == 302
    assert running.stored(running.keys[0]).notes == "Theirs."
    mine = client.send(
        field(running), GOOD | {"notes": "Mine.", "revision": revision, "keep": "mine"}
    )
    assert mine.status_code == 302
    assert running.stored(running.keys[0]).notes == "Mine."
    assert running.count(AnswerVersion) == 2


@pytest.mark.parametrize("name", ["manager", "member", "stranger", "rival", "outsider"])
def test_whoever_must_not_see_the_fieldwork_finds_nothing(running, name):
    """I-32: the client, other organisations and auditors outside the team get 404, on every address."""
    client = running.as_(name)
    for path in (
        "/fieldwork/",
        f"/fieldwork/{running.keys[0]}",
        f"/fieldwork/{running.keys[0]}/history",
    ):
        assert client.get(running.url + path).status_code == 404
    assert client.send(field(running), GOOD).status_code in {403, 404}
    assert running.stored(running.keys[0]).rating is None


@pytest.mark.parametrize("name", ["decider", "planner", "administrator", "officer", "inspector"])
def test_whoever_reads_does_not_write(running, name):
    """I-05, S-32: the body and the regulator read the fieldwork; the page offers nothing, the save is refused."""
    client = running.as_(name)
    page = client.get(field(running))
    assert page.status_code == 200
    assert 'name="conformity"' not in page.text
    assert "Only members of the team give answers" in page.text
    assert client.send(field(running), GOOD).status_code == 403
    assert client.get(f"{field(running)}/history").status_code == 200
    assert running.stored(running.keys[0]).rating is None


def test_an_answer_of_another_audit_is_not_there(running):
    """I-32: a key of another audit answers 404 under this one."""
    client = running.as_("leader")
    with running.rows() as session:
        other = session.scalars(
            select(Answer.id).where(Answer.audit_id != running.audit_id)
        ).first()
    for method in (client.get, client.send):
        assert method(f"{running.url}/fieldwork/{other}").status_code == 404
    assert client.get(f"{running.url}/fieldwork/999999").status_code == 404


def test_the_history_shows_every_version(running):
    """S-05: what stood before is readable beside what stands."""
    client = running.as_("leader")
    client.send(field(running), GOOD)
    client.send(field(running), GOOD | {"notes": "Seen twice.", "revision": "2"})
    page = client.get(f"{field(running)}/history?each=1")
    newer, older = (
        page.text.index("<ins>twice</ins>"),
        page.text.index("<ins>Seen in October.</ins>"),
    )
    assert newer < older
    folded = client.get(f"{field(running)}/history")
    assert "saved 2 times" in folded.text
    assert "<ins>Seen twice.</ins>" in folded.text


def test_a_sample_is_recorded_or_told_why_not(running):
    """I-08: population, size, rationale; a sample above its population answers 422 and stays typed."""
    client = running.as_("leader")
    about = {
        "what": "Urgent tickets",
        "population": "318",
        "size": "32",
        "rationale": "By week.",
        "chosen": "random",
    }
    page = client.send(f"{field(running)}/sample", about | {"size": "400"})
    assert page.status_code == 422
    assert "Urgent tickets" in page.text
    page = client.send(f"{field(running)}/sample", about | {"size": "many"})
    assert page.status_code == 422
    assert "Write a whole number." in page.text
    assert running.count(Sample) == 0
    assert client.send(f"{field(running)}/sample", about).status_code == 302
    assert "Urgent tickets" in client.get(field(running)).text


def test_the_checklist_is_chosen_by_whoever_plans(pages_in):
    """S-21: the planner chooses by the scheme's rule; before it the fieldwork says that it is not chosen."""
    planned = pages_in(AuditState.PLANNED)
    client = planned.as_("planner")
    assert "not chosen yet" in client.get(f"{planned.url}/fieldwork/").text
    sites = {"sites": str(planned.site_id)}
    assert client.send(f"{planned.url}/checklist/choose", sites).status_code == 302
    assert planned.count(Answer) > 0
    planned.move(AuditState.IN_PROGRESS)
    assert client.send(f"{planned.url}/checklist/choose", sites).status_code == 409
    manager = planned.as_("manager")
    assert manager.send(f"{planned.url}/checklist/choose", sites).status_code == 403


@pytest.mark.parametrize("size", [10, 120])
def test_the_number_of_statements_does_not_grow(running, count_statements, size):
    """Quality 3: eight statements for the sheet, six for a save and one to go on, however many criteria."""
    with running.rows() as session:
        small = small_standard(session, size)
        audit = session.get_one(Audit, running.audit_id)
        audit.standard_version_id = small.id
        criteria = session.scalars(
            select(Criterion).where(Criterion.standard_version_id == small.id)
        ).all()
        for old, new in zip(running.keys, criteria, strict=False):
            session.get_one(Answer, old).criterion_id = new.id
        known = min(size, len(running.keys))
        for key in running.keys[known:]:
            session.delete(session.get_one(Answer, key))
        session.add_all(
            Answer(audit_id=audit.id, criterion_id=one.id, position=one.position)
            for one in criteria[known:]
        )
    client = running.as_("leader")
    client.get(field(running))
    good = GOOD | {"revision": str(running.stored(running.keys[0]).revision)}
    with count_statements() as sheet:
        assert client.get(field(running)).status_code == 200
    assert len(sheet) <= 8, "\n\n".join(sheet)
    with count_statements() as save:
        assert client.send(field(running), good | {"go": "next"}).status_code == 302
    assert len(save) <= 7, "\n\n".join(save)
    with count_statements() as same:
        client.send(field(running), GOOD | {"revision": "2"})
    assert len(same) <= 3, "\n\n".join(same)
    with count_statements() as history:
        client.get(f"{field(running)}/history")
    assert len(history) <= 8, "\n\n".join(history)


def test_a_member_who_left_no_longer_writes(running):
    """I-05: who left the team still reads what they worked on, and adds nothing."""
    client = running.as_("auditor")
    with running.rows() as session:
        session.scalars(
            select(TeamMember).where(
                TeamMember.audit_id == running.audit_id,
                TeamMember.person_id == running.world.auditor.person_id,
            )
        ).one().left_at = NOW
    assert client.get(field(running)).status_code == 200
    assert client.send(field(running), GOOD).status_code == 409

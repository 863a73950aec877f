"""The desk: parts for the script, saving while one writes, the pulse, filters, streaming, the way to a finding."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.assessment import operations, queries
from audit.assessment.models import Answer, AnswerEvidence, AnswerVersion, SectionShare
from audit.assessment.rules import Conformity, Judgement
from audit.casefile.models import Finding, FindingEvidence
from audit.planning.models import Audit
from audit.presence.models import Presence
from checklists.standards.models import Criterion
from core.clock import utc_now
from tests.factories.accounts import NOW
from tests.factories.checklists import small_standard
from tests.factories.findings import evidence

PART = {"X-Part": "criterion"}
WRITING = {"X-Part": "answer", "Accept": "application/json"}
GOOD = {"conformity": "conforms", "rating": "3", "notes": "Seen in October.", "revision": "1",
        "evidence_verified": "y"}  # fmt: skip


def field(running, number=0):
    return f"{running.url}/fieldwork/{running.keys[number]}"


def theirs(running, number=0, notes="Theirs.", name="auditor"):
    """Let somebody else of the team answer meanwhile."""
    actor = getattr(running.world, name)
    with running.rows() as session:
        place, given, code = queries.answer_place(
            session, actor, running.audit_id, running.keys[number]
        )
        operations.answer(
            session, actor, place, given, code, Judgement(Conformity.PARTLY, 2, notes=notes),
            revision=None, now=utc_now(),
        )  # fmt: skip


def grown(running, size):
    """Put an audit of so many criteria in place of the small one."""
    with running.rows() as session:
        version = small_standard(session, size)
        audit = session.get_one(Audit, running.audit_id)
        audit.standard_version_id = version.id
        for one in session.scalars(select(Answer).where(Answer.audit_id == audit.id)):
            session.delete(one)
        session.flush()
        criteria = session.scalars(
            select(Criterion).where(Criterion.standard_version_id == version.id)
        )
        rows = [
            Answer(audit_id=audit.id, criterion_id=one.id, position=one.position)
            for one in criteria
        ]
        session.add_all(rows)
        session.flush()
        running.keys = [one.id for one in rows]


# -- parts ---------------------------------------------------------------------------------------


def test_the_same_address_gives_the_page_or_its_part(running):
    """House: the part has criterion and answer and nothing of the frame; caches are told that it varies."""
    client = running.as_("leader")
    whole = client.get(field(running))
    part = client.get(field(running), headers=PART)
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert 'data-part="criterion"' in part.text
    assert 'id="answer-form"' in part.text
    assert "<nav" not in part.text
    assert all("X-Part" in page.vary for page in (whole, part))


def test_the_page_is_usable_before_it_is_complete(running):
    """Quality 1: criterion, answer and keys come before the outline, which is sent in pieces."""
    grown(running, 120)
    client = running.as_("leader")
    page = client.get(field(running), buffered=False)
    pieces = [piece.decode() for piece in page.response]
    assert len(pieces) >= 4
    assert 'id="answer-form"' in pieces[0]
    assert 'data-key="j"' in pieces[0]
    assert "data-s=" not in pieces[0]
    text = "".join(pieces)
    assert text.count('data-s="open"') == 120
    assert text.rstrip().endswith("</html>")


@pytest.mark.parametrize("size", [10, 1200])
def test_no_statement_is_added_by_size(running, count_statements, size):
    """Quality 3: at most eight statements for the page, six for its part, a save and a pulse, at 10 and at 1,200."""
    grown(running, size)
    client = running.as_("leader")
    for headers, most in (({}, 8), (PART, 6)):
        client.get(field(running), headers=headers)
        with count_statements() as sent:
            assert client.get(field(running), headers=headers).status_code == 200
        assert len(sent) <= most, "\n\n".join(sent)
    with count_statements() as sent:
        assert client.send(field(running), GOOD, headers=WRITING).status_code == 200
    assert len(sent) <= 6, "\n\n".join(sent)
    with count_statements() as sent:
        client.send(f"{running.url}/fieldwork/pulse", {"answer": running.keys[0]})
    assert len(sent) <= 6, "\n\n".join(sent)


# -- saving while one writes -----------------------------------------------------------------------


def test_an_answer_saves_itself_and_carries_its_revision_on(running):
    """S-06: each save tells the next revision, the line of the outline, and in words that it is on the server."""
    client = running.as_("leader")
    told = client.send(field(running), GOOD, headers=WRITING).json
    assert (told["revision"], told["was"], told["state"], told["rating"]) == (
        2,
        "open",
        "conforms",
        3,
    )
    assert told["missing"] == {}
    assert told["said"].startswith("Saved on the server")
    told = client.send(
        field(running), GOOD | {"notes": "Seen in October and November.", "revision": "2"},
        headers=WRITING,
    ).json  # fmt: skip
    assert told["revision"] == 3
    assert running.count(AnswerVersion) == 2
    again = client.send(
        field(running), GOOD | {"notes": "Seen in October and November.", "revision": "3"},
        headers=WRITING,
    ).json  # fmt: skip
    assert again["revision"] == 3
    assert running.events("answer") == ["answer:given", "answer:changed"]


def test_half_an_answer_saves_its_words(running):
    """S-05: notes and people are kept, what is missing is named by field, and the conclusion stays open."""
    client = running.as_("leader")
    half = {"rating": "3", "notes": "Seen.", "revision": "1", "evidence_verified": "y",
            "interviewees-0-role": "Head of shift", "interviewees-1-role": "",
            "interviewees-1-name": ""}  # fmt: skip
    told = client.send(field(running), half, headers=WRITING).json
    assert list(told["missing"]) == ["conformity"]
    stored = running.stored(running.keys[0])
    assert (stored.notes, stored.rating, stored.revision) == ("Seen.", None, 2)
    assert stored.interviewees == [{"role": "Head of shift", "name": "", "consent": False}]
    assert 'value="Head of shift"' in client.get(field(running)).text


def test_what_cannot_be_kept_is_told_by_field(running):
    """S-32: too long a text answers 422 with its field, and nothing is saved."""
    client = running.as_("leader")
    page = client.send(field(running), GOOD | {"notes": "x" * 20_001}, headers=WRITING)
    assert page.status_code == 422
    assert list(page.json["errors"]) == ["notes"]
    assert running.count(AnswerVersion) == 0


def test_a_conflict_comes_back_with_both_texts(running):
    """S-05: the script gets both texts word by word, the revision to go on with, and both put together."""
    client = running.as_("leader")
    theirs(running, notes="Seen in March.")
    page = client.send(field(running), GOOD, headers=WRITING)
    assert page.status_code == 409
    assert "<del>March</del>" in page.json["conflict"]
    assert "<ins>October</ins>" in page.json["conflict"]
    assert page.json["both"] == "Seen in March.\n\nSeen in October."
    assert page.json["revision"] == running.stored(running.keys[0]).revision
    assert running.stored(running.keys[0]).notes == "Seen in March."


def test_both_texts_can_be_put_together_without_script(running):
    """S-05: a third way out of a conflict: the form comes back with both texts, to be read and saved."""
    client = running.as_("leader")
    theirs(running, notes="Seen in March.")
    page = client.send(field(running), GOOD | {"keep": "both"})
    assert page.status_code == 200
    assert "Seen in March.\n\nSeen in October." in page.text
    assert 'name="revision" type="hidden" value="2"' in page.text
    assert running.stored(running.keys[0]).notes == "Seen in March."


@pytest.mark.parametrize(
    ("name", "status"), [("manager", 403), ("planner", 403), ("outsider", 404)]
)
def test_the_script_may_no_more_than_the_person(running, name, status):
    """S-32: the same refusal as on the page."""
    client = running.as_(name)
    assert client.send(field(running), GOOD, headers=WRITING).status_code == status
    assert running.stored(running.keys[0]).rating is None


# -- who is here ---------------------------------------------------------------------------------


def test_two_people_see_each_other_and_what_changed(running):
    """S-05: the pulse tells who is where and which lines changed; the page shows who is at the criterion."""
    pulse = f"{running.url}/fieldwork/pulse"
    client = running.as_("auditor")
    assert client.send(pulse, {"answer": running.keys[0]}).json["here"] == []
    theirs(running, 1)
    client = running.as_("leader")
    since = (utc_now() - timedelta(minutes=1)).isoformat()
    told = client.send(pulse, {"answer": running.keys[0], "since": since}).json
    name = running.world.person(running.world.auditor).name
    assert told["here"] == [[name, running.keys[0]]]
    (line,) = told["changed"]
    assert (line["id"], line["state"], line["rating"], line["who"]) == (
        running.keys[1], "partly", 2, name,
    )  # fmt: skip
    assert told["totals"] == {"answered": 1, "excluded": 0, "all": len(running.keys)}
    page = client.get(field(running))
    assert f"{name} is at this criterion too" in page.text
    assert f'<em class="who-now">{name}</em>' in page.text
    assert running.events("presence") == []


def test_readers_are_not_announced(running):
    """I-32: the planner follows without being named; the regulator and the client send and hear nothing."""
    pulse = f"{running.url}/fieldwork/pulse"
    assert running.as_("planner").send(pulse, {"answer": running.keys[0]}).status_code == 200
    assert running.count(Presence) == 0
    assert "data-follows" in running.client.get(f"{running.url}/fieldwork/{running.keys[0]}").text
    for name, status in (
        ("inspector", 403), ("manager", 403), ("stranger", 403), ("rival", 404), ("outsider", 404),
    ):  # fmt: skip
        assert running.as_(name).send(pulse, {"answer": running.keys[0]}).status_code == status
    page = running.as_("inspector").get(f"{running.url}/fieldwork/{running.keys[0]}").text
    assert "data-follows" not in page


# -- filters ---------------------------------------------------------------------------------------


def test_filters_count_and_carry_along(running):
    """S-06: each filter says how many it shows; mine are those I answered and those of sections shared to me."""
    theirs(running, 1)
    client = running.as_("leader")
    client.send(field(running), GOOD)
    with running.rows() as session:
        last = session.get_one(Answer, running.keys[-1])
        section = session.get_one(Criterion, last.criterion_id).section_id
        share = SectionShare(audit_id=running.audit_id, section_id=section)
        share.person_id = running.world.leader.person_id
        session.add(share)
    page = client.get(field(running) + "?show=mine").text
    assert f'href="{running.keys[0]}?show=mine"' in page
    assert f'href="{running.keys[-1]}?show=mine"' in page
    assert f'href="{running.keys[1]}?show=mine"' not in page
    page = client.get(field(running) + "?show=not").text
    assert page.count("data-s=") == 1
    assert '<span data-count="not">1</span>' in page
    page = client.get(field(running) + "?show=changed").text
    assert page.count("data-s=") == 1
    page = client.get(field(running) + "?show=changed&since=2000-01-01T00:00").text
    assert page.count("data-s=") == 2
    assert client.get(field(running) + "?show=changed&since=nonsense").status_code == 200
    assert client.get(field(running) + "?show=nonsense&since=9999-12-31T23:59").status_code == 200


def test_the_search_finds_words_of_criterion_and_answer(running):
    """S-06: code, title, requirement and what was seen; signs of the search language are only signs."""
    client = running.as_("leader")
    client.send(field(running), GOOD | {"notes": "The 100 % register"})
    assert client.get(field(running) + "?q=100+%25+reg").text.count("data-s=") == 1
    assert client.get(field(running) + "?q=1_0+%25+reg").text.count("data-s=") == 0


# -- the finding, and the audits before -----------------------------------------------------------


def test_a_finding_takes_along_what_was_seen(running):
    """I-09: criterion, words and linked files stand in the draft; afterwards one is back at the criterion."""
    client = running.as_("leader")
    client.send(field(running), GOOD | {"conformity": "not", "rating": "1"})
    with running.rows() as session:
        held = evidence(session, session.get_one(Audit, running.audit_id), running.world.leader)
        session.add(AnswerEvidence(answer_id=running.keys[0], evidence_id=held.id))
        criterion_id = session.get_one(Answer, running.keys[0]).criterion_id
        evidence_id = held.id
    address = f"{running.url}/findings/new?criterion={criterion_id}&answer={running.keys[0]}"
    page = client.get(address).text
    assert "Seen in October." in page
    draft = {"grade": "minor", "criterion_id": criterion_id, "title": "No review", "statement": "",
             "evidence": "Seen in October.", "evidence_ids": [evidence_id]}  # fmt: skip
    answer = client.send(address, draft)
    assert answer.location.endswith(f"/fieldwork/{running.keys[0]}")
    assert running.count(FindingEvidence) == 1
    number = running.read(select(Finding.number))
    assert number in client.get(field(running)).text
    foreign = f"{running.url}/findings/new?answer=999999"
    assert client.get(foreign).status_code == 404


def test_a_sample_comes_back_as_a_part(running):
    """I-08: the script sends the form and gets the part with the sample, its seed and the numbers drawn."""
    client = running.as_("leader")
    about = {"what": "Tickets", "population": "318", "size": "3", "rationale": "By week.",
             "chosen": "random", "seed": "7"}  # fmt: skip
    page = client.send(f"{field(running)}/sample", about, headers=PART, follow_redirects=True)
    assert page.status_code == 200
    assert "<html" not in page.text
    assert "Tickets" in page.text
    assert "7:n" in page.text
    wrong = client.send(f"{field(running)}/sample", about | {"size": "0"}, headers=PART)
    assert wrong.status_code == 422
    assert 'id="size-error"' in wrong.text


def test_times_of_writing_without_a_network_stand_in_the_history(running):
    """S-05: an answer written offline tells both times."""
    with running.rows() as session:
        actor = running.world.leader
        place, given, code = queries.answer_place(session, actor, running.audit_id, running.keys[0])
        operations.answer(
            session, actor, place, given, code, Judgement(notes="Offline."),
            revision=1, now=NOW, captured_at=NOW - timedelta(hours=2),
        )  # fmt: skip
    page = running.as_("leader").get(f"{field(running)}/history")
    assert "Written without a network" in page.text

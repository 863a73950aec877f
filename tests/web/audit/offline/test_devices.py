"""What devices ask of the server, and the pages about them."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from accounts.people.models import SignIn
from audit.assessment.models import Answer, AnswerEvidence, AnswerVersion
from audit.casefile.models import Finding, FindingEvidence
from audit.meetings.models import Meeting
from audit.offline.models import Capture, Device
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from checklists.standards.models import Criterion
from core.pictures.icon import app_icon
from evidence.files.models import Blob, Evidence
from tests.factories.checklists import small_standard

GOOD = {
    "conformity": "conforms", "rating": 3, "notes": "Seen in October.", "methods": ["interview"],
    "interviewees": [{"role": "Operator", "name": "", "consent": False}], "exclusion_reason": "",
    "evidence_verified": True, "revision": 1,
}  # fmt: skip
PHOTO = app_icon(48)


class Phone:
    """A device of somebody: it takes the audit along and hands in entries."""

    def __init__(self, pages, who="leader"):
        self.pages, self.token, self.sequence = pages, str(uuid4()), 0
        self.client = pages.as_(who)

    def post(self, path, data):
        return self.client.post(
            path,
            json=data,
            headers={"X-CSRFToken": self.client.csrf_token(), "Accept": "application/json"},
        )

    def take(self):
        return self.post(f"{self.pages.url}/take-along", {"device": self.token, "label": "Chrome"})

    def entry(self, kind="answer", **given):
        self.sequence += 1
        return {
            "uuid": str(uuid4()), "seq": self.sequence, "kind": kind,
            "captured_at": "2026-11-20T09:30:00.000Z", "offset_ms": 0, "body": {},
        } | given  # fmt: skip

    def answer(self, row=0, **given):
        return self.entry(body=GOOD | {"answer_id": self.pages.keys[row]} | given)

    def batch(self, *entries, **more):
        data = {"device": self.token, "entries": list(entries)} | more
        return self.post(f"{self.pages.url}/captures/batch", data)

    def outcomes(self, *entries):
        told = self.batch(*entries)
        assert told.status_code == 200, told.text
        return [told.json["outcomes"][one["uuid"]]["outcome"] for one in entries]

    def photo(self, entry, content=PHOTO):
        data = {
            "device": self.token, "entry": json.dumps(entry), "csrf_token": self.client.csrf_token(),
            "photo": (BytesIO(content), "rack.png"),
        }  # fmt: skip
        path = f"{self.pages.url}/captures/photo"
        told = self.client.post(path, data=data, headers={"Accept": "application/json"})
        assert told.status_code == 200, told.text
        return told.json["outcomes"][entry["uuid"]]

    def contact(self):
        return self.client.get("/field/contact", headers={"X-Device": self.token, "X-Waiting": "3"})


@pytest.fixture
def phone(running):
    one = Phone(running)
    assert one.take().status_code == 200
    return one


@pytest.mark.parametrize(
    "name",
    ["planner", "decider", "manager", "member", "inspector", "stranger", "rival", "outsider"],
)
def test_only_the_team_takes_an_audit_along(running, name):
    """S-32: neither the provider nor a foreign body nor an auditor outside the team gets the package."""
    phone = Phone(running, name)
    assert phone.take().status_code in {403, 404, 409}
    assert phone.client.get(f"{running.url}/package").status_code in {403, 404}
    assert running.count(Device) == 0


@pytest.mark.parametrize("state", [AuditState.PLAN_ISSUED, AuditState.FIELDWORK_DONE])
def test_an_audit_is_taken_along_while_it_is_worked_on(pages_in, state):
    """I-07: from the accepted plan to the end of the fieldwork."""
    phone = Phone(pages_in(state))
    assert phone.take().status_code == 409
    assert phone.client.get(f"{phone.pages.url}/package").status_code == 409


def test_the_package_is_whole_and_takes_eight_statements_at_any_size(phone, count_statements):
    """S-06, quality 3: 1,200 criteria in both languages with answers and revisions, in one response."""
    running = phone.pages
    with running.rows() as session:
        big = small_standard(session, 1200)
        session.get_one(Audit, running.audit_id).standard_version_id = big.id
        criteria = session.scalars(
            select(Criterion)
            .where(Criterion.standard_version_id == big.id)
            .order_by(Criterion.position)
        ).all()
        for key, one in zip(running.keys, criteria, strict=False):
            session.get_one(Answer, key).criterion_id = one.id
        session.add_all(
            Answer(audit_id=running.audit_id, criterion_id=one.id, position=one.position)
            for one in criteria[len(running.keys) :]
        )
    running.find(title="An old one")
    with count_statements() as sent:
        told = phone.client.get(f"{running.url}/package")
    assert len(sent) <= 8, "\n\n".join(sent)
    whole = told.json
    assert len(whole["criteria"]) == 1200
    one = whole["criteria"][0]
    assert {"zh", "en"} == set(one["requirement"])
    assert one["answer"]["revision"] == running.stored(running.keys[0]).revision
    assert [row["title"] for row in whole["findings"]] == ["An old one"]
    assert {"Leader", "Auditor"} == {row["name"] for row in whole["team"]}
    assert whole["agenda"]
    assert whole["sites"]
    assert whole["audit"]["held"] == {"opening": True, "closing": False}


def test_a_batch_is_taken_in_order_and_once(phone):
    """I-07: each entry in a transaction of its own: one refusal does not stop the rest; a repeat hears the same."""
    good, half, other = phone.answer(0), phone.answer(1, rating=None), phone.answer(2)
    told = phone.outcomes(good, half, other)
    assert told == ["applied", "refused", "applied"]
    assert phone.outcomes(good, half, other) == told
    stored = phone.pages.stored(phone.pages.keys[0])
    assert (stored.notes, stored.methods) == ("Seen in October.", ["interview"])
    assert stored.interviewees == [{"role": "Operator", "name": "", "consent": False}]
    assert phone.pages.events("answer") == ["answer:given", "answer:given"]
    assert phone.pages.count(AnswerVersion) == 2


@pytest.mark.parametrize(
    "data",
    [{}, {"entries": 5}, {"entries": [5]}, {"entries": [{}] * 51},
     {"entries": [{"uuid": "x", "seq": 1, "kind": "answer", "captured_at": "2026-11-20T09:30:00Z"}]}],
)  # fmt: skip
def test_what_is_no_batch_is_told(phone, data):
    """Quality 6: broken input is refused in words, and nothing is kept."""
    answer = phone.post(f"{phone.pages.url}/captures/batch", {"device": phone.token} | data)
    assert answer.status_code == 422
    assert "stays on the device" in answer.json["message"]
    assert phone.pages.count(Capture) == 0


def test_nothing_is_taken_without_a_token_or_for_a_foreign_device(phone):
    """Quality 10: CSRF on every changing route; a device that is not one's own is not there."""
    path = f"{phone.pages.url}/captures/batch"
    assert phone.client.post(path, json={"device": phone.token, "entries": []}).status_code == 400
    other = Phone(phone.pages, "auditor")
    other.token = phone.token
    assert other.batch(other.answer()).status_code == 404


def test_a_photo_is_asked_for_kept_and_linked_once(phone):
    """S-10, I-32: the picture is asked for when it is new, kept by its digest, linked to its answer, and once."""
    import hashlib

    key = phone.pages.keys[0]
    digest = hashlib.sha256(PHOTO).hexdigest()
    about = {"answer_id": key, "sha256": digest, "title": "Rack 4", "file_name": "rack.png"}
    entry = phone.entry("photo", body=about)
    assert phone.outcomes(entry) == ["photo"]
    damaged = phone.photo(entry, PHOTO + b"x")
    assert damaged["outcome"] == "waiting"
    assert phone.photo(entry)["outcome"] == "applied"
    assert phone.outcomes(entry) == ["applied"]
    assert phone.photo(entry)["outcome"] == "applied"
    assert phone.pages.count(Evidence) == 1
    assert phone.pages.read(select(Blob.sha256)) == digest
    assert phone.pages.read(select(AnswerEvidence.answer_id)) == key
    text = b"a text, no picture\n" * 9
    other = about | {"sha256": hashlib.sha256(text).hexdigest()}
    assert phone.photo(phone.entry("photo", body=other), text)["outcome"] == "refused"


def test_a_finding_and_its_photo_come_from_the_device(phone):
    """I-09: the photo waits for its finding, and shows it."""
    import hashlib

    with phone.pages.rows() as session:
        criterion = session.get_one(Answer, phone.pages.keys[0]).criterion_id
    values = {
        "grade": "minor",
        "criterion_id": criterion,
        "title": "No label",
        "statement": "",
        "evidence": "",
    }
    first = phone.entry("finding", body=values)
    shows = phone.entry(
        "photo",
        after=first["uuid"],
        body={"sha256": hashlib.sha256(PHOTO).hexdigest(), "title": "Rack"},
    )
    assert phone.photo(shows)["outcome"] == "waiting"
    assert phone.outcomes(first) == ["applied"]
    assert phone.photo(shows)["outcome"] == "applied"
    assert phone.pages.read(select(FindingEvidence.finding_id)) == phone.pages.read(
        select(Finding.id)
    )


def test_a_meeting_comes_from_the_device_and_explains_its_deviation(phone):
    """I-07, I-24: signed on the device; without an explanation it is refused, with one it is recorded."""
    people = [
        {"name": "Zhou Min", "position": "Leader", "party": "body", "signature": "M1 2L30 40"},
        {"name": "Chen Chen", "position": "", "party": "client", "signature": ""},
    ]
    body = {
        "meeting": "closing", "held_at": "2026-11-20T09:00:00.000Z", "place": "Head office", "latitude": "31.2",
        "longitude": "121.4", "accuracy_m": "15", "people": people, "notes": "", "deviation": "",
    }  # fmt: skip
    entry = phone.entry("meeting", body=body)
    assert phone.outcomes(entry) == ["refused"]
    again = phone.entry(
        "meeting",
        body=body | {"deviation": "The client asked for it."},
        settles=entry["uuid"],
        how="mine",
    )
    assert phone.outcomes(again) == ["applied"]
    with phone.pages.rows() as session:
        mine = select(Meeting).where(Meeting.audit_id == phone.pages.audit_id)
        held = session.scalars(mine.where(Meeting.kind == "closing")).one()
        assert (held.accuracy_m, held.flags[0]["code"]) == (15, "days_before")


def test_the_contact_tells_time_standing_and_who_is_signed_in(phone):
    """S-32: a device may keep what it has while its person may; the wipe is confirmed with an event."""
    told = phone.contact().json
    assert (told["signed_in"], told["devices"]) == (True, {str(phone.pages.audit_id): "fine"})
    assert phone.pages.read(select(Device.waiting)) == 3
    with phone.pages.rows() as session:
        session.execute(update(SignIn).values(ended_at=SignIn.created_at))
    told = phone.contact().json
    assert (told["signed_in"], told["devices"]) == (False, {str(phone.pages.audit_id): "wipe"})
    gone = {"device": phone.token, "audits": [phone.pages.audit_id]}
    answer = phone.client.post("/field/wiped", json=gone, headers={"X-CSRFToken": told["csrf"]})
    assert answer.json == {"wiped": 1}
    assert phone.contact().json["devices"] == {}
    assert phone.pages.events("device") == ["device:taken_along", "device:wiped"]
    assert (
        phone.client.get("/field/contact", headers={"X-Device": str(uuid4())}).json["devices"] == {}
    )


def test_leader_and_owner_see_devices_and_wipe_them(running):
    """S-32: the page tells who took the audit along and when it was last seen; the wipe tells what is lost."""
    phone = Phone(running, "auditor")
    phone.take()
    phone.contact()
    own = phone.client.get("/account/devices")
    assert running.number in own.text
    assert phone.client.get(f"{running.url}/devices").status_code == 404
    client = running.as_("leader")
    page = client.get(f"{running.url}/devices")
    assert "Auditor" in page.text
    assert "Carries the audit" in page.text
    key = running.read(select(Device.id))
    assert "3 entries there were not on the server" in client.get(f"/devices/{key}/wipe").text
    assert client.send(f"/devices/{key}/wipe").status_code == 302
    assert "Wipe asked for" in client.get(f"{running.url}/devices").text
    assert running.as_("planner").get(f"/devices/{key}/wipe").status_code == 404
    assert running.events("device") == ["device:taken_along", "device:wipe_asked"]


@pytest.mark.parametrize("how", ["mine", "theirs", "merged"])
def test_two_texts_are_settled_at_the_desk(phone, how):
    """I-07: the conflict stands on the desk's page with both texts; the choice puts one in place."""
    key = phone.pages.keys[0]
    assert phone.outcomes(phone.answer(notes="The desk's words")) == ["applied"]
    late = phone.answer(notes="The device's words", revision=1)
    assert phone.outcomes(late) == ["conflict"]
    url = f"{phone.pages.url}/captures/"
    page = phone.client.get(url).text
    assert "The desk&#39;s words" in page
    assert "The device&#39;s words" in page
    capture = phone.pages.read(select(Capture.id).where(Capture.uuid == late["uuid"]))
    assert phone.client.send(f"{url}{capture}", {"how": "noted"}).status_code == 422
    sent = phone.client.send(f"{url}{capture}", {"how": how, "revision": "2", "notes": "Both"})
    assert sent.status_code == 302
    words = {"mine": "The device's words", "theirs": "The desk's words", "merged": "Both"}
    assert phone.pages.stored(key).notes == words[how]
    assert "Nothing waits for a choice" in phone.client.get(url).text
    assert phone.contact().json["settled"] == [late["uuid"]]
    assert phone.client.send(f"{url}{capture}", {"how": how}).status_code == 404


def test_a_choice_made_on_an_old_page_is_stale(phone):
    """I-07: whoever chose on a page that is no longer true overwrites nothing."""
    phone.outcomes(phone.answer(notes="First"))
    late = phone.answer(notes="Mine", revision=1)
    phone.outcomes(late)
    capture = phone.pages.read(select(Capture.id).where(Capture.uuid == late["uuid"]))
    url = f"{phone.pages.url}/captures/{capture}"
    assert phone.client.send(url, {"how": "mine", "revision": "1"}).status_code == 409
    assert phone.pages.stored(phone.pages.keys[0]).notes == "First"


def test_a_refusal_is_noted_at_the_desk(phone):
    """I-07: what could not be taken stands on the page until somebody has noted it."""
    half = phone.answer(rating=None, notes="Half a thought")
    phone.outcomes(half)
    url = f"{phone.pages.url}/captures/"
    assert "Half a thought" in phone.client.get(url).text
    capture = phone.pages.read(select(Capture.id))
    assert phone.client.send(f"{url}{capture}", {"how": "noted"}).status_code == 302
    assert phone.pages.events("capture") == ["capture:settled"]
    assert phone.pages.as_("planner").get(url).status_code in {403, 404}


def test_signing_out_clears_the_browser(running):
    """S-32: the server asks the browser to delete what it keeps of the product."""
    answer = running.as_("leader").send("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"storage"'

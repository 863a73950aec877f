"""Schemes of a body: steps with their events, who may not approve, what the database itself refuses."""

import copy
import dataclasses

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from audit.competence import queries as competence
from checklists.packs.rules import PackError
from checklists.scheme_editor import operations as editor
from checklists.scheme_editor.rules import digest_of
from checklists.scheme_parts.rules import Part, taken
from checklists.scheme_parts.storage import written
from checklists.schemes import operations, queries
from checklists.schemes.models import SchemeEditor, SchemeVersion
from checklists.schemes.rules import SchemeState
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event, verify
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, acting, organisation, user
from tests.factories.checklists import published_scheme, small_standard


class Body:
    """A body, its people, and a scheme of its own as a draft."""

    def __init__(self, session):
        self.session = session
        self.common = published_scheme(session)
        self.body = organisation(session, OrganisationKind.BODY)
        for name, role in (
            ("planner", Role.PLANNER), ("decider", Role.DECIDER), ("admin", Role.ADMINISTRATOR),
            ("auditor", Role.AUDITOR),
        ):  # fmt: skip
            setattr(self, name, user(session, self.body, role, name=name.capitalize())[1])
        row = queries.version(session, self.planner, self.common.id)
        self.draft = operations.make_own(
            session, self.planner, row, code="OWN", title=("自", "Own"), now=NOW
        )
        session.commit()

    def row(self, actor=None, version=None):
        return queries.own(self.session, actor or self.planner, (version or self.draft).id)

    def take(self, action, actor, **more):
        row = self.row(actor)
        return operations.take_step(self.session, actor, row, action, now=NOW, **more)

    def save(self, part, change, actor=None):
        row = self.row(actor)
        values = copy.deepcopy(taken(row[0].content, part))
        change(values)
        seen = digest_of(row[0].content, part)
        return editor.save(
            self.session, actor or self.planner, row, part, values, seen=seen, now=NOW
        )

    def publish(self):
        self.take("submit", self.planner)
        self.take("approve", self.decider)
        self.take("publish", self.admin)
        self.session.commit()

    def events(self):
        self.session.commit()
        query = select(Event.name).where(Event.subject_kind == "scheme_version").order_by(Event.id)
        return list(self.session.scalars(query))


@pytest.fixture
def body(session):
    return Body(session)


def test_from_draft_to_superseded(body, session):
    """S-34: each step is one event; publishing supersedes the version before in the same step."""
    body.save(Part.CYCLE, lambda values: values["cycle"].update(years=4))
    body.publish()
    first = body.draft
    assert (first.state, first.published_at) == (SchemeState.PUBLISHED, NOW)
    row = body.row(version=first)
    body.draft = operations.start_draft(session, body.planner, row, now=NOW)
    session.commit()
    assert (body.draft.version, body.draft.based_on_id) == (2, first.id)
    assert body.draft.content == first.content | {"version": 2}
    with pytest.raises(StepRefused, match="one draft"):
        operations.start_draft(session, body.planner, body.row(version=first), now=NOW)
    body.save(Part.FRAME, lambda values: values["title"].update(en="Renamed"))
    body.publish()
    session.refresh(first)
    assert (first.state, body.draft.state) == (SchemeState.SUPERSEDED, SchemeState.PUBLISHED)
    assert body.row()[1].title_en == "Renamed"
    assert [name.partition(":")[2] for name in body.events()] == [
        "published", "drafted", "edited", "submitted", "approved", "published",
        "drafted", "edited", "submitted", "approved", "superseded", "published",
    ]  # fmt: skip
    owners = set(session.scalars(select(Event.owner_id).where(Event.subject_id == first.id)))
    assert body.body.id in owners
    assert verify(session)[1] is None


def test_nobody_approves_what_they_wrote_or_sent(body, session):
    """S-34: a person with both roles is refused, by the guards and by the database."""
    both = dataclasses.replace(body.planner, roles=frozenset({Role.PLANNER, Role.DECIDER}))
    other = acting(user(session, body.body, Role.PLANNER)[0], body.body, Role.PLANNER, Role.DECIDER)
    body.save(Part.CYCLE, lambda values: values["cycle"].update(years=4), actor=other)
    body.take("submit", body.admin)
    sender = dataclasses.replace(body.admin, roles=frozenset({Role.ADMINISTRATOR, Role.DECIDER}))
    for who, code in ((both, "not_author"), (other, "not_editor"), (sender, "not_submitter")):
        with pytest.raises(StepRefused) as refused:
            body.take("approve", who)
        assert code in {reason.code for reason in refused.value.reasons}
    session.commit()
    for person, name in (
        (body.planner, "approver_is_not_author"), (other, "scheme_approver_wrote_nothing"),
        (body.admin, "approver_is_not_submitter"),
    ):  # fmt: skip
        statement = "UPDATE scheme_versions SET approved_by_id = :who WHERE id = :id"
        with pytest.raises(IntegrityError, match=name):
            session.execute(text(statement), {"who": person.person_id, "id": body.draft.id})
        session.rollback()


def test_the_database_keeps_what_is_settled(body, session):
    """S-34: under review, approved or published, content stays; rows of published versions stay."""
    run = "UPDATE scheme_versions SET {} WHERE id = :id"
    body.take("submit", body.planner)
    session.commit()
    for change in ("content_sha256 = 'x'", "content = '{}'", "version = 9"):
        with pytest.raises(IntegrityError, match="scheme_version_is_settled"):
            session.execute(text(run.format(change)), {"id": body.draft.id})
        session.rollback()
    for change, name in (
        ("state = 'approved'", "approved_has_approver"),
        ("state = 'published'", "published_has_date"),
        (f"state = 'published', published_at = '{NOW.isoformat()}'", "published_was_approved"),
        ("submitted_by_id = NULL", "submitted_has_submitter"),
        ("version = 0", "is_settled|version_is_positive"),
    ):
        with pytest.raises(IntegrityError, match=name):
            session.execute(text(run.format(change)), {"id": body.draft.id})
        session.rollback()
    for key in (body.draft.id, body.common.id):
        with pytest.raises(IntegrityError, match="scheme_version_stays"):
            session.execute(text("DELETE FROM scheme_versions WHERE id = :id"), {"id": key})
        session.rollback()
    with pytest.raises(IntegrityError):  # a second open version of the scheme
        session.execute(
            text(
                "INSERT INTO scheme_versions (scheme_id, standard_version_id, version, state, content, "
                "content_sha256, created_at, revision) SELECT scheme_id, standard_version_id, 7, 'draft', "
                "content, content_sha256, created_at, 1 FROM scheme_versions WHERE id = :id"
            ),
            {"id": body.draft.id},
        )
    session.rollback()


def test_editing_is_for_drafts_and_their_body(body, session):
    """S-34: not under review, not by others, not on what somebody else changed meanwhile."""
    seen = digest_of(body.draft.content, Part.CYCLE)
    values = copy.deepcopy(taken(body.draft.content, Part.CYCLE))
    assert body.save(Part.CYCLE, lambda given: None) is False
    assert body.save(Part.CYCLE, lambda given: given["cycle"].update(years=5)) is True
    with pytest.raises(Stale):
        editor.save(session, body.planner, body.row(), Part.CYCLE, values, seen=seen, now=NOW)
    with pytest.raises(NotAllowed):
        operations.rewrite(session, body.auditor, body.row(), {}, {}, now=NOW)
    with pytest.raises(NotFound):
        body.row(body.auditor)
    rival = acting(user(session, organisation(session, OrganisationKind.BODY))[0], body.body)
    stranger = dataclasses.replace(rival, organisation_id=body.body.id + 1)
    with pytest.raises(NotFound):
        body.row(stranger)
    with pytest.raises(NotFound):
        queries.own(session, body.planner, body.common.id)
    body.take("submit", body.planner)
    with pytest.raises(StepRefused, match="Only a draft"):
        body.save(Part.CYCLE, lambda given: given["cycle"].update(years=6))
    assert list(session.scalars(select(SchemeEditor.person_id))) == [body.planner.person_id]


def test_a_draft_that_is_not_whole_does_not_go_to_review(body, session):
    """S-05: each condition is told; a standard with strange dimensions, one that is not published."""
    body.save(Part.DIMENSIONS, lambda values: values["dimensions"][0].update(code="uptime"))
    body.save(
        Part.CERTIFICATE, lambda values: values["certificate"].update(number_pattern="X-{year}")
    )
    with pytest.raises(StepRefused) as refused:
        body.take("submit", body.planner)
    assert {reason.code for reason in refused.value.reasons} == {"whole", "number", "dimensions"}
    small = small_standard(session, 5)
    row = body.row()
    given = {"title": row[0].content["title"], "standard_version_id": small.id}
    seen = digest_of(row[0].content, Part.FRAME)
    assert editor.save(session, body.planner, row, Part.FRAME, given, seen=seen, now=NOW)
    assert row[0].content["standard"] == {"code": "SMALL", "version": "1.0"}
    assert row[0].standard_version_id == small.id
    with pytest.raises(Invalid):
        editor.save(
            session, body.planner, body.row(), Part.FRAME, given | {"standard_version_id": 99_999},
            seen=digest_of(body.row()[0].content, Part.FRAME), now=NOW,
        )  # fmt: skip


def test_returned_reopened_recalled(body):
    """S-34: back to draft with a reason; what was signed before counts no more."""
    body.take("submit", body.planner)
    with pytest.raises(Invalid, match="Say why"):
        body.take("return", body.decider)
    body.take("return", body.decider, reason="Too strict")
    assert (body.draft.state, body.draft.submitted_by_id) == (SchemeState.DRAFT, None)
    body.take("submit", body.planner)
    body.take("recall", body.planner)
    body.take("submit", body.planner)
    body.take("approve", body.decider)
    body.take("reopen", body.admin, reason="A date is missing")
    assert (body.draft.state, body.draft.approved_by_id) == (SchemeState.DRAFT, None)
    with pytest.raises(Stale):
        body.take("submit", body.planner, revision=1)
    assert [name.partition(":")[2] for name in body.events()][2:] == [
        "submitted", "returned", "submitted", "recalled", "submitted", "approved", "reopened",
    ]  # fmt: skip


def test_a_file_becomes_the_next_version_or_a_new_scheme(body, session):
    """I-27: whole or not at all; a code of somebody else is refused."""
    import yaml

    data = yaml.safe_load(written(body.common.content))
    assert data == body.common.content
    with pytest.raises(StepRefused, match="one draft"):
        operations.import_draft(session, body.planner, data, code="OWN", now=NOW)
    made = operations.import_draft(session, body.planner, data, code="NEW", now=NOW)
    assert (made.version, made.content["code"], made.state) == (1, "NEW", SchemeState.DRAFT)
    with pytest.raises(Invalid, match="taken"):
        operations.import_draft(session, body.planner, data, code="", now=NOW)
    broken = copy.deepcopy(data)
    broken["levels"][0]["cut"] = 99
    count = len(list(session.scalars(select(SchemeVersion.id))))
    with pytest.raises(PackError):
        operations.import_draft(session, body.planner, broken, code="OTHER", now=NOW)
    assert len(list(session.scalars(select(SchemeVersion.id)))) == count
    body.publish()
    second = operations.import_draft(session, body.planner, data, code="OWN", now=NOW)
    assert second.version == 2
    with pytest.raises(StepRefused, match="certification body"):
        operations.import_pack(session, None, data | {"code": "OWN", "version": 9}, now=NOW)


def test_who_is_offered_which_scheme(body, session):
    """I-01, I-05: common schemes and the body's own, for applications and for competence."""
    body.publish()
    rival = organisation(session, OrganisationKind.BODY)
    ours = [scheme.code for _version, scheme in queries.published(session, body.body.id)]
    theirs = [scheme.code for _version, scheme in queries.published(session, rival.id)]
    assert (ours, theirs) == (["ITSL", "OWN"], ["ITSL"])
    assert {one.title.en for one in competence.schemes(session, body.planner)} == {
        "IT service level scheme", "Own",
    }  # fmt: skip
    old = body.common.id
    assert {version.id for version, _ in queries.offered(session)} == {old, body.draft.id}


def test_rules_of_a_draft_follow_its_digest(body, session):
    """S-05: the digest names the content; a changed draft has another one and other rules."""
    before = queries.rules(session, body.draft.id)
    sha = body.draft.content_sha256
    body.save(Part.CYCLE, lambda values: values["cycle"].update(years=5))
    after = queries.rules(session, body.draft.id)
    assert (before.cycle.years, after.cycle.years) == (3, 5)
    assert body.draft.content_sha256 != sha


def test_the_operator_publishes_common_schemes(engine, session, tmp_path):
    """S-02: the command line takes a file whole or not at all, and never a scheme of a body."""
    import json

    from flask import Flask

    from checklists.schemes.cli import cli
    from core.db import make_sessions

    body = Body(session)
    app = Flask("operator")
    app.extensions["sessions"] = make_sessions(engine)
    run = app.test_cli_runner().invoke
    content = copy.deepcopy(body.common.content) | {"version": 3}
    file = tmp_path / "scheme.yaml"

    def take(data):
        file.write_text(data if isinstance(data, str) else written(data), encoding="utf-8")
        session.rollback()
        done = run(cli, ["import", str(file), "--json"])
        return done.exit_code, json.loads(done.output)

    assert take(content) == (0, {"code": "ITSL", "version": 3})
    broken = copy.deepcopy(content) | {"version": 4}
    broken["levels"][0]["cut"] = 99
    code, told = take(broken)
    assert (code, told["errors"][0]["where"]) == (1, "/levels/1/cut")
    assert take(content | {"code": "OWN"})[0] == 1
    assert take("a: [")[0] == 1
    rows = json.loads(run(cli, ["list", "--json"]).output)
    assert [(row["code"], row["version"], row["state"]) for row in rows] == [
        ("ITSL", 2, "superseded"), ("ITSL", 3, "published"), ("OWN", 1, "draft"),
    ]  # fmt: skip
    assert "OWN" in run(cli, ["list"]).output

"""New standards, new versions, titles."""

import re

from sqlalchemy import func, select

from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from core.events import Event

TEXTS = {"title_en": "Own rules", "title_zh": "", "summary_en": "", "summary_zh": ""}


def test_a_new_standard(client, shelf):
    """S-34: a body begins a standard of its own; its first page says what comes next."""
    client.sign_in("planner@example.org")
    assert "One language is enough" in client.get("/standards/new").text
    answer = client.send("/standards/new", {"code": "OWN", "version": "1.0", **TEXTS})
    assert answer.status_code == 302
    made = shelf.row(StandardVersion, StandardVersion.title_en == "Own rules")
    assert (made.body_id, made.drafted_by_id) == (
        shelf.who["planner"].organisation_id,
        shelf.who["planner"].person_id,
    )
    assert "There is no section yet" in client.get(answer.location).text
    assert "There is no criterion yet" in client.get(f"/standards/{made.id}").text
    event = shelf.row(Event, Event.subject_id == made.id, Event.name == "standard:drafted")
    assert (event.subject_label, event.owner_id) == ("OWN 1.0", made.body_id)
    for wrong in ({"code": "OWN"}, {"code": "with space"}, {"version": ""}, {"version": "a b"}):
        data = {"code": "OTHER", "version": "1.0", **TEXTS} | wrong
        assert client.send("/standards/new", data).status_code == 422, wrong
    codes = shelf.session.scalars(select(Standard.code)).all()
    assert sorted(codes) == ["OWN", "SMALL"]


def test_a_new_version_is_a_copy(client, shelf, count_statements):
    """S-34: sections and criteria come along in as many statements for 60 as for 1,200; the base stays."""
    client.sign_in("planner@example.org")
    assert "60 criteria" in client.get(f"/standards/{shelf.published}/copy").text
    with count_statements() as sent:
        answer = client.send(f"/standards/{shelf.published}/copy", {"version": "3.0"})
    assert answer.status_code == 302
    assert len(sent) <= 7, "\n\n".join(sent)
    made = shelf.row(StandardVersion, StandardVersion.version == "3.0")
    assert (made.based_on_id, made.criteria_count, made.source_sha256) == (
        shelf.published,
        60,
        None,
    )
    names = [
        column
        for column in Criterion.__table__.columns
        if column.key not in {"id", "standard_version_id", "section_id"}
    ]
    old, new = (
        shelf.session.execute(
            select(Section.code, *names)
            .join(Section, Section.id == Criterion.section_id)
            .where(Criterion.standard_version_id == key)
            .order_by(Criterion.position)
        ).all()
        for key in (shelf.published, made.id)
    )
    assert old == new
    assert (
        "has a version 3.0 already"
        in client.send(f"/standards/{shelf.published}/copy", {"version": "3.0"}).text
    )
    shelf.session.rollback()


def test_title_and_summary(client, shelf):
    """S-34: number, titles and summaries of a draft; two who change them at once both see it."""
    client.sign_in("planner@example.org")
    page = f"/standards/{shelf.draft}/edit"
    revision = shelf.version().revision
    data = {"version": "2.0", "title_en": "New name", "title_zh": "新名", "revision": revision}
    assert client.send(page, data).status_code == 302
    now = shelf.version()
    assert (now.title_en, now.title_zh, now.summary_en) == ("New name", "新名", "For tests")
    late = client.send(page, data | {"title_en": "Late name"})
    assert late.status_code == 409
    assert "<ins>Late</ins>" in late.text
    fresh = re.search(r'name="revision"[^>]*value="(\d+)"', late.text)[1]
    assert client.send(page, data | {"title_en": "Late name", "revision": fresh}).status_code == 302
    assert shelf.version().title_en == "Late name"
    client.send("/standards/new", {"code": "X", "version": "1", **TEXTS})
    taken = client.send(page, data | {"version": "1.0", "revision": shelf.version().revision})
    assert taken.status_code == 422
    assert "has a version 1.0 already" in client.page.text
    assert client.send(page, data | {"version": ""}).status_code == 422


def test_a_new_version_of_a_foreign_draft(client, shelf):
    """S-32: what one may not see one may not copy; what is published may be copied by every body."""
    client.sign_in("stranger@example.org")
    assert client.get(f"/standards/{shelf.draft}/copy").status_code == 404
    answer = client.send(f"/standards/{shelf.published}/copy", {"version": "DHI.1"})
    assert answer.status_code == 302
    count = shelf.session.scalar(select(func.count()).select_from(StandardVersion))
    assert count == 3
    shelf.session.rollback()

"""Pages of findings: who reaches them, what they show, how many statements they take."""

import pytest
from sqlalchemy import select

from audit.casefile.models import CorrectiveAction, Finding
from audit.findings.rules import FindingGrade, FindingState
from tests.factories import findings as made
from tests.factories.audits import world
from tests.web.audit.desk import (
    draft_fields,
    enter,
    finding,
    reload,
    reply_fields,
    rows,
    url,
)

S = FindingState


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize(
    "who",
    ["leader", "auditor", "planner", "decider", "officer", "administrator", "manager", "member"],
)
def test_every_state_opens_for_every_reader(client, stage, who, state):
    """I-09: the body reads every finding; the client what was raised, never a draft."""
    one = finding(stage, state)
    enter(client, stage, who)
    hidden = who in {"manager", "member"} and one.raised_at is None
    assert client.get(url(one)).status_code == (404 if hidden else 200)
    assert client.get("/findings/").status_code == 200
    assert (one.number in client.page.text) is not hidden


def test_foreign_findings_are_not_there(client, stage):
    """I-09: another client, another body and a wrong address look the same: nothing here."""
    one = finding(stage)
    other = world(stage.session)
    stage.session.commit()
    enter(client, stage, "manager")
    assert client.get(f"/audits/{one.audit_id}/findings/999999").status_code == 404
    assert client.get(f"/audits/{one.audit_id + 1}/findings/{one.id}").status_code == 404
    for who in ("manager", "leader", "decider"):
        enter(client, other, who)
        for rest in ("", "/edit", "/response", "/extension", "/settle"):
            assert client.get(url(one, rest)).status_code in {403, 404}
        assert client.send(url(one, "/steps/acknowledge")).status_code in {403, 404}
        client.get("/findings/")
        assert one.number not in client.page.text
    assert reload(stage, Finding, one.id).state is S.RAISED


@pytest.mark.parametrize("who", ["administrator", "planner"])
def test_without_a_part_in_it_nothing_can_be_done(client, stage, who):
    """I-09: administrator and planner read; no step is theirs."""
    draft, raised, sent = (
        finding(stage, S.DRAFT),
        finding(stage),
        finding(stage, S.RESPONSE_SUBMITTED),
    )
    enter(client, stage, who)
    for one, rest in (
        (draft, "/edit"), (draft, "/steps/raise"), (draft, "/void"), (raised, "/steps/acknowledge"),
        (raised, "/dispute"), (sent, "/accept"), (sent, "/return"), (sent, "/settle"), (sent, "/verify"),
        (sent, "/implement"), (sent, "/extension"), (sent, "/extension/approve"),
    ):  # fmt: skip
        assert client.send(url(one, rest), {"reason": "x"}).status_code == 403, rest
    assert reload(stage, Finding, draft.id).state is S.DRAFT


def test_filters_and_export(client, stage):
    """S-24: the list narrows by grade, state, deadline and words, sorts, and exports without formulas."""
    open_one = finding(stage, S.ACKNOWLEDGED, title="=cmd")
    strong = finding(stage, S.CLOSED, grade=FindingGrade.STRENGTH, title="Good handover")
    late = finding(stage, S.RETURNED, title="Late one")
    late.response_due_on = late.response_due_on.replace(year=2020)
    stage.session.commit()
    enter(client, stage, "leader")
    for query, shown in (
        ("", {open_one, strong, late}),
        ("?grade=strength", {strong}),
        ("?state=open", {open_one, late}),
        ("?state=returned", {late}),
        ("?overdue=1", {late}),
        ("?q=HANDOVER", {strong}),
        ("?q=%25", set()),
        (f"?audit={stage.audit.number}", {open_one, strong, late}),
        ("?audit=A-1999-0001", set()),
        ("?grade=nonsense&sort=nonsense&page=-3", {open_one, strong, late}),
    ):
        client.get(f"/findings/{query}")
        for one in (open_one, strong, late):
            assert (one.number in client.page.text) is (one in shown), query
    for sort in ("number", "-number", "grade", "state", "-due", "client"):
        assert client.get(f"/findings/?sort={sort}").status_code == 200
    answer = client.get("/findings/export.csv?state=open")
    assert answer.mimetype == "text/csv"
    assert "'=cmd" in answer.text
    assert strong.number not in answer.text


def test_statements_of_pages(client, stage, count_statements):
    """S-24: a page of findings takes at most eight statements, however many findings there are."""
    some = {state: finding(stage, state) for state in S}
    for _ in range(3):
        finding(stage, S.ACCEPTED)
    query = select(CorrectiveAction.id).where(CorrectiveAction.finding_id == some[S.ACCEPTED].id)
    key = rows(stage, query)[0]
    for who, state, rest in (
        *((who, state, "") for who in ("leader", "manager") for state in S),
        ("leader", S.DRAFT, "/edit"),
        ("manager", S.ACKNOWLEDGED, "/response"),
        ("manager", S.RETURNED, "/response"),
        ("manager", S.ACKNOWLEDGED, "/extension"),
        ("decider", S.DISPUTED, "/settle"),
        ("member", S.ACCEPTED, f"/actions/{key}"),
    ):
        enter(client, stage, who)
        client.get("/findings/")  # the scheme is parsed, the visit noted
        with count_statements() as sent:
            client.get(url(some[state], rest))
        assert len(sent) <= 8, (who, state, rest, sent)
    with count_statements() as sent:
        client.get("/findings/")
    assert len(sent) <= 8


def test_statements_of_saves(client, stage, count_statements):
    """S-24: a step takes at most six statements, the sign-in's and the event's two among them; where three
    tables change at once, seven."""
    one = finding(stage, S.DRAFT)
    told = {}

    def sent_by(who, rest, data=None):
        enter(client, stage, who)
        client.get("/findings/")
        token = client.csrf_token()
        with count_statements() as sent:
            answer = client.post(url(one, rest), data={"csrf_token": token, **(data or {})})
        assert answer.status_code == 302, answer.text
        told[rest] = len(sent)
        return sent

    sent_by("leader", "/edit", draft_fields(stage) | {"title": "Changed", "revision": "1"})
    sent_by("leader", "/steps/raise")
    sent_by("manager", "/steps/acknowledge")
    sent_by("manager", "/response", reply_fields(stage))
    sent_by("manager", "/submit")
    sent_by("leader", "/accept")
    key = rows(stage, select(CorrectiveAction.id))[0]
    piece = made.evidence(stage.session, stage.audit, stage.member)
    stage.session.commit()
    sent_by(
        "member", f"/actions/{key}/report",
        {"told": "Done.", "submit": "1", "revision": "2", "evidence_ids": [piece.id]},
    )  # fmt: skip
    sent_by("manager", "/implement")
    sent_by("leader", f"/actions/{key}/verify")
    sent_by("leader", "/verify", {"reason": "Seen."})
    sent_by("leader", "/steps/close")
    simple = {
        "/steps/raise",
        "/steps/acknowledge",
        "/submit",
        "/implement",
        "/verify",
        "/steps/close",
    }
    assert {rest: count for rest, count in told.items() if rest in simple and count > 6} == {}
    assert max(told.values()) <= 7

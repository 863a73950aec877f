"""Pages of a checklist: criteria with reasons, the choice, the shares."""

import pytest
from sqlalchemy import func, select

from audit.assessment.models import Answer, SectionShare
from audit.checklist.models import Concern
from audit.planning.rules import AuditKind, AuditState
from checklists.standards import operations as standards
from checklists.standards.models import Criterion
from tests.factories.accounts import NOW
from tests.factories.checklists import standard_data

S = AuditState


def size(audit):
    return audit.read(select(func.count()).where(Answer.audit_id == audit.audit_id))


def test_choosing_reading_and_exporting(pages_in):
    """S-21 S-05: the planner chooses; every criterion tells why it is on the list, on the page and in the export."""
    audit = pages_in(S.PLANNED)
    client = audit.as_("planner")
    assert "not chosen yet" in client.get(f"{audit.url}/checklist").text
    page = client.get(f"{audit.url}/checklist/choose").text
    assert "every criterion up to the level sought" in page
    refused = client.send(f"{audit.url}/checklist/choose", {})
    assert refused.status_code == 422
    assert "at least one site" in refused.text
    assert size(audit) == 0
    assert (
        client.send(f"{audit.url}/checklist/choose", {"sites": str(audit.site_id)}).status_code
        == 302
    )
    read = client.get(f"{audit.url}/checklist").text
    assert "Critical, so in every audit" in read
    assert "Applies at the level sought" in read
    rows = client.get(f"{audit.url}/checklist/export.csv").text.splitlines()
    assert len(rows) == size(audit) + 1
    assert all("Applies at the level sought" in row for row in rows[1:])


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_pages_take_few_statements_at_any_size(pages_in, count_statements, language):
    """Quality 3: list, choice and shares take at most eight statements at 1,200 criteria too."""
    audit = pages_in(S.TEAM_CONFIRMED)
    audit.speak("leader", language)
    with audit.rows() as session:
        other = standards.import_pack(session, None, standard_data(1200), now=NOW)
    client = audit.as_("leader")
    site = audit.site_id
    sent_ = client.send(
        f"{audit.url}/checklist/choose", {"sites": str(site), "beside": str(other.id)}
    )
    assert sent_.status_code == 302
    assert size(audit) > 1200
    for address in ("", "?why=critical&q=a", "/choose", "/sections"):
        client.get(f"{audit.url}/checklist{address}")
        with count_statements() as sent:
            assert client.get(f"{audit.url}/checklist{address}").status_code == 200
        assert len(sent) <= 8, f"{address}: {len(sent)}\n" + "\n\n".join(sent)
    assert client.get(f"{audit.url}/checklist/export.csv").text.count("\n") > 1200


def test_the_leader_shares_sections(pages_in):
    """I-05: evenly or one by one; others read it."""
    audit = pages_in(S.IN_PROGRESS)
    client = audit.as_("leader")
    assert client.send(f"{audit.url}/checklist/sections", {"evenly": "1"}).status_code == 302
    assert audit.count(SectionShare) > 5
    assert client.send(f"{audit.url}/checklist/sections", {}).status_code == 302
    assert audit.count(SectionShare) == 0
    assert audit.events("audit").count("audit:sections_shared") == 2
    client = audit.as_("auditor")
    assert "Nobody in particular" in client.get(f"{audit.url}/checklist/sections").text
    assert client.send(f"{audit.url}/checklist/sections", {"evenly": "1"}).status_code == 409


def test_a_criterion_is_added_by_its_code(pages_in):
    """I-08: a wrong code is told beside the field, and what was typed stays."""
    audit = pages_in(S.IN_PROGRESS)
    client = audit.as_("leader")
    refused = client.send(
        f"{audit.url}/checklist/criteria", {"code": "NONE-1", "reason": "Said so"}
    )
    assert refused.status_code == 422
    assert "NONE-1" in refused.text
    assert "Said so" in refused.text
    above = audit.read(select(Criterion.code).where(Criterion.level_from == 5).limit(1))
    assert (
        client.send(
            f"{audit.url}/checklist/criteria", {"code": above, "reason": "Said so"}
        ).status_code
        == 302
    )
    assert "Added by hand: Said so" in client.get(f"{audit.url}/checklist?why=hand").text


def test_a_concern_is_told_to_the_next_audit(pages_in):
    """I-20: what an incident points at stands on the page of the choice."""
    audit = pages_in(S.PLANNED, AuditKind.SURVEILLANCE)
    client = audit.as_("planner")
    address = f"{audit.url}/checklist/concerns"
    assert client.send(address, {"kind": "incident", "label": "Outage"}).status_code == 422
    given = {
        "kind": "incident",
        "label": "Outage of 3 May",
        "text": "Two hours",
        "dimension": "",
        "area": "people",
    }
    assert client.send(address, given).status_code == 302
    assert audit.count(Concern) == 1
    assert "Outage of 3 May" in client.get(f"{audit.url}/checklist/choose").text


def test_the_client_sees_no_checklist(running):
    """I-32: what the auditors look at is theirs; others see nothing at all."""
    for name in ("manager", "stranger", "rival", "outsider"):
        client = running.as_(name)
        assert client.get(f"{running.url}/checklist").status_code == 404
        assert client.get(f"{running.url}/checklist/sections").status_code == 404


def test_after_the_plan_the_reasons_are_told(running):
    """S-21: the page says why the checklist cannot be chosen any more."""
    client = running.as_("leader")
    page = client.get(f"{running.url}/checklist/choose").text
    assert "The checklist is chosen before the plan is issued" in page
    refused = client.send(f"{running.url}/checklist/choose", {"sites": str(running.site_id)})
    assert refused.status_code == 409

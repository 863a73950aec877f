"""The ten most used pages as axe sees them, in both languages, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.assessment.models import Answer
from audit.casefile.models import Finding
from audit.casefile.rules import FindingState
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from certification.certificates.models import Certificate
from certification.certificates.rules import CertificateState

pytestmark = pytest.mark.demonstration
SERIOUS = {"serious", "critical"}


def addresses(session: Session) -> list[str]:
    """Name the pages with the keys they have in this world."""
    audit = session.scalars(select(Audit.id).where(Audit.state == AuditState.IN_PROGRESS)).one()
    waiting = session.scalars(select(Audit.id).where(Audit.state == AuditState.REPORT_DRAFT)).one()
    answer = session.scalars(select(Answer.id).where(Answer.audit_id == audit)).first()
    finding = session.scalars(
        select(Finding.id).where(Finding.audit_id == audit, Finding.state == FindingState.RETURNED)
    ).one()
    certificate = session.scalars(
        select(Certificate.id).where(
            Certificate.state == CertificateState.ACTIVE, Certificate.number.startswith("HH")
        )
    ).first()
    return [
        "/",
        "/audits/",
        f"/audits/{audit}",
        f"/audits/{audit}/fieldwork/",
        f"/audits/{audit}/fieldwork/{answer}",
        "/findings",
        f"/audits/{audit}/findings/{finding}",
        f"/audits/{waiting}/report/",
        f"/audits/{waiting}/rating/",
        f"/certificates/{certificate}",
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_nothing_keeps_anybody_out(
    new_page: Callable[..., Page], session: Session, locale: str, width: int
) -> None:
    """The house: nothing serious or critical on the pages that are used most."""
    page = new_page(locale=locale, width=width)
    page.goto("/sign-in")
    page.locator("input[name=email]").first.fill("lead@demo.example")
    page.locator("input[name=password]").first.fill("assay-demo")
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url("**/")
    found = []
    for address in addresses(session):
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [(address, "wider than the screen")] if wide > 0 else []
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in SERIOUS:
                found.append((address, one["id"], one["nodes"][0]["html"][:120]))
    assert found == []

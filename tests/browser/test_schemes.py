"""The editor of a scheme in a browser: the sum as one types, errors at their fields, nothing that keeps anybody out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from checklists.schemes.models import Scheme, SchemeVersion

pytestmark = pytest.mark.demonstration
SERIOUS = {"serious", "critical"}


def enter(page):
    page.goto("/sign-in")
    page.locator("input[name=email]").first.fill("planner@demo.example")
    page.locator("input[name=password]").first.fill("assay-demo")
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url("**/")


def look(page, address):
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [(address, "wider than the screen")] if wide > 0 else []
    violations = Axe().run(page).response["violations"]
    return found + [
        (address, one["id"], one["nodes"][0]["html"][:120])
        for one in violations
        if one["impact"] in SERIOUS
    ]


def test_weights_are_added_as_one_types_and_pages_keep_nobody_out(new_page, session):
    """S-03: the sum follows every key; what is not right is told first and focused; axe finds nothing serious."""
    draft = session.scalars(
        select(SchemeVersion.id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Scheme.code == "HH-ITSL")
    ).one()
    session.rollback()  # or its reading would hold off every saving
    url = f"/schemes/{draft}"
    page = new_page(locale="en-GB", width=1280)
    enter(page)
    page.goto(f"{url}/parts/dimensions")
    total = page.locator("output[data-sum=weight]")
    assert total.inner_text() == "1"
    weight = page.locator("[name=dimensions-0-weight]")
    weight.fill("0.45")
    assert total.inner_text() == "1.15"
    weight.fill("")
    assert total.inner_text() == "0.7"
    weight.fill("much")
    page.locator("form[data-guard] .btn-primary").click()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "errors"
    assert page.locator("[name=dimensions-0-weight]").input_value() == "much"
    page.locator('.errors a[href="#dimensions-0-weight"]').click()
    assert page.evaluate("document.activeElement.id") == "dimensions-0-weight"
    page.locator("[name=dimensions-0-weight]").fill("0.3")
    page.locator("[name=onward]").click()
    page.wait_for_url("**/parts/metrics*")
    found = []
    for address in (url, f"{url}/parts/metrics", f"{url}/parts/competence", f"{url}/changes/"):
        found += look(page, address)
    page.goto(f"{url}/trial/")
    audit = page.locator("#f-audit option").nth(3).get_attribute("value")
    found += look(page, f"{url}/trial/?audit={audit}")
    phone = new_page(locale="zh-CN", width=390)
    enter(phone)
    for address in (
        url,
        f"{url}/parts/time",
        f"{url}/changes/",
        "/schemes/",
        f"{url}/trial/?audit={audit}",
    ):
        found += look(phone, address)
    assert found == []

"""The desk in the browser: by keyboard, saving itself, with two people at one criterion, on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.assessment.models import Answer
from audit.planning.models import Audit
from audit.planning.rules import AuditState

pytestmark = pytest.mark.demonstration
SAVED = "Saved on the server"


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.locator("input[name=email]").first.fill(email)
    page.locator("input[name=password]").first.fill("assay-demo")
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url("**/")
    page.locator("button[name=language][value=en]").first.click()


def desk(session: Session) -> str:
    audit = session.scalars(select(Audit.id).where(Audit.state == AuditState.IN_PROGRESS)).one()
    session.rollback()  # whoever reads on would hold up the server's saves
    return f"/audits/{audit}/fieldwork/"


def stored(session: Session, page: Page) -> tuple[int | None, str]:
    key = int(page.url.split("?")[0].split("#")[0].rsplit("/", 1)[1])
    rating, notes = session.execute(
        select(Answer.rating, Answer.notes).where(Answer.id == key)
    ).one()
    session.rollback()
    return rating, notes


def test_one_works_by_keyboard_and_loses_no_word(
    new_page: Callable[..., Page], session: Session
) -> None:
    """S-05, S-06: rate, write, go on without a mouse; without a network the words wait; a reload keeps them."""
    page = new_page()
    sign_in(page, "lead@demo.example")
    page.goto(desk(session))
    sync = page.locator("#sync")
    first = page.url
    page.keyboard.press("3")
    expect(page.locator("[data-missing=conformity]")).to_be_visible()
    assert stored(session, page) == (None, "")
    page.locator("label:has(#conformity-0)").click()
    page.keyboard.press("e")
    page.keyboard.type("Seen in October.")
    expect(sync).to_contain_text(SAVED)
    assert stored(session, page) == (3, "Seen in October.")
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(first)
    second = page.url
    expect(page.locator(f"#lines a[href='{first.rsplit('/', 1)[1]}']")).to_have_attribute(
        "data-s", "conforms"
    )
    page.locator("#main").focus()
    page.keyboard.press("k")
    expect(page).to_have_url(first)
    expect(page.locator("#notes")).to_have_value("Seen in October.")
    page.go_back()
    expect(page).to_have_url(second)
    expect(page.locator("#last-change")).to_have_attribute("data-answer", second.rsplit("/", 1)[1])
    page.context.set_offline(True)
    page.locator("#notes").fill("Written without a network.")
    expect(sync).to_contain_text("Not saved: no network")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(
        "**/fieldwork/*",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#notes")).to_have_value("Written without a network.")
    page.unroute("**/fieldwork/*")
    expect(sync).to_contain_text(SAVED, timeout=15_000)
    assert stored(session, page)[1] == "Written without a network."
    assert page.evaluate("sessionStorage.length") == 0


def test_two_at_one_criterion_see_each_other_and_choose(
    new_page: Callable[..., Page], session: Session
) -> None:
    """S-05: both see who is there; the second save shows both texts, and putting them together loses nothing."""
    mine, theirs = new_page(), new_page()
    sign_in(mine, "lead@demo.example")
    sign_in(theirs, "auditor@demo.example")
    mine.set_viewport_size({"width": 390, "height": 844})
    mine.goto(desk(session))
    theirs.goto(mine.url)
    theirs.reload()
    expect(theirs.locator("#people")).to_contain_text("is at this criterion too")
    mine.route("**/pulse", lambda route: route.abort())
    theirs.locator("#notes").fill("Seen in March.")
    expect(theirs.locator("#sync")).to_contain_text(SAVED)
    mine.locator("#notes").fill("Seen in May.")
    expect(mine.locator(".conflict del")).to_have_text("March")
    expect(mine.locator(".conflict ins")).to_have_text("May")
    expect(mine.locator("#sync")).to_contain_text("Choose whose words stay")
    assert stored(session, mine)[1] == "Seen in March."
    found = [
        one
        for one in Axe().run(mine).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert found == []
    mine.locator("button[value=both]").click()
    expect(mine.locator("#sync")).to_contain_text(SAVED)
    assert stored(session, mine)[1] == "Seen in March.\n\nSeen in May."
    mine.locator("a[href='#outline']").click()
    expect(mine.locator("#outline")).to_be_visible()
    mine.locator("#lines details[open] li a").last.click()
    expect(mine.locator("#outline")).not_to_be_visible()
    wide = mine.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0

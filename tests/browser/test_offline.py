"""Work without a network: taken along, written, killed, sent; nothing readable on the device, and nothing lost."""

import hashlib
from base64 import b64decode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select

from audit.assessment.models import Answer, AnswerEvidence, AnswerVersion
from audit.casefile.models import Finding, FindingEvidence
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import MeetingKind
from audit.offline.models import Capture, Device
from audit.planning.models import Audit
from core.clock import utc_now
from core.pictures.icon import app_icon
from evidence.files.models import Blob, Evidence
from tests.browser.field import (
    DUMP,
    NOTES,
    PASSPHRASE,
    PATIENCE,
    Ground,
    Machine,
    all_sent,
    answer,
    open_answer,
    photograph,
    sign_in,
    take_along,
    unlock,
)


@pytest.fixture
def ground(app):
    return Ground(app)


@pytest.fixture
def machine(browser, tmp_path):
    made = Machine(browser, tmp_path)
    yield made
    made.kill()


def test_nothing_is_lost_when_the_browser_is_killed(ground, live, machine):
    """I-07: what was told as saved survives a kill mid-typing without a network; all of it arrives, and once."""
    picture, other = app_icon(64), app_icon(80, maskable=True)
    page = _relative(machine.start(), live)
    take_along(page, ground)
    machine.context.set_offline(True)
    open_answer(page, ground, 0)
    answer(page, NOTES)
    photograph(page, "rack.png", picture)
    page.locator("textarea[name=notes]").press_sequentially(" and this is lost", delay=1)
    machine.kill()  # mid-typing: what was told as saved is what counts

    page = _relative(machine.start(), live)
    machine.context.set_offline(True)
    page.goto(f"/field#a/{ground.audit_id}/c/{ground.keys[0]}")
    page.wait_for_selector("text=Your passphrase opens it")
    page.wait_for_selector("text=2 entries are not on the server yet")
    unlock(page, "a wrong passphrase")
    page.wait_for_selector("text=does not open this device")
    unlock(page)
    page.wait_for_selector("textarea[name=notes]")
    assert page.input_value("textarea[name=notes]").startswith(NOTES)
    page.fill("textarea[name=notes]", NOTES)
    page.wait_for_selector(".saved >> text=Saved on this device")
    open_answer(page, ground, 1)
    answer(page, "Second answer", 3)
    finding = _finding(page, ground, other)
    _closing(page, ground)
    assert ground.all(select(Capture.id)) == []
    machine.kill()

    page = _relative(machine.start(), live)
    page.goto(f"/field#a/{ground.audit_id}")
    unlock(page)
    page.wait_for_selector("#bar >> text=Sign in to send")  # the session ended with the browser
    assert ground.all(select(Capture.id)) == []
    sign_in(page, ground.email)
    page.goto("/field")
    unlock(page)
    all_sent(page)
    page.reload()
    unlock(page)
    all_sent(page)
    machine.kill()
    _compare(ground, picture, other, finding)


def _relative(page: Page, live: str) -> Page:
    """Let a page of a browser without a base address take paths."""
    go = page.goto
    page.goto = lambda path, **more: go(path if path.startswith("http") else live + path, **more)
    return page


def _finding(page: Page, ground: Ground, content: bytes) -> str:
    title = "Labels are missing 标签缺失"
    page.evaluate(f"location.hash = '#a/{ground.audit_id}/f/new'")
    page.wait_for_selector("input[name=title]")
    page.fill("input[name=title]", title)
    page.fill("textarea[name=statement]", NOTES)
    page.wait_for_selector(".saved >> text=Saved on this device")
    photograph(page, "label.png", content)
    return title


def _closing(page: Page, ground: Ground) -> None:
    page.evaluate(f"location.hash = '#a/{ground.audit_id}/m/closing'")
    page.wait_for_selector("text=Record the meeting")
    page.locator("fieldset.act input").nth(4).fill("Chen Chen")
    box = page.locator("svg.signature").first
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    page.mouse.move(at["x"] + 20, at["y"] + 20)
    page.mouse.down()
    page.mouse.move(at["x"] + 90, at["y"] + 60)
    page.mouse.up()
    page.wait_for_selector(".saved >> text=Saved on this device")
    page.click("text=Record the meeting")
    page.wait_for_selector("text=waiting for the server")


def _compare(ground: Ground, picture: bytes, other: bytes, title: str) -> None:
    """Every byte that was told as saved stands on the server, once."""
    first, second = ground.keys[:2]
    read = ground.read
    assert read(select(Answer.notes).where(Answer.id == first)) == NOTES
    assert read(select(Answer.rating).where(Answer.id == first)) == 2
    assert read(select(Answer.notes).where(Answer.id == second)) == "Second answer"
    versions = ground.all(select(AnswerVersion.answer_id))
    assert sorted(versions) == sorted(set(versions)), "an answer arrived twice"
    digests = {hashlib.sha256(one).hexdigest() for one in (picture, other)}
    assert set(ground.all(select(Blob.sha256))) == digests
    assert len(ground.all(select(Evidence.id))) == 2
    assert ground.all(select(AnswerEvidence.answer_id)) == [first]
    found = select(Finding).where(Finding.audit_id == ground.audit_id)
    (finding,) = ground.all(found)
    assert (finding.title, finding.statement) == (title, NOTES)
    assert ground.all(select(FindingEvidence.finding_id)) == [finding.id]
    meeting = read(
        select(Meeting.id).where(
            Meeting.audit_id == ground.audit_id, Meeting.kind == MeetingKind.CLOSING
        )
    )
    signed = ground.all(
        select(Attendance.signature).where(Attendance.meeting_id == meeting).order_by(Attendance.id)
    )
    assert signed[0].startswith("M")
    captures = ground.all(select(Capture))
    assert {one.outcome for one in captures} <= {"applied", "same"}
    assert all(one.captured_at <= one.received_at for one in captures)


def test_nothing_on_the_device_can_be_read_without_the_passphrase(ground, new_page):
    """S-32: neither the database nor caches nor storages hold a word, a name or a number of the audit."""
    page = new_page(width=390)
    take_along(page, ground)
    page.context.set_offline(True)
    open_answer(page, ground, 0)
    answer(page, NOTES)
    photograph(page, "rack.png", app_icon(64))
    dump = b64decode(page.evaluate(DUMP))
    assert len(dump) > 10_000
    with ground.sessions() as session:
        number = session.get_one(Audit, ground.audit_id).number
        client, leader = ground.world.client, ground.world.leader
    secrets = [
        PASSPHRASE,
        "label missing",
        "机柜门未锁",
        number,
        client.name_zh,
        client.name_en,
        leader.name,
        "rack.png",
    ]
    assert [word for word in secrets if word.encode() in dump] == []
    assert app_icon(64)[40:80].decode("latin-1").encode() not in dump


def test_two_texts_come_back_to_the_device(ground, new_page):
    """I-07: somebody wrote at the desk meanwhile: both texts stand on the device, and the choice is the person's."""
    page = new_page(width=390)
    take_along(page, ground)
    page.context.set_offline(True)
    for row, words in enumerate(("Mine, kept", "Mine, given up", "Mine, in part")):
        open_answer(page, ground, row)
        answer(page, words)
        ground.write_at_the_desk(ground.keys[row], f"Theirs {row}")
    page.context.set_offline(False)
    page.wait_for_selector("#bar >> text=3 need your choice", timeout=PATIENCE)
    for row, choice in enumerate(("Keep mine", "Keep theirs", "Keep this text")):
        page.evaluate(f"location.hash = '#a/{ground.audit_id}/c/{ground.keys[row]}'")
        page.wait_for_selector(f"text=Theirs {row}")
        if row == 2:
            page.click("text=Keep both, in one text")
            page.fill(".conflict textarea", "Both of us")
        page.click(f"button >> text={choice}")
        page.wait_for_selector(".field-answer")
    all_sent(page)
    notes = [ground.read(select(Answer.notes).where(Answer.id == key)) for key in ground.keys[:3]]
    assert notes == ["Mine, kept", "Theirs 1", "Both of us"]
    assert (
        ground.all(
            select(Capture.id).where(Capture.outcome == "conflict", Capture.settled_at.is_(None))
        )
        == []
    )


def test_signing_out_asks_and_then_leaves_nothing(ground, new_page):
    """S-32: what is not on the server is told first; then database and caches are gone, and the server knows."""
    page = new_page(width=390)
    take_along(page, ground)
    page.context.set_offline(True)
    open_answer(page, ground, 0)
    answer(page, "Only here")
    page.route("**/captures/batch", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(f"/audits/{ground.audit_id}")
    page.click(".rail-open")
    page.click("text=Sign out")
    page.wait_for_selector("text=1 entry is only on this device")
    assert "Answer: 1" in page.inner_text("main")
    page.click("text=Give up 1 entry and sign out")
    page.wait_for_url("**/sign-in*")
    left = page.evaluate(
        "async () => [(await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert left == [0, 0]
    assert ground.read(select(Device.wiped_at)) is not None
    assert ground.read(select(Answer.notes).where(Answer.id == ground.keys[0])) == ""


def test_the_server_wipes_a_device(ground, new_page):
    """S-32: a device that is to forget deletes everything at its next contact and says so."""
    page = new_page(width=390)
    take_along(page, ground)
    with ground.sessions() as session:
        device = session.scalars(select(Device)).one()
        device.wipe_asked_at, device.wipe_asked_by_id = utc_now(), ground.world.leader.person_id
        session.commit()
    page.goto("/field")
    page.wait_for_selector("text=This device was wiped", timeout=PATIENCE)
    assert "No audit is on this device" in page.inner_text("main")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0
    page.wait_for_timeout(300)
    assert ground.read(select(Device.wiped_at)) is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_is_accessible_on_a_phone(ground, new_page, scheme):
    """frame: axe finds nothing serious on the app's pages, in either theme."""
    page = new_page(width=390, color_scheme=scheme)
    take_along(page, ground)
    open_answer(page, ground, 0)
    answer(page, "Seen.")
    here = f"#a/{ground.audit_id}"
    for place in (
        here,
        f"{here}/c/{ground.keys[0]}",
        f"{here}/m/closing",
        f"{here}/f/new",
        "#waiting",
        "#",
        "#leave",
    ):
        page.evaluate("place => { location.hash = place; }", place)
        page.wait_for_selector("#main h1")
        page.wait_for_timeout(150)
        found = [
            (one["id"], [node["target"] for node in one["nodes"]])
            for one in Axe().run(page).response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert found == [], place
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{place} is {wide} px too wide"

"""What tests of work without a network do again and again: the ground, the device, a browser that can be killed."""

import os
import signal
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from accounts.people.models import Person
from audit.assessment import operations as desk
from audit.assessment import queries as assessment
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity, Judgement
from audit.planning.rules import AuditState
from core.clock import utc_now
from tests import chromium
from tests.factories.accounts import PASSWORD
from tests.factories.audits import audit_in, world

PASSPHRASE = "seven brave otters sing"
NOTES = "Rack 4: label missing, 机柜门未锁 – “open” <b>&amp;\n\tsecond line, 2nd floor: ½ · 😀"
PATIENCE = 20_000


class Ground:
    """A running audit, its leader, and what is stored of it."""

    def __init__(self, app):
        self.sessions = app.extensions["sessions"]
        with self.sessions() as session:
            self.world = world(session)
            audit = audit_in(session, AuditState.IN_PROGRESS, within=self.world)
            audit.starts_on = audit.ends_on = utc_now().date()
            self.audit_id = audit.id
            for who in (self.world.leader, self.world.auditor):
                session.get_one(Person, who.person_id).language = "en"
            self.email = session.get_one(Person, self.world.leader.person_id).email
            self.keys = session.scalars(
                select(Answer.id).where(Answer.audit_id == audit.id).order_by(Answer.position)
            ).all()
            session.commit()

    def read(self, query):
        with self.sessions() as session:
            return session.scalar(query)

    def all(self, query):
        with self.sessions() as session:
            return session.scalars(query).all()

    def write_at_the_desk(self, key, notes):
        """Let the other auditor answer at the desk."""
        actor = self.world.auditor
        with self.sessions() as session:
            place, given, code = assessment.answer_place(session, actor, self.audit_id, key)
            judgement = Judgement(Conformity.NOT, 1, notes=notes)
            desk.answer(
                session,
                actor,
                place,
                given,
                code,
                judgement,
                revision=given.revision,
                now=utc_now(),
            )
            session.commit()


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in?lang=en")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def take_along(page: Page, ground: Ground) -> None:
    """Take the audit along from its page, as its leader."""
    sign_in(page, ground.email)
    page.goto(f"/audits/{ground.audit_id}")
    page.click("text=Take along")
    page.fill("[name=passphrase]", "short")
    page.fill("[name=again]", "short")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=too easy to guess")
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    page.click("main button[type=submit]")
    page.wait_for_selector(".field-outline")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.fill("[name=passphrase]", passphrase)
    page.click("main button[type=submit]")


def open_answer(page: Page, ground: Ground, row: int) -> None:
    page.evaluate(f"location.hash = '#a/{ground.audit_id}/c/{ground.keys[row]}'")
    page.wait_for_selector("textarea[name=notes]")


def answer(page: Page, notes: str, rating: int = 2) -> None:
    page.check("input[name=conformity][value=partly]")
    page.check(f"input[name=rating][value='{rating}']")
    page.fill("textarea[name=notes]", notes)
    page.wait_for_selector(".saved >> text=Saved on this device")


def photograph(page: Page, name: str, content: bytes) -> None:
    page.set_input_files(
        ".field-photos input[type=file]", {"name": name, "mimeType": "image/png", "buffer": content}
    )
    page.wait_for_selector("text=The photo is saved on this device")


def all_sent(page: Page) -> None:
    page.wait_for_selector("#bar >> text=0 waiting", timeout=PATIENCE)
    page.wait_for_selector("#bar >> text=On the server since", timeout=PATIENCE)


DUMP = """async () => {
  const texts = [];
  const asked = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const bytes = (value) => [...new Uint8Array(value.buffer || value)].map((byte) => String.fromCharCode(byte)).join("");
  const walk = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      texts.push(bytes(value));
    } else if (value && typeof value === "object") {
      Object.entries(value).flat().forEach(walk);
    } else {
      texts.push(String(value));
    }
  };
  const db = await asked(indexedDB.open("assay-field"));
  for (const name of db.objectStoreNames) {
    walk(await asked(db.transaction(name).objectStore(name).getAll()));
  }
  db.close();
  walk({ ...localStorage });
  walk({ ...sessionStorage });
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      texts.push(request.url, await (await cache.match(request)).text());
    }
  }
  return btoa(unescape(encodeURIComponent(texts.join("\\u0000"))));
}"""


class Machine:
    """A browser of its own on a profile of its own, that can be killed as a battery dies."""

    def __init__(self, browser: Browser, profile: Path):
        self.kind, self.profile, self.process = browser.browser_type, profile, None

    def start(self) -> Page:
        (self.profile / "DevToolsActivePort").unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 -- the browser of the tests
            [chromium.PATH, *chromium.FLAGS, "--headless", "--remote-debugging-port=0",
             f"--user-data-dir={self.profile}", "--lang=en-GB", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 15
        told = self.profile / "DevToolsActivePort"
        while not (told.exists() and told.read_text().strip()):
            assert time.monotonic() < end, "Chromium did not start"
            time.sleep(0.05)
        port = told.read_text().split()[0]
        self.browser = self.kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context = self.browser.contexts[0]
        self.context.set_default_timeout(PATIENCE)
        return self.context.new_page()

    def kill(self) -> None:
        """End it without a word: no event, no farewell."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

"""The people of a journey, each in a browser of their own, and the world in which they meet."""

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Locator, Page, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.planning.models import Engagement
from checklists.schemes import operations as schemes
from checklists.schemes.models import SchemeVersion
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import (
    CREDIT_CODES,
    PASSWORD,
    TestActor,
    organisation,
    service,
    site,
    user,
)
from tests.factories.audits import World, competent
from tests.factories.checklists import LONG_AGO, small_standard

BROWSER = {"en": "en-GB", "zh_CN": "zh-CN"}
CRITERIA = 12
LEVEL = 2
APPLICABLE = 8
"""Of the twelve criteria of the small standard, those that begin at level 1 or 2."""
STAFF = (
    ("planner", Role.PLANNER),
    ("leader", Role.AUDITOR),
    ("auditor", Role.AUDITOR),
    ("decider", Role.DECIDER),
)
CLIENTS = (("manager", Role.MANAGER), ("member", Role.MEMBER))


@dataclass
class Cast:
    """Two organisations, the scheme between them, and everybody by the name of their part."""

    body: Organisation
    client: Organisation
    version: SchemeVersion
    people: dict[str, Person]
    actors: dict[str, TestActor]

    def world(self, session: Session) -> World:
        """Give what the factories of audits work on, once there is a contract."""
        parts = {name: self.actors[name] for name in ("planner", "leader", "auditor", "decider")}
        return World(
            body=self.body,
            client=self.client,
            scheme_version=self.version,
            engagement=session.scalars(select(Engagement)).one(),
            administrator=self.actors["planner"],
            officer=self.actors["planner"],
            manager=self.actors["manager"],
            member=self.actors["member"],
            **parts,
        )


def cast(session: Session, language: str) -> Cast:
    """Build a body and a provider who do not know each other yet; a short checklist, the shipped rules."""
    body = organisation(session, OrganisationKind.BODY)
    client = organisation(session, credit_code=CREDIT_CODES[0])
    site(session, client, is_central=True)
    service(session, client)
    version = short_scheme(session)
    made = {}
    for where, parts in ((body, STAFF), (client, CLIENTS)):
        for name, role in parts:
            made[name] = user(session, where, role, name=name.capitalize(), language=language)
    for name in ("leader", "auditor"):
        competent(session, made[name][0], body, version)
    session.commit()
    return Cast(
        body=body,
        client=client,
        version=version,
        people={name: who for name, (who, _) in made.items()},
        actors={name: actor for name, (_, actor) in made.items()},
    )


def short_scheme(session: Session) -> SchemeVersion:
    """Publish the scheme that ships, with all its dimensions and metrics, over a small standard."""
    standard = small_standard(session, CRITERIA)
    data = schemes.read(schemes.PACKS / schemes.SHIPPED_SCHEMES[0][2])
    data |= {"code": "SHORT", "standard": {"code": "SMALL", "version": standard.version}}
    return schemes.import_pack(session, None, data, now=LONG_AGO)


class Somebody:
    """One person at their browser; finds things by address and name, which no language changes."""

    shots: ClassVar[Counter[str]] = Counter()

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def sign_in(self, email: str) -> "Somebody":
        """Sign in through the page."""
        self.go("/sign-in")
        self.fill(email=email, password=PASSWORD)
        self.send("main form:has([name=password]) .submit button[type=submit]")
        assert not self.page.url.endswith("/sign-in")
        return self

    def go(self, address: str) -> None:
        """Open an address; it has to answer."""
        self._arrived(self.page.goto(address))

    def follow(self, selector: str) -> None:
        """Follow a link."""
        self._through(self.page.locator(selector).first)

    def fill(self, **values: Any) -> None:
        """Fill fields by name, ``__`` for the hyphen in it; of several boxes of a name, the first is ticked."""
        for name, value in values.items():
            self._fill(name.replace("__", "-"), value)

    def choose(self, name: str, value: object) -> None:
        """Choose a radio button or tick a box through its label, as a hand would."""
        self.page.locator(f"label:has(input[name={name}][value='{value}'])").click()

    def save(self) -> None:
        """Press the first button of the page's own form."""
        self.send("main form[data-guard] .submit .btn-primary")

    def step(self, ending: str) -> None:
        """Press the button of the form whose address ends so; hidden ones are unfolded first."""
        button = self.page.locator(f"form[action$='{ending}'] button[type=submit]").first
        fold = button.locator("xpath=ancestor::details[not(@open)]/summary")
        if fold.count():
            fold.first.click()
        self._through(button)

    def send(self, selector: str) -> None:
        """Press a button that sends its form."""
        self._through(self.page.locator(selector).first)

    def sees(self, *words: str) -> None:
        """Require words on the page, and the language of the page itself."""
        lang = self.page.locator("html").get_attribute("lang")
        assert lang == ("en" if self.language == "en" else "zh-CN"), lang
        text = self.page.locator("body").inner_text()
        missing = [word for word in words if word not in text]
        assert not missing, f"{missing} not on {self.page.url}:\n{text}"

    def key(self, pattern: str) -> int:
        """Read a key out of the address: ``key("findings")`` of ``/audits/1/findings/7`` is 7."""
        found = re.search(rf"/{pattern}/(\d+)", self.page.url)
        assert found, self.page.url
        return int(found[1])

    def shoot(self, name: str) -> None:
        """Keep a picture of the page where JOURNEY_SHOTS names a folder."""
        if folder := os.environ.get("JOURNEY_SHOTS"):
            self.shots[self.language] += 1
            file = Path(folder) / f"{self.language}-{self.shots[self.language]:02}-{name}.png"
            self.page.screenshot(path=file, full_page=True)

    def _fill(self, name: str, value: Any) -> None:
        field = self.page.locator(f"[name='{name}']:not([type=hidden])").first
        kind = field.evaluate("node => node.type")
        if kind == "select-one":
            field.select_option(str(value))
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(str(value))

    def _through(self, control: Locator) -> None:
        with self.page.expect_navigation() as arrival:
            control.click()
        self._arrived(arrival.value)

    def _arrived(self, response: Response | None) -> None:
        if response is None:
            return  # the page itself went on, without being loaded anew
        told = self.page.locator("body").inner_text() if response.status >= 400 else ""
        assert response.status < 400, f"{response.status} at {response.url}:\n{told}"


class Everybody:
    """Opens a browser for each part when it first acts."""

    def __init__(self, new_page: Callable[..., Page], cast: Cast, language: str) -> None:
        self._new_page, self._cast, self._language = new_page, cast, language
        self._known: dict[str, Somebody] = {}

    def __getattr__(self, name: str) -> Somebody:
        """Give the person of a part, signed in."""
        if name not in self._known:
            person = self._cast.people[name]
            self._known[name] = self.stranger().sign_in(person.email)
        return self._known[name]

    def stranger(self) -> Somebody:
        """Give somebody without an account."""
        return Somebody(self._new_page(locale=BROWSER[self._language]), self._language)

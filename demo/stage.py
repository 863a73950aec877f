"""Where the stories are played: the clock that moves, who acts, and what already exists."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.organisations import operations as organisations
from accounts.organisations.models import Organisation, Service, Site
from accounts.people.models import Membership, MembershipRole, Person
from accounts.people.operations import hash_password, themselves
from accounts.people.rules import DEMO_PASSWORD
from core.clock import DEFAULT_ZONE
from core.events import record
from core.permissions import OrganisationKind, Role
from demo import cast
from evidence.files.storage import FileStore

ZONE = ZoneInfo(DEFAULT_ZONE)
SATURDAY = 5
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
BEFORE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody acting for an organisation; satisfies ``core.permissions.Actor``."""

    person_id: int
    name: str
    organisation_id: int
    organisation_kind: OrganisationKind
    roles: frozenset[Role]


@dataclass
class Stage:
    """The world so far. ``today`` is the day of the first start, ``now`` the instant being played."""

    session: Session
    store: FileStore
    today: date
    now: datetime = BEFORE
    organisations: dict[str, int] = field(default_factory=dict)
    sites: dict[str, list[int]] = field(default_factory=dict)
    services: dict[str, list[int]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    scheme_version_id: int = 0
    scheme_id: int = 0

    def day(self, offset: int) -> date:
        """Give a working day so many days from today: the past falls back to Friday, the future on to Monday."""
        day = self.today + timedelta(days=offset)
        over = day.weekday() - SATURDAY
        if over < 0:
            return day
        return day - timedelta(days=over + 1) if offset < 0 else day + timedelta(days=2 - over)

    def at(self, offset: int, clock: str) -> datetime:
        """Give an instant of a working day, in the calendar of the place."""
        return datetime.combine(self.day(offset), time.fromisoformat(clock), ZONE)

    def actor(self, key: str, at: str = "") -> Acting:
        """Let somebody act, by default for the organisation they belong to first."""
        person = cast.PEOPLE[key]
        where = cast.ORGANISATIONS[at or person.at]
        return Acting(
            self.people[key],
            person.name,
            self.organisations[where.key],
            where.kind,
            frozenset(person.roles),
        )

    def holder(self, organisation: str, role: Role) -> Acting:
        """Let the first person who holds a role at an organisation act."""
        return self.actor(cast.first_of(organisation, role).key)


@dataclass
class Script:
    """Everything that happens, in the order of time whatever the order it was written in."""

    stage: Stage
    acts: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def line(self) -> "Line":
        """Begin a story."""
        return Line(self)

    def play(self) -> int:
        """Let everything happen; gives the number of acts."""
        for when, _n, act in sorted(self.acts, key=lambda one: one[:2]):
            self.stage.now = when
            act()
            self.stage.session.flush()
            self.stage.session.expunge_all()
        return len(self.acts)


@dataclass
class Line:
    """One story: its acts never run backwards, whatever weekends do to their days."""

    script: Script
    last: datetime = BEFORE

    def beside(self) -> "Line":
        """Begin a story that goes on beside this one."""
        return self.script.line()

    def at(
        self, offset: int, clock: str, act: Callable[..., object], *given: Any, **named: Any
    ) -> None:
        """Add an act on a day; it comes after the acts added before."""
        wanted = self.script.stage.at(offset, clock)
        self.last = max(wanted, self.last + timedelta(minutes=4))
        acts = self.script.acts
        acts.append((self.last, len(acts), lambda: act(self.script.stage, *given, **named)))


def raise_curtain(stage: Stage) -> None:
    """Found the organisations with their people, sites and services."""
    password = QUICK.hash(DEMO_PASSWORD)
    for one in cast.ORGANISATIONS.values():
        stage.organisations[one.key] = _found(stage, one)
    for person in cast.PEOPLE.values():
        _welcome(stage, person, password)
    for one in cast.ORGANISATIONS.values():
        if one.kind is OrganisationKind.PROVIDER:
            _furnish(stage, one)


def lock_up(stage: Stage) -> None:
    """Give everybody the hash of a real account: signing fifty times with that one would take seconds."""
    stage.session.execute(update(Person).values(password_hash=hash_password(DEMO_PASSWORD)))


def _found(stage: Stage, one: cast.Organisation) -> int:
    values = {
        "name_zh": one.zh,
        "name_en": one.en,
        "code": one.code,
        "credit_code": one.credit_code,
        "address_zh": one.address_zh,
        "address_en": one.address_en,
        "contact_email": f"office@{one.en.split()[0].lower()}.example",
        "contact_phone": one.phone,
        "accreditation": one.accreditation,
    }
    return organisations.add(stage.session, one.kind, values, now=stage.now).id


def _welcome(stage: Stage, one: cast.Person, password: str) -> None:
    """Give somebody an account and their places, as invitations taken up would have done."""
    person = Person(email=one.email, name=one.name, password_hash=password, created_at=stage.now)
    stage.session.add(person)
    stage.session.flush()
    stage.people[one.key] = person.id
    for key in filter(None, (one.at, one.also)):
        organisation = stage.session.get_one(Organisation, stage.organisations[key])
        place = Membership(
            person_id=person.id, organisation_id=organisation.id, created_at=stage.now
        )
        stage.session.add(place)
        stage.session.flush()
        stage.session.add_all(MembershipRole(membership_id=place.id, role=r) for r in one.roles)
        record(
            stage.session,
            themselves(person),
            "membership:began",
            place,
            now=stage.now,
            within=organisation,
            owner_id=organisation.id if organisation.code else None,
            label=person.name,
            after={"roles": sorted(one.roles)},
        )


def _furnish(stage: Stage, one: cast.Organisation) -> None:
    manager = stage.holder(one.key, Role.MANAGER)
    own = stage.organisations[one.key]
    for n, site in enumerate(one.sites):
        made = Site(organisation_id=own)
        values = {
            "name_zh": site.zh,
            "name_en": site.en,
            "address_zh": site.address_zh,
            "address_en": site.address_en,
            "headcount": site.headcount,
            "is_central": n == 0,
        }
        organisations.save_site(stage.session, manager, made, values, revision=None, now=stage.now)
        stage.sites.setdefault(one.key, []).append(made.id)
    for offer in one.offers:
        service = Service(organisation_id=own)
        given = {
            "name_zh": offer.zh,
            "name_en": offer.en,
            "description": offer.description,
            "agreement": offer.agreement,
        }
        organisations.save_service(
            stage.session, manager, service, given, revision=None, now=stage.now
        )
        stage.services.setdefault(one.key, []).append(service.id)

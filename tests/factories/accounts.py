"""People, organisations, sites and services for tests. Rows are flushed, not committed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation, Service, Site
from accounts.people.models import Membership, MembershipRole, Person
from accounts.people.operations import hash_password
from core.permissions import ROLES_OF, OrganisationKind, Role

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PASSWORD = "assay-demo"
CREDIT_CODES = ("91110000600037341L", "91330106673959654P", "914403001922038216")
_numbers = count(1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TestActor:
    """Who acts in a test; satisfies ``core.permissions.Actor``."""

    __test__ = False

    person_id: int
    name: str
    organisation_id: int
    organisation_kind: OrganisationKind
    roles: frozenset[Role]


def organisation(
    session: Session, kind: OrganisationKind = OrganisationKind.PROVIDER, **values: Any
) -> Organisation:
    """Add an organisation; a body gets a code."""
    n = next(_numbers)
    given: dict[str, Any] = {
        "kind": kind,
        "code": f"B{n}" if kind is OrganisationKind.BODY else None,
        "name_zh": f"测试机构{n}",
        "name_en": f"Test organisation {n}",
        "created_at": NOW,
    }
    return _added(session, Organisation(**(given | values)))


def person(session: Session, *, password: str | None = PASSWORD, **values: Any) -> Person:
    """Add a person; the e-mail is made up unless given."""
    n = next(_numbers)
    given: dict[str, Any] = {
        "email": f"person{n}@example.org",
        "name": f"Person {n}",
        "password_hash": _hash(password) if password else None,
        "language": "en",
        "created_at": NOW,
    }
    return _added(session, Person(**(given | values)))


def member(session: Session, who: Person, where: Organisation, *roles: Role) -> Membership:
    """Add a membership with roles (by default the first role of the organisation's kind)."""
    place = _added(session, Membership(person_id=who.id, organisation_id=where.id, created_at=NOW))
    for role in roles or ROLES_OF[where.kind][:1]:
        session.add(MembershipRole(membership_id=place.id, role=role))
    session.flush()
    return place


def acting(who: Person, where: Organisation, *roles: Role) -> TestActor:
    """Give an actor for operations and queries; needs no membership row."""
    held = frozenset(roles or ROLES_OF[where.kind][:1])
    return TestActor(who.id, who.name, where.id, where.kind, held)


def user(
    session: Session, where: Organisation, *roles: Role, **values: Any
) -> tuple[Person, TestActor]:
    """Add a person with a membership; give both the row and the actor."""
    who = person(session, **values)
    member(session, who, where, *roles)
    return who, acting(who, where, *roles)


def site(session: Session, where: Organisation, **values: Any) -> Site:
    """Add a site with 10 people."""
    n = next(_numbers)
    given: dict[str, Any] = {
        "organisation_id": where.id,
        "name_zh": f"场所{n}",
        "name_en": f"Site {n}",
        "address_zh": f"测试路{n}号",
        "headcount": 10,
    }
    return _added(session, Site(**(given | values)))


def service(session: Session, where: Organisation, **values: Any) -> Service:
    """Add a service."""
    n = next(_numbers)
    given: dict[str, Any] = {
        "organisation_id": where.id,
        "name_zh": f"服务{n}",
        "name_en": f"Service {n}",
        "description": "Answers calls and repairs what broke.",
    }
    return _added(session, Service(**(given | values)))


def sign_in(client: Any, who: Person, password: str = PASSWORD) -> None:
    """Sign a test client in through the page; the person must be committed."""
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        "/sign-in", data={"email": who.email, "password": password, "csrf_token": token}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)


@cache
def _hash(password: str) -> str:
    return hash_password(password)


def _added(session: Session, row: T) -> T:
    session.add(row)
    session.flush()
    return row

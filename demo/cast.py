"""Who takes part in the demonstration, read from ``cast.yaml``: organisations, their people, sites and services."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from stdnum.cn import uscc

from core.permissions import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Site:
    """A site; ``headcount`` is the effective number of people."""

    zh: str
    en: str
    address_zh: str
    address_en: str
    headcount: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A service with its agreement."""

    zh: str
    en: str
    description: str
    agreement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation; ``key`` is how the stories name it."""

    key: str
    kind: OrganisationKind
    zh: str
    en: str
    stem: str
    address_zh: str
    address_en: str
    code: str | None = None
    accreditation: str = ""
    phone: str = ""
    sites: tuple[Site, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def credit_code(self) -> str:
        """Give the whole unified social credit code."""
        return self.stem + str(uscc.calc_check_digit(self.stem))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with their place; ``also`` names a second organisation, with the same roles there."""

    key: str
    name: str
    email: str
    at: str
    roles: tuple[Role, ...]
    position: str
    also: str = ""


def _organisation(given: dict[str, Any]) -> Organisation:
    rest = {name: given[name] for name in given.keys() - {"kind", "sites", "offers"}}
    return Organisation(
        kind=OrganisationKind(given["kind"]),
        sites=tuple(Site(**one) for one in given.get("sites", ())),
        offers=tuple(Offer(**one) for one in given.get("offers", ())),
        **rest,
    )


def _person(given: dict[str, Any]) -> Person:
    return Person(**given | {"roles": tuple(Role(role) for role in given["roles"])})


def read(name: str) -> dict[str, Any]:
    """Read one of the demonstration's own YAML files."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


_GIVEN = read("cast.yaml")
ORGANISATIONS = {one["key"]: _organisation(one) for one in _GIVEN["organisations"]}
PEOPLE = {one["key"]: _person(one) for one in _GIVEN["people"]}


def first_of(key: str, role: Role) -> Person:
    """Give the first person who holds a role at an organisation."""
    return next(one for one in PEOPLE.values() if one.at == key and role in one.roles)


def crew(body: str) -> list[Person]:
    """List the auditors of a body, those of another that also work for it last."""
    found = [one for one in PEOPLE.values() if Role.AUDITOR in one.roles]
    return [one for one in found if one.at == body] + [one for one in found if one.also == body]

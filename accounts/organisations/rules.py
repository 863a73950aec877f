"""What an organisation, a site and a service must be. Pure."""

from dataclasses import dataclass

from stdnum.cn import uscc

from core.lifecycle import Reason
from core.permissions import OrganisationKind
from core.words import N_, NT_, T_, Saying, Text

KIND_NAMES: dict[OrganisationKind, str] = {
    OrganisationKind.BODY: N_("Certification body"),
    OrganisationKind.PROVIDER: N_("Service provider"),
    OrganisationKind.REGULATOR: N_("Regulator"),
}
KIND_ICONS: dict[OrganisationKind, str] = {
    OrganisationKind.BODY: "seal",
    OrganisationKind.PROVIDER: "server",
    OrganisationKind.REGULATOR: "chart",
}
MOST_PEOPLE = 1_000_000


def compact_code(text: str) -> str:
    """Write a unified social credit code as it is kept: no blanks or hyphens, capitals."""
    return "".join(text.split()).replace("-", "").upper()


def code_problem(code: str) -> Text | None:
    """Say what is wrong with a compact credit code; ``None``: nothing (I-01, I-22)."""
    if len(code) != 18:
        return NT_(
            "A credit code has 18 characters, this one %(n)s.",
            "A credit code has 18 characters, this one %(n)s.",
            len(code),
        )
    if not uscc.is_valid(code):
        return Text(
            N_("The check digit of this code does not fit. Compare it with the business licence.")
        )
    return None


def names_problem(name_zh: str, name_en: str) -> Text | None:
    """Demand a name in at least one language."""
    return None if name_zh or name_en else Text(N_("Give the name in at least one language."))


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What closing a site looks at."""

    is_central: bool
    other_sites: int


def another_is_central(facts: SiteFacts) -> Reason:
    """Demand that the central function moves before its site closes."""
    met = not facts.is_central or facts.other_sites == 0
    text = (
        T_("The central function stays where it is")
        if met
        else T_("This site holds the central function. Make another site the central one first.")
    )
    return Reason("another_is_central", met, text)


SAYINGS = {
    "organisation:registered": Saying(N_("%(actor)s registered %(label)s"), key=True),
    "organisation:added": Saying(N_("%(label)s was added"), key=True),
    "organisation:changed": Saying(N_("%(actor)s changed what is known of %(label)s")),
    "site:added": Saying(N_("%(actor)s added the site %(label)s")),
    "site:changed": Saying(N_("%(actor)s changed the site %(label)s")),
    "site:closed": Saying(N_("%(actor)s closed the site %(label)s"), key=True),
    "service:added": Saying(N_("%(actor)s added the service %(label)s")),
    "service:changed": Saying(N_("%(actor)s changed the service %(label)s")),
    "service:ended": Saying(N_("%(actor)s ended the service %(label)s"), key=True),
}

"""Who may be on a team and why not: competence, impartiality, the yearly declaration. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.clock import add_months
from core.lifecycle import Reason
from core.words import N_, T_, Badge, Saying, Text

DECLARATION_MONTHS = 12  # “yearly”: the same day a year later is the last one it covers


class InterestKind(StrEnum):
    """Why somebody is not impartial towards a client (I-05)."""

    RELATION = "relation"
    CONSULTANCY = "consultancy"
    EMPLOYMENT = "employment"


WORK = frozenset({InterestKind.CONSULTANCY, InterestKind.EMPLOYMENT})

INTEREST_NAMES: dict[InterestKind, str] = {
    InterestKind.RELATION: N_("Personal or financial relation"),
    InterestKind.CONSULTANCY: N_("Consultancy"),
    InterestKind.EMPLOYMENT: N_("Employment"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A competence that was not ended early; both days count."""

    scheme_id: int
    area: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Tie:
    """An interest that was not withdrawn."""

    client_id: int
    kind: InterestKind
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of somebody who may be on a team of a body."""

    person_id: int
    name: str
    is_auditor: bool
    held: tuple[Held, ...] = ()
    ties: tuple[Tie, ...] = ()
    declared_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What somebody would be assigned to: whose audit, under which scheme, seen from which day."""

    client_id: int
    scheme_id: int
    today: date
    cooling_off_years: int
    last_day: date | None = None

    @property
    def until(self) -> date:
        """Give the day to which competence must reach: the audit's last one, if it is set."""
        return max(self.today, self.last_day or self.today)


def areas_of(person: PersonFacts, to: Assignment) -> frozenset[str]:
    """Give the technical areas that somebody is competent in, today and to the audit's end."""
    return frozenset(
        one.area
        for one in person.held
        if one.scheme_id == to.scheme_id
        and one.valid_from <= to.today
        and one.valid_until >= to.until
    )


def uncovered(areas: Iterable[str], people: Iterable[PersonFacts], to: Assignment) -> list[str]:
    """List the technical areas that nobody of a team is competent in."""
    covered = {area for person in people for area in areas_of(person, to)}
    return [area for area in areas if area not in covered]


def barred_until(tie: Tie, years: int) -> date | None:
    """Give the last day on which a tie bars; ``None``: it goes on."""
    if tie.until_on is None:
        return None
    return add_months(tie.until_on, 12 * years) if tie.kind in WORK else tie.until_on


def conflict(person: PersonFacts, to: Assignment) -> Text | None:
    """Say why somebody is not impartial towards the client, if so (I-05)."""
    for tie in person.ties:
        if tie.client_id != to.client_id or tie.from_on > to.until:
            continue
        last = barred_until(tie, to.cooling_off_years)
        if last is None:
            return T_("%(kind)s that goes on", kind=_kind(tie))
        if last >= to.today:
            return T_("%(kind)s: barred until %(day)s", kind=_kind(tie), day=last)
    return None


def counts_until(declared_on: date) -> date:
    """Give the last day that a declaration covers."""
    return add_months(declared_on, DECLARATION_MONTHS)


def has_declared(person: PersonFacts, today: date) -> bool:
    """Say whether a declaration of interests is not older than a year."""
    given = person.declared_on
    return given is not None and counts_until(given) >= today


def why_not(person: PersonFacts, to: Assignment) -> list[Reason]:
    """List what keeps somebody off the team; nobody, the administrator included, passes it."""
    reasons = []
    if not person.is_auditor:
        reasons.append(_unmet("auditor", T_("Is not an auditor here")))
    if not areas_of(person, to):
        text = T_("Is not competent for this scheme")
        reasons.append(_unmet("competent", text, _ends_too_early(person, to)))
    if why := conflict(person, to):
        text = T_("Has a conflict of interest")
        reasons.append(_unmet("impartial", text, why))
    if not has_declared(person, to.today):
        text = T_("Has not declared their interests within a year")
        reasons.append(_unmet("declared", text))
    return reasons


def _ends_too_early(person: PersonFacts, to: Assignment) -> Text | None:
    days = [one.valid_until for one in person.held if one.scheme_id == to.scheme_id]
    if not days or max(days) >= to.until:
        return None
    if max(days) < to.today:
        return T_("The last competence ended on %(day)s", day=max(days))
    return T_("The competence ends on %(day)s, before the audit does", day=max(days))


def _unmet(code: str, text: Text, detail: Text | None = None) -> Reason:
    return Reason(code, met=False, text=text, detail=detail)


def _kind(tie: Tie) -> Text:
    return Text(INTEREST_NAMES[tie.kind])


CURRENT = Badge("good", "check", N_("Valid"))
ENDING = Badge("warn", "wait", N_("Ends soon"))
EXPIRED = Badge("bad", "over", N_("Ran out"))
ENDED = Badge("", "over", N_("Ended"))
ENDING_DAYS = 60


def badge(valid_from: date, valid_until: date, today: date, *, ended: bool) -> Badge:
    """Say how a competence stands on a day."""
    if ended:
        return ENDED
    if valid_until < today:
        return EXPIRED
    if valid_from > today:
        return Badge("", "wait", N_("Not yet valid"))
    return ENDING if (valid_until - today).days <= ENDING_DAYS else CURRENT


def declaration_badge(declared_on: date | None, today: date) -> Badge:
    """Say how somebody's latest declaration stands on a day."""
    if declared_on is None:
        return Badge("warn", "wait", N_("Not declared"))
    if counts_until(declared_on) < today:
        return Badge("bad", "over", N_("Declaration ran out"))
    return Badge("good", "check", N_("Declared"))


SAYINGS: dict[str, Saying] = {
    "competence:granted": Saying(N_("%(actor)s granted a competence: %(label)s"), key=True),
    "competence:ended": Saying(N_("%(actor)s ended a competence: %(label)s"), key=True),
    "declaration:made": Saying(N_("%(actor)s declared their interests"), key=True),
    "interest:declared": Saying(N_("%(actor)s declared an interest: %(label)s"), key=True),
    "interest:ended": Saying(N_("%(actor)s recorded the end of an interest: %(label)s"), key=True),
    "interest:withdrawn": Saying(N_("%(actor)s withdrew an interest: %(label)s"), key=True),
}

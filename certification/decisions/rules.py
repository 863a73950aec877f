"""Who may decide, and what must hold before a positive decision (I-13, I-14). Pure.

The table at the end is the whole rule: for each outcome its conditions, which nobody can override. What the decider
chooses (level, days, reasons) has conditions of its own, told beside the field.
"""

from collections.abc import Sequence
from enum import StrEnum

from audit.conditions.rules import RATED, AuditKind
from certification.certificates.rules import CertificateState
from certification.conditions import rules as needs
from certification.conditions.rules import DecisionFacts, Guard
from core.lifecycle import Reason
from core.words import N_, Badge, Saying


class DecisionOutcome(StrEnum):
    """What was decided."""

    GRANT = "grant"
    REFUSE = "refuse"
    MAINTAIN = "maintain"
    RENEW = "renew"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


O = DecisionOutcome  # noqa: E741 -- stands for the word in the table below
BADGES: dict[DecisionOutcome, Badge] = {
    O.GRANT: Badge("good", "check", N_("Granted")),
    O.REFUSE: Badge("bad", "cross", N_("Refused")),
    O.MAINTAIN: Badge("good", "check", N_("Maintained")),
    O.RENEW: Badge("good", "check", N_("Renewed")),
    O.REDUCE: Badge("warn", "back", N_("Reduced")),
    O.SUSPEND: Badge("hold", "pause", N_("Suspended")),
    O.RESTORE: Badge("good", "check", N_("Restored")),
    O.WITHDRAW: Badge("bad", "cross", N_("Withdrawn")),
}
TITLES: dict[DecisionOutcome, str] = {
    O.GRANT: N_("Grant the certificate"),
    O.REFUSE: N_("Refuse"),
    O.MAINTAIN: N_("Maintain the certificate"),
    O.RENEW: N_("Renew the certificate"),
    O.REDUCE: N_("Reduce level or scope"),
    O.SUSPEND: N_("Suspend the certificate"),
    O.RESTORE: N_("Restore the certificate"),
    O.WITHDRAW: N_("Withdraw the certificate"),
}
EFFECTS: dict[DecisionOutcome, str] = {
    O.GRANT: N_("Issues the certificate; the cycle of surveillance begins."),
    O.REFUSE: N_("With reasons that the client may appeal against."),
    O.MAINTAIN: N_("The certificate stays as it is."),
    O.RENEW: N_("A new certificate takes the place of the old one; a new cycle begins."),
    O.REDUCE: N_("Issues a revision with a lower level or a smaller scope."),
    O.SUSPEND: N_(
        "The certificate is not in force until it is restored; else it is withdrawn at the end."
    ),
    O.RESTORE: N_("The certificate is in force again."),
    O.WITHDRAW: N_("Takes the certificate back for good."),
}
SAYINGS = {"decision:taken": Saying(N_("%(actor)s took the decision %(label)s"), key=True)}
POSITIVE = frozenset({O.GRANT, O.RENEW, O.MAINTAIN, O.RESTORE})
WITH_LEVEL = frozenset({O.GRANT, O.RENEW, O.REDUCE})
BEGINS_CYCLE = frozenset({O.GRANT, O.RENEW})


# -- the table ----------------------------------------------------------------------------------

_FINDINGS = (needs.majors_verified, needs.minors_planned, needs.none_disputed)
_SIGNED = (needs.critical_answered, needs.report_signed)
_RATING = (needs.rating_current, needs.level_reached)
_WHO = (needs.under_decision, needs.independent)

CONDITIONS: dict[DecisionOutcome, tuple[Guard, ...]] = {
    O.GRANT: (*_WHO, *_FINDINGS, needs.majors_in_time, *_SIGNED, *_RATING, needs.none_in_force),
    O.RENEW: (*_WHO, *_FINDINGS, *_SIGNED, *_RATING, needs.is_active, needs.in_force),
    O.MAINTAIN: (*_WHO, *_FINDINGS, *_SIGNED, needs.rating_current, needs.level_kept, needs.in_force),
    O.RESTORE: (
        *_WHO, *_FINDINGS, *_SIGNED, needs.rating_current, needs.level_kept, needs.restorable,
        needs.surveillance_kept,
    ),
    O.REDUCE: (*_WHO, needs.report_signed, needs.in_force, needs.surveillance_kept),
    O.REFUSE: (*_WHO, needs.report_signed),
    O.SUSPEND: (*_WHO, needs.report_signed, needs.in_force),
    O.WITHDRAW: (*_WHO, needs.report_signed),
}  # fmt: skip
CHOICES: dict[DecisionOutcome, tuple[Guard, ...]] = {
    O.GRANT: (needs.reasoned, needs.level_possible, needs.lower_explained, needs.not_backdated),
    O.RENEW: (
        needs.reasoned,
        needs.level_possible,
        needs.lower_explained,
        needs.takes_effect_today,
    ),
    O.REDUCE: (needs.reasoned, needs.lowers, needs.reduced_within_rating, needs.takes_effect_today),
    O.SUSPEND: (needs.reasoned, needs.within_limit, needs.takes_effect_today),
}
FIELDS = {
    "reasons": "reasons",
    "chosen": "level",
    "lowers": "level",
    "lower": "level_reason",
    "effective": "effective_on",
    "limit": "until",
}
GROUPS: tuple[tuple[str, tuple[Guard, ...]], ...] = (
    (N_("Who decides"), (needs.independent,)),
    (N_("Findings"), (*_FINDINGS[:1], needs.majors_in_time, *_FINDINGS[1:])),
    (N_("Audit and report"), (needs.under_decision, *_SIGNED)),
    (N_("Rating"), (*_RATING, needs.level_kept)),
    (
        N_("Certificate"),
        (
            needs.none_in_force,
            needs.is_active,
            needs.in_force,
            needs.restorable,
            needs.surveillance_kept,
        ),
    ),
)
_OF_AN_AUDIT = frozenset({*_SIGNED, needs.under_decision})
_OF_A_RATING = frozenset({needs.rating_current, needs.level_kept})


def guards_of(outcome: DecisionOutcome, facts: DecisionFacts) -> list[Guard]:
    """List the conditions of an outcome that this case has.

    A reduction that brings a suspended certificate back needs what a restoration needs. After its expiry a
    certificate is restored at whatever level the recertification found.
    """
    wanted = list(CONDITIONS[outcome])
    if outcome is O.REDUCE and facts.certificate is CertificateState.SUSPENDED:
        wanted += [*_FINDINGS, needs.critical_answered, needs.rating_current]
    if outcome is O.RESTORE and chooses_level(outcome, facts):
        wanted[wanted.index(needs.level_kept)] = needs.level_reached
        wanted.remove(needs.surveillance_kept)
    if facts.kind is None:
        wanted = [guard for guard in wanted if guard not in _OF_AN_AUDIT]
    if facts.kind not in RATED:
        wanted = [guard for guard in wanted if guard not in _OF_A_RATING]
    return wanted


def chooses_level(outcome: DecisionOutcome, facts: DecisionFacts) -> bool:
    """Say whether an outcome names a level of its own."""
    if outcome is O.RESTORE:
        return facts.certificate is CertificateState.EXPIRED
    return outcome in WITH_LEVEL


def conditions(outcome: DecisionOutcome, facts: DecisionFacts) -> list[Reason]:
    """Judge every condition of an outcome."""
    return [guard(facts) for guard in guards_of(outcome, facts)]


def choice_conditions(outcome: DecisionOutcome, facts: DecisionFacts) -> list[Reason]:
    """Judge what the decider chose."""
    like = O.RENEW if outcome is O.RESTORE and chooses_level(outcome, facts) else outcome
    wanted = CHOICES.get(like, (needs.reasoned, needs.takes_effect_today))
    return [guard(facts) for guard in wanted]


def grouped(outcome: DecisionOutcome, facts: DecisionFacts) -> list[tuple[str, list[Reason]]]:
    """Give the conditions of an outcome under their headings, in the scheme's order."""
    wanted = set(guards_of(outcome, facts))
    groups = [(title, [g(facts) for g in guards if g in wanted]) for title, guards in GROUPS]
    return [(title, reasons) for title, reasons in groups if reasons]


def outcomes(facts: DecisionFacts) -> Sequence[DecisionOutcome]:
    """List what can be decided in a case at all; the first is the positive one, its conditions are shown."""
    if facts.kind is AuditKind.STAGE_2:
        return (O.GRANT, O.REFUSE)
    if facts.kind is AuditKind.RECERTIFICATION:
        expired = facts.certificate is CertificateState.EXPIRED
        return (O.RESTORE if expired else O.RENEW, O.REFUSE)
    if facts.certificate is CertificateState.ACTIVE:
        return (O.MAINTAIN, O.REDUCE, O.SUSPEND, O.WITHDRAW)
    if facts.certificate is CertificateState.SUSPENDED:
        return (O.RESTORE, O.REDUCE, O.WITHDRAW)
    return (O.REFUSE,) if facts.kind is not None else ()

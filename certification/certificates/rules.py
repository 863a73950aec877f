"""The life of a certificate, its dates and its status on a day (I-14 to I-16, I-21). Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.clock import add_months
from core.lifecycle import Lifecycle, Reason, step
from core.permissions import Permission
from core.words import N_, T_, Badge, Saying, Text, Words


class CertificateState(StrEnum):
    """Where a certificate stands, in both vocabularies (I-21). Withdrawn, cancelled, superseded are final."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


S = CertificateState
LIVING = frozenset({S.ACTIVE, S.SUSPENDED})
FINAL = frozenset({S.WITHDRAWN, S.CANCELLED, S.SUPERSEDED})

BADGES: dict[CertificateState, Badge] = {
    S.ACTIVE: Badge("good", "check", N_("Active")),
    S.SUSPENDED: Badge("hold", "pause", N_("Suspended")),
    S.WITHDRAWN: Badge("bad", "cross", N_("Withdrawn")),
    S.CANCELLED: Badge("", "over", N_("Cancelled")),
    S.EXPIRED: Badge("", "over", N_("Expired")),
    S.SUPERSEDED: Badge("", "over", N_("Superseded")),
}
MEANINGS: dict[CertificateState, str] = {
    S.ACTIVE: N_("The certificate is in force."),
    S.SUSPENDED: N_("The certificate is not in force until the suspension is lifted."),
    S.WITHDRAWN: N_(
        "The certification body took the certificate back for cause. It is not in force."
    ),
    S.CANCELLED: N_("The holder gave the certificate up. It is not in force."),
    S.EXPIRED: N_("The validity of the certificate ended. It is not in force."),
    S.SUPERSEDED: N_("A later certificate took the place of this one."),
}
SAYINGS: dict[str, Saying] = {
    "certificate:issued": Saying(N_("%(actor)s issued the certificate %(label)s"), key=True),
    "certificate:revised": Saying(N_("%(actor)s issued a new revision of %(label)s"), key=True),
    "certificate:maintained": Saying(N_("%(actor)s maintained the certificate %(label)s")),
    "certificate:reduced": Saying(N_("%(actor)s reduced the certificate %(label)s"), key=True),
    "certificate:suspended": Saying(N_("%(actor)s suspended the certificate %(label)s"), key=True),
    "certificate:restored": Saying(N_("%(actor)s restored the certificate %(label)s"), key=True),
    "certificate:withdrawn": Saying(N_("%(actor)s withdrew the certificate %(label)s"), key=True),
    "certificate:cancelled": Saying(N_("%(actor)s cancelled the certificate %(label)s"), key=True),
    "certificate:superseded": Saying(
        N_("A later certificate superseded the certificate %(label)s"), key=True
    ),
    "certificate:expired": Saying(N_("The certificate %(label)s expired"), key=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What the guards look at; what a step chooses stands in ``level`` to ``reason_given``.

    ``surveillance_due_on`` has ``grace_days`` more; ``after_surveillance``: the step follows the audit that was due.
    Reasons and days that a page asks for count as given until they are known.
    """

    today: date
    expires_on: date
    current_level: int = 1
    suspended_until: date | None = None
    suspension_months: int = 6
    restoration_months: int = 0
    surveillance_due_on: date | None = None
    grace_days: int = 0
    after_surveillance: bool = False
    after_recertification: bool = False
    level: int | None = None
    scope_changes: bool = False
    until: date | None = None
    reason_given: bool = True

    @property
    def longest(self) -> date:
        """Give the last day that a suspension beginning today may reach (I-15)."""
        return add_months(self.today, self.suspension_months)

    @property
    def window_ends_on(self) -> date:
        """Give the last day on which an expired certificate can be restored (I-14)."""
        return add_months(self.expires_on, self.restoration_months)

    @property
    def surveillance_overdue(self) -> bool:
        """Whether the surveillance that was due is missing, its grace included."""
        due = self.surveillance_due_on
        return due is not None and self.today > due + timedelta(days=self.grace_days)


Guard = Callable[[CertificateFacts], Reason]


def _whether(code: str, holds: Callable[[CertificateFacts], bool], yes: Text, no: Text) -> Guard:
    def guard(facts: CertificateFacts) -> Reason:
        met = holds(facts)
        return Reason(code, met, yes if met else no)

    return guard


because = _whether(
    "reason", lambda f: f.reason_given, T_("The reason is kept with this step"), T_("Say why")
)
expired = _whether(
    "expired", lambda f: f.today > f.expires_on,
    T_("The validity has ended"), T_("The validity has not ended"),
)  # fmt: skip
surveillance_is_overdue = _whether(
    "overdue", lambda f: f.surveillance_overdue,
    T_("The surveillance that was due is missing"), T_("No surveillance is overdue"),
)  # fmt: skip
suspension_is_over = _whether(
    "over", lambda f: f.suspended_until is not None and f.today > f.suspended_until,
    T_("The suspension reached its last day"), T_("The suspension has not ended"),
)  # fmt: skip
surveillance_kept = _whether(
    "surveillance", lambda f: f.after_surveillance or not f.surveillance_overdue,
    T_("No surveillance is overdue"),
    T_("A surveillance is overdue: the decision on that audit restores the certificate"),
)  # fmt: skip
after_recertification = _whether(
    "recertified", lambda f: f.after_recertification,
    T_("A recertification audit was held"),
    T_("After its expiry a certificate is restored by the decision on a recertification audit"),
)  # fmt: skip
lowers = _whether(
    "lowers",
    lambda f: f.scope_changes or (f.level is not None and 0 < f.level < f.current_level),
    T_("Level or scope become less"),
    T_("Choose a level below the present one, or a smaller scope"),
)


def not_expired(facts: CertificateFacts) -> Reason:
    """Require that the validity runs (I-14)."""
    if facts.today <= facts.expires_on:
        return Reason("valid", met=True, text=T_("Valid until %(day)s", day=facts.expires_on))
    return Reason("valid", met=False, text=T_("Expired on %(day)s", day=facts.expires_on))


def in_window(facts: CertificateFacts) -> Reason:
    """Require that an expired certificate can still be restored (I-14)."""
    last = facts.window_ends_on
    if facts.today <= last:
        return Reason("window", met=True, text=T_("It can be restored until %(day)s", day=last))
    text = T_("It could be restored until %(day)s; a new stage 2 is needed", day=last)
    return Reason("window", met=False, text=text)


def within_limit(facts: CertificateFacts) -> Reason:
    """Require that a suspension ends within the scheme's months (I-15)."""
    last = facts.longest
    if facts.until is None or facts.today < facts.until <= last:
        return Reason("limit", met=True, text=T_("It lasts until %(day)s at most", day=last))
    text = T_("Choose a day after today, until %(day)s at most", day=last)
    return Reason("limit", met=False, text=text)


P = Permission
CERTIFICATE: Lifecycle[CertificateState, CertificateFacts] = Lifecycle(
    "certificate",
    (
        step(
            "maintain", S.ACTIVE, None, P.DECISION_TAKE, N_("Maintain the certificate"), not_expired,
            effect=N_("It stays in force."),
        ),
        step(
            "reduce", (S.ACTIVE, S.SUSPENDED), S.ACTIVE, P.DECISION_TAKE, N_("Reduce level or scope"),
            because, lowers, not_expired, surveillance_kept,
            effect=N_("A new revision says less; the old one is superseded."),
        ),
        step(
            "suspend", S.ACTIVE, S.SUSPENDED, P.DECISION_TAKE, N_("Suspend the certificate"),
            because, not_expired, within_limit,
            effect=N_("It is not in force until it is restored; without that it is withdrawn at the end."),
        ),
        step(
            "restore", S.SUSPENDED, S.ACTIVE, P.DECISION_TAKE, N_("Restore the certificate"),
            because, not_expired, surveillance_kept,
            effect=N_("It is in force again."),
        ),
        step(
            "restore", S.EXPIRED, S.ACTIVE, P.DECISION_TAKE, N_("Restore the certificate"),
            because, after_recertification, in_window,
            effect=N_("A new revision is valid from the decision; its expiry follows the earlier cycle."),
        ),
        step(
            "withdraw", (S.ACTIVE, S.SUSPENDED), S.WITHDRAWN, P.DECISION_TAKE,
            N_("Withdraw the certificate"), because,
            effect=N_("This is final. A new certificate needs a new certification."),
        ),
        step(
            "renew", S.ACTIVE, S.SUPERSEDED, P.DECISION_TAKE, N_("Renew the certificate"),
            after_recertification, not_expired,
            effect=N_("A new certificate takes its place."),
        ),
        step(
            "cancel", (S.ACTIVE, S.SUSPENDED), S.CANCELLED, P.CERTIFICATE_CANCEL,
            N_("Give the certificate up"), because,
            effect=N_("This is final: the certificate is not in force from today on, and the registry says so."),
        ),
        step("expire", (S.ACTIVE, S.SUSPENDED), S.EXPIRED, None, N_("Expires"), expired),
        step(
            "suspend_overdue", S.ACTIVE, S.SUSPENDED, None, N_("Is suspended"),
            not_expired, surveillance_is_overdue,
        ),
        step(
            "end_suspension", S.SUSPENDED, S.WITHDRAWN, None, N_("Is withdrawn"),
            not_expired, suspension_is_over,
        ),
    ),
)  # fmt: skip

PAST = {
    "maintain": "maintained",
    "reduce": "reduced",
    "suspend": "suspended",
    "restore": "restored",
    "withdraw": "withdrawn",
    "renew": "superseded",
    "cancel": "cancelled",
    "expire": "expired",
    "suspend_overdue": "suspended",
    "end_suspension": "withdrawn",
}
NEW_REVISION = frozenset({"reduce"})
CLOCK_REASONS = {
    "expire": N_("The validity ended."),
    "suspend_overdue": N_("The surveillance that was due did not take place in time."),
    "end_suspension": N_("The suspension reached its limit without being lifted."),
}


def status_on(state: CertificateState, expires_on: date, day: date) -> CertificateState:
    """Give the status that holds on a day, even where the clock has not run yet."""
    return S.EXPIRED if state in LIVING and day > expires_on else state


def last_day(effective_on: date, months: int) -> date:
    """Give the last day of a validity of whole months."""
    return add_months(effective_on, months) - timedelta(days=1)


def restored_until(expired_on: date, months: int) -> date:
    """Give the last day after a restoration: it follows the cycle that ended (I-14)."""
    return add_months(expired_on, months)


def next_due(days: Sequence[date], done: date | None) -> date | None:
    """Give the day by which the next surveillance is due, after the one that was due on ``done``."""
    return next((day for day in days if done is None or day > done), None)


def series(number_without_serial: str) -> str:
    """Name the counter of a number pattern, so that no two certificates share a serial."""
    return f"certificate:{number_without_serial}"[:80]


def search_text(parts: Sequence[str]) -> str:
    """Join what the registry finds a certificate by, in lower case, each part once."""
    return "\n".join(dict.fromkeys(part.strip().lower() for part in parts if part.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The decision a certificate or a revision rests on, as far as the certificate needs it."""

    decision_id: int
    engagement_id: int
    decided_on: date
    effective_on: date
    level: int
    scope: Words
    reason: str
    signatory: str

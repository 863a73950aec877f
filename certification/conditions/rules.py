"""What must hold before a decision: the facts, and one guard for each condition (I-13, I-14). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from audit.conditions.rules import RATED, AuditKind
from certification.certificates.rules import CertificateFacts, CertificateState, in_window
from certification.certificates.rules import lowers as lowered
from certification.certificates.rules import within_limit as limited
from core.lifecycle import Proof, Reason
from core.words import NT_, T_, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """What the guards look at. Findings count over the whole engagement, drafts apart.

    ``teams`` numbers the audits of the engagement whose team the decider is or was on. ``kind`` and ``audit_id`` are
    absent where a certificate is decided about without an audit. From ``level`` on: what the decider chose.
    """

    today: date
    audit_id: int = 0
    kind: AuditKind | None = None
    under_decision: bool = False
    certificate: CertificateState | None = None
    certificate_level: int = 0
    expires_on: date | None = None
    restoration_months: int = 0
    suspension_months: int = 6
    surveillance_overdue: bool = False
    teams: tuple[str, ...] = ()
    unverified_majors: int = 0
    majors_too_late: int = 0
    majors_until: date | None = None
    minors_without_plan: int = 0
    findings_disputed: int = 0
    criteria_critical: int = 0
    unanswered_critical: int = 0
    report_signed: bool = False
    rating_there: bool = False
    rating_current: bool = False
    rated_level: int | None = None
    lowest_level: int = 1
    level_sought: int = 1
    level: int | None = None
    level_reason_given: bool = False
    scope_changes: bool = False
    reasons_given: bool = True
    effective_on: date | None = None
    until: date | None = None

    @property
    def highest(self) -> int:
        """Give the highest level a decision can give: as rated, and no higher than was sought and assessed."""
        return min(self.rated_level or 0, self.level_sought)

    @property
    def of_certificate(self) -> CertificateFacts:
        """Give what the certificate's own guards look at."""
        return CertificateFacts(
            today=self.today,
            expires_on=self.expires_on or date.max,
            current_level=self.certificate_level,
            suspension_months=self.suspension_months,
            restoration_months=self.restoration_months,
            level=self.level,
            scope_changes=self.scope_changes,
            until=self.until,
        )


Guard = Callable[[DecisionFacts], Reason]


def _to(endpoint: str) -> Callable[[DecisionFacts], Proof | None]:
    return lambda facts: (endpoint, {"audit_id": facts.audit_id}) if facts.audit_id else None


_nowhere: Callable[[DecisionFacts], Proof | None] = lambda _facts: None  # noqa: E731


def _whether(
    code: str,
    holds: Callable[[DecisionFacts], bool],
    yes: Text,
    no: Text,
    proof: Callable[[DecisionFacts], Proof | None] = _nowhere,
) -> Guard:
    def guard(facts: DecisionFacts) -> Reason:
        met = holds(facts)
        return Reason(code, met, yes if met else no, proof=proof(facts))

    return guard


def independent(facts: DecisionFacts) -> Reason:
    """Guard 1: whoever decides was on no team of this engagement (I-13)."""
    if not facts.teams:
        return Reason(
            "independent", met=True, text=T_("You were on no team of this engagement"),
            proof=_to("team.show")(facts),
        )  # fmt: skip
    text = NT_(
        "You were on the team of one audit of this engagement: somebody else decides",
        "You were on the teams of %(n)s audits of this engagement: somebody else decides",
        len(facts.teams),
    )
    return Reason(
        "independent", met=False, text=text,
        detail=T_("%(one)s", one=", ".join(facts.teams)), proof=_to("team.show")(facts),
    )  # fmt: skip


def majors_verified(facts: DecisionFacts) -> Reason:
    """Guard 3: every major is accepted and verified (I-13)."""
    n, proof = facts.unverified_majors, _to("workspace.show")(facts)
    if not n:
        return Reason("majors", met=True, text=T_("Every major is verified"), proof=proof)
    text = NT_("One major is not verified", "%(n)s majors are not verified", n)
    return Reason("majors", met=False, text=text, proof=proof)


def majors_in_time(facts: DecisionFacts) -> Reason:
    """Majors not verified within the scheme's months after stage 2 need a new stage 2 (I-13)."""
    if not facts.majors_too_late:
        return Reason(
            "majors_in_time", met=True, text=T_("No major was left open beyond the scheme's time")
        )
    text = NT_(
        "One major was not verified by %(day)s: a new stage 2 is needed",
        "%(n)s majors were not verified by %(day)s: a new stage 2 is needed",
        facts.majors_too_late,
        day=facts.majors_until or "–",
    )
    return Reason("majors_in_time", met=False, text=text)


def minors_planned(facts: DecisionFacts) -> Reason:
    """Guard 3: the plan of every minor is accepted (I-13)."""
    n, proof = facts.minors_without_plan, _to("workspace.show")(facts)
    if not n:
        text = T_("Every minor has an accepted plan")
        return Reason("minors", met=True, text=text, proof=proof)
    text = NT_("One minor has no accepted plan", "%(n)s minors have no accepted plan", n)
    return Reason("minors", met=False, text=text, proof=proof)


def none_disputed(facts: DecisionFacts) -> Reason:
    """No finding waits for somebody outside the team to settle it (I-09)."""
    n, proof = facts.findings_disputed, _to("workspace.show")(facts)
    if not n:
        return Reason("disputed", met=True, text=T_("No finding is disputed"), proof=proof)
    text = NT_("One finding is disputed", "%(n)s findings are disputed", n)
    return Reason("disputed", met=False, text=text, proof=proof)


def critical_answered(facts: DecisionFacts) -> Reason:
    """Guard 3: every critical criterion is answered."""
    n, proof = facts.unanswered_critical, _to("fieldwork.index")(facts)
    if not n:
        text = T_("Every critical criterion is answered")
        counted = T_("%(n)s critical criteria", n=facts.criteria_critical)
        return Reason("critical", met=True, text=text, detail=counted, proof=proof)
    text = NT_("One critical criterion has no answer", "%(n)s critical criteria have no answer", n)
    return Reason("critical", met=False, text=text, proof=proof)


report_signed = _whether(
    "signed", lambda f: f.report_signed,
    T_("The report is signed by the team leader"), T_("The report is not signed"),
    _to("conclusion.show"),
)  # fmt: skip
rating_current = _whether(
    "rated", lambda f: f.rating_there and f.rating_current,
    T_("The rating stands on the present answers and measures"),
    T_("The rating is not computed from the present answers and measures"),
    _to("rating.show"),
)  # fmt: skip


def level_reached(facts: DecisionFacts) -> Reason:
    """Guard 3: the rating is not below the lowest level."""
    proof = _to("rating.show")(facts)
    rated, least = facts.rated_level, facts.lowest_level
    if rated is not None and rated >= least:
        text = T_("The rating reaches level %(level)s", level=rated)
        return Reason("level", met=True, text=text, proof=proof)
    return Reason("level", met=False, text=T_("The rating reaches no level"), proof=proof)


def level_kept(facts: DecisionFacts) -> Reason:
    """A certificate is maintained only where the rating still reaches its level."""
    proof = _to("rating.show")(facts)
    rated, now = facts.rated_level or 0, facts.certificate_level
    if rated >= now:
        text = T_("The rating reaches the certificate's level %(level)s", level=now)
        return Reason("level_kept", met=True, text=text, proof=proof)
    text = T_(
        "The rating gives level %(rated)s, the certificate says %(level)s: reduce it",
        rated=rated,
        level=now,
    )
    return Reason("level_kept", met=False, text=text, proof=proof)


none_in_force = _whether(
    "none_in_force",
    lambda f: f.certificate not in {CertificateState.ACTIVE, CertificateState.SUSPENDED},
    T_("No certificate of this engagement is in force"),
    T_("A certificate of this engagement is in force already"),
)
is_active = _whether(
    "active", lambda f: f.certificate is CertificateState.ACTIVE,
    T_("The certificate is active"), T_("The certificate is not active"),
)  # fmt: skip
under_decision = _whether(
    "under_decision", lambda f: f.under_decision,
    T_("The file was sent to decision"), T_("The file was not sent to decision yet"),
    _to("workspace.show"),
)  # fmt: skip
surveillance_kept = _whether(
    "surveillance",
    lambda f: not f.surveillance_overdue or f.kind is AuditKind.SURVEILLANCE,
    T_("No surveillance is overdue"),
    T_("A surveillance is overdue: the decision on that audit restores the certificate"),
)


def in_force(facts: DecisionFacts) -> Reason:
    """A recertification is decided before the certificate expires (I-14)."""
    day = facts.expires_on
    if day is not None and facts.today <= day:
        return Reason(
            "in_time", met=True, text=T_("The certificate is valid until %(day)s", day=day)
        )
    text = T_("The certificate expired on %(day)s", day=day or "–")
    return Reason("in_time", met=False, text=text)


def restorable(facts: DecisionFacts) -> Reason:
    """After its expiry a certificate is restored within the scheme's window, else never (I-14)."""
    if facts.certificate is CertificateState.EXPIRED:
        return in_window(facts.of_certificate)
    return in_force(facts)


# -- what the decider chooses -------------------------------------------------------------------

reasoned = _whether(
    "reasons", lambda f: f.reasons_given,
    T_("The reasons are kept with the decision"), T_("Give the reasons."),
)  # fmt: skip


def level_possible(facts: DecisionFacts) -> Reason:
    """The level is one of the scheme's, and never above what was rated and sought."""
    level, highest = facts.level, facts.highest
    if level is None:
        return Reason("chosen", met=False, text=T_("Choose a level."))
    if level > highest:
        text = T_(
            "Level %(highest)s is the highest possible: the rating gives %(rated)s, level %(sought)s was sought.",
            highest=highest, rated=facts.rated_level or 0, sought=facts.level_sought,
        )  # fmt: skip
        return Reason("chosen", met=False, text=text)
    if level < facts.lowest_level:
        return Reason("chosen", met=False, text=T_("The scheme has no such level."))
    return Reason("chosen", met=True, text=T_("Level %(level)s is chosen", level=level))


def lower_explained(facts: DecisionFacts) -> Reason:
    """A level below the computed one needs a reason."""
    if facts.level is None or facts.level >= facts.highest or facts.level_reason_given:
        return Reason("lower", met=True, text=T_("The level needs no further reason"))
    text = T_("Say why the level is lower than the %(highest)s reached.", highest=facts.highest)
    return Reason("lower", met=False, text=text)


def lowers(facts: DecisionFacts) -> Reason:
    """A reduction lowers the level or the scope."""
    return lowered(facts.of_certificate)


def reduced_within_rating(facts: DecisionFacts) -> Reason:
    """A reduction after an audit leaves no level above the one rated."""
    level = facts.level or facts.certificate_level
    if facts.kind not in RATED or facts.rated_level is None or level <= facts.rated_level:
        return Reason("chosen", met=True, text=T_("Level %(level)s is chosen", level=level))
    text = T_(
        "The rating gives level %(rated)s; a higher one is not possible.", rated=facts.rated_level
    )
    return Reason("chosen", met=False, text=text)


def within_limit(facts: DecisionFacts) -> Reason:
    """A suspension ends within the scheme's months (I-15)."""
    return limited(facts.of_certificate)


def not_backdated(facts: DecisionFacts) -> Reason:
    """A certificate is never effective before the decision (I-16)."""
    if facts.effective_on is None or facts.effective_on >= facts.today:
        return Reason("effective", met=True, text=T_("It takes effect on or after the decision"))
    text = T_("It cannot take effect before today, %(day)s.", day=facts.today)
    return Reason("effective", met=False, text=text)


def takes_effect_today(facts: DecisionFacts) -> Reason:
    """Only a new certificate may begin later; every other decision counts from its day."""
    if facts.effective_on is None or facts.effective_on == facts.today:
        return Reason("effective", met=True, text=T_("It takes effect on the day of the decision"))
    text = T_("This decision takes effect today, %(day)s.", day=facts.today)
    return Reason("effective", met=False, text=text)

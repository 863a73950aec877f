"""The report: what it needs before it goes to the client and before it is signed. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, met, step, unmet
from core.permissions import Permission
from core.words import N_, NT_, T_, Badge, Saying, Text


class ReportState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    FOR_COMMENT = "for_comment"
    SIGNED = "signed"


class Recommendation(StrEnum):
    """What the auditors recommend; the decision is the certifier's."""

    CERTIFY = "certify"
    CERTIFY_AFTER_CORRECTION = "certify_after_correction"
    DO_NOT_CERTIFY = "do_not_certify"
    PROCEED = "proceed"
    DO_NOT_PROCEED = "do_not_proceed"
    MAINTAIN = "maintain"
    SUSPEND = "suspend"
    WITHDRAW = "withdraw"


S = ReportState
BADGES = {
    S.DRAFT: Badge("", "draft", N_("Draft")),
    S.FOR_COMMENT: Badge("go", "talk", N_("With the client for comment")),
    S.SIGNED: Badge("good", "check", N_("Signed")),
}
RECOMMENDATION_NAMES = {
    Recommendation.CERTIFY: N_("Certify"),
    Recommendation.CERTIFY_AFTER_CORRECTION: N_("Certify once the nonconformities are corrected"),
    Recommendation.DO_NOT_CERTIFY: N_("Do not certify"),
    Recommendation.PROCEED: N_("Proceed to stage 2"),
    Recommendation.DO_NOT_PROCEED: N_("Do not proceed to stage 2 yet"),
    Recommendation.MAINTAIN: N_("Maintain the certification"),
    Recommendation.SUSPEND: N_("Suspend the certification"),
    Recommendation.WITHDRAW: N_("Withdraw the certification"),
}
STAGE_1 = (Recommendation.PROCEED, Recommendation.DO_NOT_PROCEED)
INITIAL = (
    Recommendation.CERTIFY,
    Recommendation.CERTIFY_AFTER_CORRECTION,
    Recommendation.DO_NOT_CERTIFY,
)
LATER = (Recommendation.MAINTAIN, Recommendation.SUSPEND, Recommendation.WITHDRAW)
SAYINGS = {
    "report:written": Saying(N_("%(actor)s wrote on the report %(label)s")),
    "report:sent_for_comment": Saying(
        N_("%(actor)s sent the report %(label)s to the client for comment"), key=True
    ),
    "report:taken_back": Saying(
        N_("%(actor)s took the report %(label)s back to change it"), key=True
    ),
    "report:commented": Saying(N_("%(actor)s commented on the report %(label)s")),
    "report:comment_answered": Saying(N_("%(actor)s answered a comment on %(label)s")),
    "report:comments_closed": Saying(N_("%(actor)s closed the comments on %(label)s"), key=True),
    "report:signed": Saying(N_("%(actor)s signed the report %(label)s"), key=True),
}


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the guards look at; ``missing`` names the parts that are not written yet."""

    leader_is_actor: bool = False
    missing: tuple[Text, ...] = ()
    comments_closed: bool = False
    comments_until: date | None = None
    today: date | None = None
    unanswered: int = 0
    rating_needed: bool = False
    rating_there: bool = False
    finding_drafts: int = 0

    @property
    def period_over(self) -> bool:
        """Whether the client had its time to comment."""
        return bool(self.today and self.comments_until and self.today > self.comments_until)


def leader_acts(facts: ReportFacts) -> Reason:
    """The report is the team leader's."""
    if facts.leader_is_actor:
        return met("leader", T_("You lead this audit"))
    return unmet("leader", T_("Only the team leader can take this step"))


def whole(facts: ReportFacts) -> Reason:
    """Every part a report must have is written (I-12)."""
    if not facts.missing:
        return met("whole", T_("Every part of the report is written"))
    text = NT_(
        "One part is missing: %(first)s",
        "%(n)s parts are missing, first: %(first)s",
        len(facts.missing),
        first=facts.missing[0],
    )
    return unmet("whole", text)


def rated(facts: ReportFacts) -> Reason:
    """The level is computed from the answers and measures as they stand."""
    if not facts.rating_needed:
        return met("rated", T_("This audit needs no rating"))
    if facts.rating_there:
        return met(
            "rated", T_("The rating is computed from the answers and measures as they stand")
        )
    return unmet(
        "rated", T_("The rating is not computed from the answers and measures as they stand")
    )


def commented(facts: ReportFacts) -> Reason:
    """The client commented, said that it has nothing to say, or let its time pass (S-07)."""
    if facts.comments_closed:
        return met("comments", T_("The client's comments are closed"))
    if facts.period_over:
        return met("comments", T_("The client's time to comment is over"))
    return unmet(
        "comments", T_("The client can comment until %(day)s", day=facts.comments_until or "–")
    )


def not_closed(facts: ReportFacts) -> Reason:
    """The client has not said already that it has nothing more to say."""
    if facts.comments_closed:
        return unmet("not_closed", T_("The comments are closed already"))
    return met("not_closed", T_("The client can comment"))


def all_answered(facts: ReportFacts) -> Reason:
    """Every comment has a reply."""
    if not facts.unanswered:
        return met("answered", T_("Every comment is answered"))
    text = NT_("One comment has no answer", "%(n)s comments have no answer", facts.unanswered)
    return unmet("answered", text)


P = Permission
REPORT: Lifecycle[ReportState, ReportFacts] = Lifecycle(
    "report",
    (
        step(
            "send_for_comment", S.DRAFT, S.FOR_COMMENT, P.REPORT_WRITE,
            N_("Send it to the client for comment"), leader_acts, whole, rated,
            effect=N_("The client reads the draft and comments; you answer, then sign."),
        ),
        step(
            "close_comments", S.FOR_COMMENT, None, P.REPORT_COMMENT, N_("No further comments"),
            not_closed,
            effect=N_("The team leader can sign once every comment is answered."),
        ),
        step(
            "sign", S.FOR_COMMENT, S.SIGNED, P.REPORT_WRITE, N_("Sign the report"),
            leader_acts, whole, rated, commented, all_answered,
            effect=N_("The report is kept as it stands with its digest, and never changes."),
        ),
        step(
            "take_back", S.FOR_COMMENT, S.DRAFT, P.REPORT_WRITE, N_("Take it back to change it"),
            leader_acts,
            effect=N_("The client comments again on what you send next."),
        ),
    ),
)  # fmt: skip


def content_digest(content: Mapping[str, object]) -> str:
    """Give the SHA-256 of a report's canonical JSON: what the signature covers."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

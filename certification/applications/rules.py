"""The life of an application (I-01). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, met, step, unmet
from core.permissions import Permission
from core.words import N_, NT_, T_, Badge, Saying, Text


class ApplicationState(StrEnum):
    """Where an application stands (I-01)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFORMATION_REQUESTED = "information_requested"
    ACCEPTED = "accepted"
    CONTRACTED = "contracted"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = ApplicationState
OPEN = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.INFORMATION_REQUESTED, S.ACCEPTED)
EDITABLE = frozenset({S.DRAFT, S.INFORMATION_REQUESTED})

BADGES = {
    S.DRAFT: Badge("", "draft", N_("Draft")),
    S.SUBMITTED: Badge("go", "wait", N_("Submitted")),
    S.IN_REVIEW: Badge("go", "going", N_("In review")),
    S.INFORMATION_REQUESTED: Badge("warn", "back", N_("Information requested")),
    S.ACCEPTED: Badge("good", "check", N_("Accepted")),
    S.CONTRACTED: Badge("good", "check", N_("Contracted")),
    S.CLOSED: Badge("", "over", N_("Closed")),
    S.DECLINED: Badge("bad", "cross", N_("Declined")),
    S.WITHDRAWN: Badge("", "over", N_("Withdrawn")),
}
SAYINGS = {
    "application:drafted": Saying(N_("%(actor)s began the application %(label)s")),
    "application:edited": Saying(N_("%(actor)s changed the application %(label)s")),
    "application:submitted": Saying(N_("%(actor)s submitted the application %(label)s"), key=True),
    "application:review_started": Saying(N_("%(actor)s took up the review of %(label)s"), key=True),
    "application:reviewed": Saying(N_("%(actor)s recorded the review of %(label)s")),
    "application:information_requested": Saying(
        N_("%(actor)s asked for information on %(label)s"), key=True
    ),
    "application:information_given": Saying(
        N_("%(actor)s gave the information asked for on %(label)s"), key=True
    ),
    "application:accepted": Saying(N_("%(actor)s accepted the application %(label)s"), key=True),
    "application:declined": Saying(N_("%(actor)s declined the application %(label)s"), key=True),
    "application:confirmed": Saying(N_("%(actor)s confirmed the contract of %(label)s")),
    "application:contracted": Saying(N_("The contract of %(label)s stands"), key=True),
    "application:withdrawn": Saying(N_("%(actor)s withdrew the application %(label)s"), key=True),
    "application:closed": Saying(N_("%(actor)s closed the application %(label)s"), key=True),
}


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What the guards look at. ``missing`` names what a whole application still lacks."""

    missing: tuple[Text, ...] = ()
    credit_code_valid: bool = False
    unanswered: int = 0
    competence_ok: bool = False
    impartiality_ok: bool = False
    audit_days: float = 0
    table_days: float = 0
    reduction_limit: float = 0
    time_justified: bool = False
    body_confirmed: bool = False
    client_confirmed: bool = False
    reason_given: bool = True


def whole(facts: ApplicationFacts) -> Reason:
    """Everything a reviewer needs has been filled in."""
    if not facts.missing:
        return met("whole", T_("The application is complete"))
    first = facts.missing[0]
    text = NT_(
        "One thing is missing: %(first)s",
        "%(n)s things are missing, first: %(first)s",
        len(facts.missing),
        first=first,
    )
    return unmet("whole", text)


def code_valid(facts: ApplicationFacts) -> Reason:
    """The legal entity is identified by a code whose check digit is right (I-22)."""
    if facts.credit_code_valid:
        return met("code_valid", T_("The unified social credit code is valid"))
    return unmet("code_valid", T_("The organisation has no valid unified social credit code yet"))


def all_answered(facts: ApplicationFacts) -> Reason:
    """No question to the applicant is open: differences are resolved."""
    if not facts.unanswered:
        return met("all_answered", T_("No question to the applicant is open"))
    text = NT_(
        "One question to the applicant is open",
        "%(n)s questions to the applicant are open",
        facts.unanswered,
    )
    return unmet("all_answered", text)


def competence_recorded(facts: ApplicationFacts) -> Reason:
    """The body has the competence, and the review says so."""
    if facts.competence_ok:
        return met("competence", T_("The review found the competence available"))
    return unmet("competence", T_("The review has not found the competence available"))


def impartiality_recorded(facts: ApplicationFacts) -> Reason:
    """The body can be impartial, and the review says so."""
    if facts.impartiality_ok:
        return met("impartiality", T_("The review found no threat to impartiality"))
    return unmet("impartiality", T_("The review has not cleared the threats to impartiality"))


def time_set(facts: ApplicationFacts) -> Reason:
    """Audit time is set; a reduction beyond the limit is told, never clipped, and needs words (I-03)."""
    if facts.audit_days <= 0:
        return unmet("time", T_("The audit time is not set"))
    reduction = 1 - facts.audit_days / facts.table_days if facts.table_days else 0
    if reduction > facts.reduction_limit + 1e-9:
        return unmet(
            "time",
            T_(
                "%(days)s days are %(share)s %% less than the table's %(table)s; the scheme allows "
                "%(limit)s %%",
                days=facts.audit_days,
                share=round(reduction * 100),
                table=facts.table_days,
                limit=round(facts.reduction_limit * 100),
            ),
        )
    if reduction > 1e-9 and not facts.time_justified:
        return unmet("time", T_("The audit time is below the table without a justification"))
    return met("time", T_("The audit time is set: %(days)s days", days=facts.audit_days))


def has_reason(facts: ApplicationFacts) -> Reason:
    """A refusal carries its reasons."""
    if facts.reason_given:
        return met("reason", T_("A reason is given"))
    return unmet("reason", T_("A reason has to be given"))


def body_not_confirmed(facts: ApplicationFacts) -> Reason:
    """The body confirms once."""
    if facts.body_confirmed:
        return unmet("body", T_("The certification body has confirmed already"))
    return met("body", T_("The certification body has not confirmed yet"))


def client_not_confirmed(facts: ApplicationFacts) -> Reason:
    """The client confirms once."""
    if facts.client_confirmed:
        return unmet("client", T_("The applicant has confirmed already"))
    return met("client", T_("The applicant has not confirmed yet"))


def both_confirmed(facts: ApplicationFacts) -> Reason:
    """Both sides stand to the contract."""
    if facts.body_confirmed and facts.client_confirmed:
        return met("both", T_("Both sides have confirmed"))
    return unmet("both", T_("Both sides have to confirm the contract"))


P = Permission
APPLICATION: Lifecycle[ApplicationState, ApplicationFacts] = Lifecycle(
    "application",
    (
        step(
            "submit",
            S.DRAFT,
            S.SUBMITTED,
            P.APPLICATION_SUBMIT,
            N_("Submit the application"),
            whole,
            code_valid,
            effect=N_("The certification body can see it from then on and reviews it."),
        ),
        step(
            "start_review",
            S.SUBMITTED,
            S.IN_REVIEW,
            P.APPLICATION_REVIEW,
            N_("Take up the review"),
            effect=N_("You become the reviewer of this application."),
        ),
        step(
            "accept",
            S.IN_REVIEW,
            S.ACCEPTED,
            P.APPLICATION_REVIEW,
            N_("Accept the application"),
            competence_recorded,
            impartiality_recorded,
            time_set,
            all_answered,
            effect=N_("Both sides then confirm the contract."),
        ),
        step(
            "ask",
            S.IN_REVIEW,
            S.INFORMATION_REQUESTED,
            P.APPLICATION_REVIEW,
            N_("Ask the applicant"),
            effect=N_("The application goes back to the applicant until the question is answered."),
        ),
        step(
            "decline",
            S.IN_REVIEW,
            S.DECLINED,
            P.APPLICATION_REVIEW,
            N_("Decline the application"),
            has_reason,
            effect=N_("The applicant is told the reasons. This is final."),
        ),
        step(
            "answer",
            S.INFORMATION_REQUESTED,
            S.IN_REVIEW,
            P.APPLICATION_SUBMIT,
            N_("Give the information"),
            all_answered,
            whole,
            code_valid,
            effect=N_("The review goes on."),
        ),
        step(
            "confirm_body",
            S.ACCEPTED,
            None,
            P.APPLICATION_REVIEW,
            N_("Confirm the contract for the body"),
            body_not_confirmed,
            effect=N_("With both confirmations the programme of audits is opened."),
        ),
        step(
            "confirm_client",
            S.ACCEPTED,
            None,
            P.APPLICATION_SUBMIT,
            N_("Confirm the contract"),
            client_not_confirmed,
            effect=N_("With both confirmations the programme of audits is opened."),
        ),
        step("contract", S.ACCEPTED, S.CONTRACTED, None, N_("Open the programme"), both_confirmed),
        step(
            "close",
            S.CONTRACTED,
            S.CLOSED,
            P.APPLICATION_REVIEW,
            N_("Close the application"),
            effect=N_("The file is put away; the engagement goes on."),
        ),
        step(
            "withdraw",
            OPEN,
            S.WITHDRAWN,
            P.APPLICATION_SUBMIT,
            N_("Withdraw the application"),
            has_reason,
            effect=N_("This is final; a new application can be made at any time."),
        ),
    ),
)

"""One finding, scoped to the actor, with what its guards look at. Drafts are the body's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from accounts.people.queries import names
from audit.actions.rules import EVIDENCED, ActionState, ResponseState
from audit.assessment.models import Answer
from audit.casefile.models import (
    ActionEvidence,
    CorrectiveAction,
    Dispute,
    Extension,
    Finding,
    FindingEvidence,
    Response,
    ResponseEvidence,
)
from audit.casefile.rules import BEFORE_RESPONSE, ExtensionState, FindingFacts, FindingState
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import AuditState, TeamRole
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_known
from checklists.schemes.rules import SchemeRules
from checklists.standards.models import Criterion
from core.clock import local_date, utc_now
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Role
from core.words import Words
from evidence.files import queries as files
from evidence.files.models import Evidence
from evidence.files.queries import Item

Client = aliased(Organisation, name="client")
Later = aliased(Audit, name="later")
_Former = aliased(Finding, name="former")
_OpenExtension = aliased(Extension, name="open_extension")
_OpenDispute = aliased(Dispute, name="open_dispute")


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with everything its guards look at, for one actor.

    ``response`` is the present round; ``extension`` and ``dispute`` the open ones; ``judging_in``
    the later audit in which the actor judges the effectiveness; ``follows`` the number of the
    finding whose actions did not last. ``audit_seen``: whether the actor may open the audit.
    """

    finding: Finding
    audit: Audit
    code: str
    criterion: Words
    client: Words
    response: Response | None
    extension: Extension | None
    dispute: Dispute | None
    judging_in: int | None
    follows: Finding | None
    audit_seen: bool
    facts: FindingFacts
    scheme: SchemeRules


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A corrective action with its owner's name and its evidence."""

    action: CorrectiveAction
    owner: str
    evidence: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the response with its actions and evidence."""

    response: Response
    actions: tuple[ActionRow, ...]
    evidence: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class FindingPage:
    """What the page of a finding shows beside the case; ``names`` by key of the person."""

    rounds: tuple[Round, ...]
    disputes: Sequence[Dispute]
    extensions: Sequence[Extension]
    evidence: tuple[Item, ...]
    names: dict[int, str]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Finding`` joined with ``Audit`` for what the actor may see.

    A provider sees what was raised. Who is only an auditor also sees the findings of earlier audits
    of the engagements whose later audits they are on: they judge the effectiveness.
    """
    seen = planning.visible(actor)
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return and_(seen, Finding.raised_at.is_not(None))
    if actor.organisation_kind is OrganisationKind.BODY and actor.roles == {Role.AUDITOR}:
        later = _later(actor).where(Later.state.not_in([AuditState.CLOSED, AuditState.CANCELLED]))
        own = Audit.body_id == actor.organisation_id
        return or_(seen, and_(own, Finding.raised_at.is_not(None), later.exists()))
    return seen


def case_of(
    session: Session, actor: Actor, audit_id: int, finding_id: int, *, today: date | None = None
) -> Case:
    """Give one finding with what its guards need, in one statement; raises ``NotFound``."""
    row = session.execute(
        _case(actor).where(Finding.id == finding_id, Audit.id == audit_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Case(
        finding=row.Finding,
        audit=row.Audit,
        code=row.code,
        criterion=Words(row.criterion_zh, row.criterion_en),
        client=Words(row.client_zh, row.client_en),
        response=row.Response,
        extension=row.open_extension,
        dispute=row.open_dispute,
        judging_in=row.judging_in,
        follows=row.former,
        audit_seen=bool(row.audit_seen),
        facts=_facts(actor, row, today or local_date(utc_now())),
        scheme=rules_known(session, row.Audit.scheme_version_id, row.content_sha256),
    )


def page(session: Session, actor: Actor, one: Case) -> FindingPage:
    """Gather rounds, disputes, extensions and evidence: five statements."""
    rounds = _rounds(session, actor, one.finding.id)
    kept = _evidence(session, actor, one.finding.id) if one.audit_seen else {}
    disputes = session.scalars(
        select(Dispute).where(Dispute.finding_id == one.finding.id).order_by(Dispute.id)
    ).all()
    extensions = session.scalars(
        select(Extension).where(Extension.finding_id == one.finding.id).order_by(Extension.id)
    ).all()
    shown = tuple(
        Round(
            response,
            tuple(ActionRow(a, who, tuple(kept.get(("action", a.id), ()))) for a, who in actions),
            tuple(kept.get(("response", response.id), ())),
        )
        for response, actions in rounds
    )
    return FindingPage(
        rounds=shown,
        disputes=disputes,
        extensions=extensions,
        evidence=tuple(kept.get(("finding", one.finding.id), ())),
        names=names(session, _people(one.finding, shown, disputes, extensions)),
    )


def on_team(actor: Actor, *, leads: bool = False) -> Any:
    """Give the condition that the actor is on the audit's team now, observers not counted."""
    held = exists().where(
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.left_at.is_(None),
        TeamMember.role != TeamRole.OBSERVER,
    )
    found = held.where(TeamMember.role == TeamRole.LEADER) if leads else held
    return found if actor.organisation_kind is OrganisationKind.BODY else false()


def was_on_team(actor: Actor) -> Any:
    """Give the condition that the actor ever was on the audit's team."""
    return exists().where(TeamMember.audit_id == Audit.id, TeamMember.person_id == actor.person_id)


def _later(actor: Actor) -> Any:
    """Select the later audits of the same engagement whose team the actor is on."""
    return (
        select(Later.id)
        .join(TeamMember, TeamMember.audit_id == Later.id)
        .where(
            Later.engagement_id == Audit.engagement_id,
            Later.id != Audit.id,
            TeamMember.person_id == actor.person_id,
            TeamMember.left_at.is_(None),
            TeamMember.role != TeamRole.OBSERVER,
            or_(
                Later.fieldwork_started_at.is_(None),
                Later.fieldwork_started_at > Finding.raised_at,
            ),
        )
        .correlate(Audit, Finding)
    )


def _case(actor: Actor) -> Any:
    newest = (
        select(func.max(Response.round))
        .where(Response.finding_id == Finding.id)
        .correlate(Finding)
        .scalar_subquery()
    )
    actions = (
        select(func.count())
        .select_from(CorrectiveAction)
        .where(CorrectiveAction.response_id == Response.id)
        .correlate(Response, Finding)
    )
    late = CorrectiveAction.due_on > Finding.implementation_due_on
    judging = _later(actor).where(Later.state == AuditState.IN_PROGRESS)
    return (
        select(
            Finding,
            Audit,
            Response,
            _OpenExtension,
            _OpenDispute,
            _Former,
            Criterion.code.label("code"),
            Criterion.title_zh.label("criterion_zh"),
            Criterion.title_en.label("criterion_en"),
            Client.name_zh.label("client_zh"),
            Client.name_en.label("client_en"),
            SchemeVersion.content_sha256,
            on_team(actor).label("on_team"),
            on_team(actor, leads=True).label("leads"),
            was_on_team(actor).label("was_on_team"),
            planning.visible(actor).label("audit_seen"),
            exists()
            .where(Answer.audit_id == Audit.id, Answer.criterion_id == Finding.criterion_id)
            .label("chosen"),
            exists()
            .where(Dispute.finding_id == Finding.id, Dispute.outcome.is_not(None))
            .label("settled"),
            actions.scalar_subquery().label("actions"),
            actions.where(late).scalar_subquery().label("late"),
            actions.where(CorrectiveAction.state.not_in(EVIDENCED))
            .scalar_subquery()
            .label("unevidenced"),
            actions.where(CorrectiveAction.state != ActionState.VERIFIED)
            .scalar_subquery()
            .label("unverified"),
            actions.where(CorrectiveAction.owner_id == actor.person_id)
            .scalar_subquery()
            .label("owned"),
            judging.order_by(Later.id.desc()).limit(1).scalar_subquery().label("judging_in"),
        )
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .join(Client, Client.id == Audit.client_id)
        .join(SchemeVersion, SchemeVersion.id == Audit.scheme_version_id)
        .outerjoin(Response, and_(Response.finding_id == Finding.id, Response.round == newest))
        .outerjoin(
            _OpenExtension,
            and_(
                _OpenExtension.finding_id == Finding.id,
                _OpenExtension.state == ExtensionState.ASKED,
            ),
        )
        .outerjoin(
            _OpenDispute,
            and_(_OpenDispute.finding_id == Finding.id, _OpenDispute.outcome.is_(None)),
        )
        .outerjoin(_Former, _Former.id == Finding.follows_id)
    )


def _facts(actor: Actor, row: Any, today: date) -> FindingFacts:
    one, asked = row.Finding, row.open_extension
    response = row.Response
    if response is not None and response.state is ResponseState.RETURNED:
        response = None  # the next round has not begun
    return FindingFacts(
        grade=one.grade,
        on_team=bool(row.on_team),
        leads=bool(row.leads),
        was_on_team=bool(row.was_on_team),
        fieldwork_running=row.Audit.state is AuditState.IN_PROGRESS,
        criterion_chosen=bool(row.chosen),
        stated=bool(one.title and one.statement),
        shown=bool(one.evidence),
        settled_before=bool(row.settled),
        correction=bool(response and response.correction),
        cause=bool(response and response.cause),
        actions=row.actions if response else 0,
        actions_late=row.late,
        actions_unevidenced=row.unevidenced,
        actions_unverified=row.unverified,
        submitted_by_actor=bool(response) and response.submitted_by_id == actor.person_id,
        owns_action=row.owned > 0,
        verified=one.verified_by_id is not None,
        extension_open=asked is not None,
        extension_by_actor=asked is not None and asked.asked_by_id == actor.person_id,
        judging=row.judging_in is not None,
        judged=one.effective is not None,
        overdue=is_overdue(one, today),
        escalated=one.escalated_at is not None,
    )


def is_overdue(one: Finding, day: date) -> bool:
    """Say whether a deadline with consequences passed before a day."""
    due = one.response_due_on if one.state in BEFORE_RESPONSE else None
    if one.state is FindingState.ACCEPTED:
        due = one.implementation_due_on
    return due is not None and due < day


def _rounds(
    session: Session, actor: Actor, finding_id: int
) -> list[tuple[Response, list[tuple[CorrectiveAction, str]]]]:
    """Give the rounds, oldest first, with actions and owners; a draft is the client's own."""
    query = (
        select(Response, CorrectiveAction, Person.name)
        .outerjoin(CorrectiveAction, CorrectiveAction.response_id == Response.id)
        .outerjoin(Person, Person.id == CorrectiveAction.owner_id)
        .where(Response.finding_id == finding_id)
        .order_by(Response.round, CorrectiveAction.id)
    )
    if actor.organisation_kind is not OrganisationKind.PROVIDER:
        query = query.where(Response.state != ResponseState.DRAFT)
    found: dict[int, tuple[Response, list[tuple[CorrectiveAction, str]]]] = {}
    for response, action, owner in session.execute(query):
        actions = found.setdefault(response.id, (response, []))[1]
        if action is not None:
            actions.append((action, owner))
    return list(found.values())


def _evidence(session: Session, actor: Actor, finding_id: int) -> dict[tuple[str, int], list[Item]]:
    """Give the evidence of a finding, its responses and actions by kind and key, in one statement."""
    mine = select(Response.id).where(Response.finding_id == finding_id)
    actions = select(CorrectiveAction.id).where(CorrectiveAction.finding_id == finding_id)
    links = union_all(
        select(
            literal("finding").label("kind"),
            FindingEvidence.finding_id.label("thing_id"),
            FindingEvidence.evidence_id.label("evidence_id"),
        ).where(FindingEvidence.finding_id == finding_id),
        select(
            literal("response"), ResponseEvidence.response_id, ResponseEvidence.evidence_id
        ).where(ResponseEvidence.response_id.in_(mine)),
        select(literal("action"), ActionEvidence.action_id, ActionEvidence.evidence_id).where(
            ActionEvidence.action_id.in_(actions)
        ),
    ).subquery("links")
    query = (
        files.selected(actor)
        .join(links, links.c.evidence_id == Evidence.id)
        .add_columns(links.c.kind, links.c.thing_id)
        .order_by(Evidence.id)
    )
    found: dict[tuple[str, int], list[Item]] = {}
    for evidence, blob, who, kind, thing_id in session.execute(query):
        found.setdefault((kind, thing_id), []).append(Item(evidence, blob, who))
    return found


def _people(
    one: Finding,
    rounds: Iterable[Round],
    disputes: Iterable[Dispute],
    extensions: Iterable[Extension],
) -> set[int]:
    """Gather everybody the page names."""
    keys = {one.drafted_by_id, one.raised_by_id, one.verified_by_id, one.judged_by_id}
    for each in rounds:
        keys |= {each.response.submitted_by_id, each.response.reviewed_by_id}
        keys |= {row.action.verified_by_id for row in each.actions}
    for dispute in disputes:
        keys |= {dispute.raised_by_id, dispute.settled_by_id}
    for extension in extensions:
        keys |= {extension.asked_by_id, extension.decided_by_id}
    return {key for key in keys if key is not None}

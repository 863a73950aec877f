"""Gathers everything an audit holds into plain JSON data. The caller found the audit for its actor."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation, Site
from accounts.people.models import Person
from audit.assessment import queries as assessment
from audit.assessment.models import Answer, Sample
from audit.findings.models import CorrectiveAction, Finding, Response
from audit.findings.rules import FindingState
from audit.meetings import queries as meetings
from audit.meetings.models import Meeting
from audit.planning import queries as planning
from audit.planning.models import Audit, AuditSite, Engagement
from audit.rating.models import RatingRecord
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.standards.models import Criterion, Standard, StandardVersion
from core.events import plain


def gather(session: Session, audit: Audit, rating: RatingRecord | None) -> dict[str, Any]:
    """Give the audit as JSON data: frame, team, sites, meetings, results, samples, findings, rating.

    Nine statements, whatever the size of the checklist. Texts that exist in two languages are pairs
    ``{"zh": …, "en": …}``.
    """
    whole = {
        **_frame(session, audit),
        **_people_and_results(session, audit),
        "sites": _sites(session, audit.id),
        "meetings": _meetings(session, audit.id),
        "samples": _samples(session, audit.id),
        "findings": _with_answers(session, audit.id, _findings(session, audit.id)),
        "rating": _rated(rating),
    }
    given: dict[str, Any] = plain(whole)
    return given


def outline(session: Session, audit: Audit, rating: RatingRecord | None) -> dict[str, Any]:
    """Give what the page of a report shows of an audit, in the same shape: four statements."""
    whole = {
        **_frame(session, audit),
        **_people_and_results(session, audit),
        "findings": _findings(session, audit.id),
        "rating": _rated(rating),
    }
    given: dict[str, Any] = plain(whole)
    return given


def _people_and_results(session: Session, audit: Audit) -> dict[str, Any]:
    return {
        "team": [{"name": one.name, "role": one.role} for one in planning.team(session, audit.id)],
        "results": [
            {
                "dimension": row.dimension,
                "answered": row.answered,
                "excluded": row.excluded,
                "total": row.total,
                "mean": None if row.mean is None else round(float(row.mean), 2),
            }
            for row in assessment.by_dimension(session, audit.id)
        ],
    }


def _meetings(session: Session, audit_id: int) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "held_at": meeting.held_at,
            "place": meeting.place,
            "position": _position(meeting),
            "flags": meeting.flags,
            "deviation": meeting.deviation,
            "photo_id": meeting.photo_id,
            "people": [
                {
                    "name": one.name,
                    "position": one.position,
                    "party": one.party,
                    "signature": one.signature,
                }
                for one in people
            ],
        }
        for kind, (meeting, people) in meetings.of_audit(session, audit_id).items()
    ]


def _position(meeting: Meeting) -> dict[str, Any] | None:
    if meeting.latitude is None:
        return None
    names = ("latitude", "longitude", "accuracy_m")
    return {name: getattr(meeting, name) for name in names}


def _rated(rating: RatingRecord | None) -> dict[str, Any] | None:
    if rating is None:
        return None
    return {
        "level": rating.level,
        "total": None if rating.total is None else float(rating.total),
        "result": rating.result,
        "inputs_sha256": rating.inputs_sha256,
        "computed_at": rating.computed_at,
    }


def _findings(session: Session, audit_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Finding, Criterion.code, Criterion.title_zh, Criterion.title_en)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .where(
            Finding.audit_id == audit_id,
            Finding.state.not_in([FindingState.DRAFT, FindingState.VOID]),
        )
        .order_by(Finding.number)
    )
    return [
        {
            "id": finding.id,
            "number": finding.number,
            "grade": finding.grade,
            "state": finding.state,
            "title": finding.title,
            "criterion": code,
            "requirement": {"zh": title_zh, "en": title_en},
            "statement": finding.statement,
            "evidence": finding.evidence,
            "response_due_on": finding.response_due_on,
        }
        for finding, code, title_zh, title_en in rows
    ]


def _with_answers(
    session: Session, audit_id: int, raised: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Add the newest response and the actions to the findings, in two statements."""
    mine = select(Finding.id).where(Finding.audit_id == audit_id)
    responses = {
        one.finding_id: one
        for one in session.scalars(
            select(Response).where(Response.finding_id.in_(mine)).order_by(Response.round)
        )
    }
    actions: dict[int, list[dict[str, Any]]] = {}
    for action, owner in session.execute(
        select(CorrectiveAction, Person.name)
        .join(Person, Person.id == CorrectiveAction.owner_id)
        .where(CorrectiveAction.finding_id.in_(mine))
        .order_by(CorrectiveAction.id)
    ):
        actions.setdefault(action.finding_id, []).append(
            {
                "measure": action.measure,
                "owner": owner,
                "due_on": action.due_on,
                "verification": action.verification,
                "state": action.state,
            }
        )
    whole = []
    for one in raised:
        answer = responses.get(one["id"])
        words = {
            "correction": answer.correction if answer else "",
            "cause": answer.cause if answer else "",
            "actions": actions.get(one["id"], []),
        }
        whole.append({name: value for name, value in one.items() if name != "id"} | words)
    return whole


def _frame(session: Session, audit: Audit) -> dict[str, Any]:
    body, client = aliased(Organisation), aliased(Organisation)
    engagement, body_, client_, version, standard, scheme_version, scheme = session.execute(
        select(Engagement, body, client, StandardVersion, Standard, SchemeVersion, Scheme)
        .join(body, body.id == Engagement.body_id)
        .join(client, client.id == Engagement.client_id)
        .join(StandardVersion, StandardVersion.id == audit.standard_version_id)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .join(SchemeVersion, SchemeVersion.id == audit.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Engagement.id == audit.engagement_id)
    ).one()
    rules = rules_of(scheme_version.content_sha256, scheme_version.content)
    return {
        "audit": {
            "number": audit.number,
            "kind": audit.kind,
            "objectives": audit.objectives,
            "methods": audit.methods,
            "remote_share": audit.remote_share,
            "days": float(audit.days),
            "starts_on": audit.starts_on,
            "ends_on": audit.ends_on,
            "level_sought": audit.level_sought,
        },
        "engagement": engagement.number,
        "scope": {"zh": engagement.scope_zh, "en": engagement.scope_en},
        "body": _organisation(body_),
        "client": _organisation(client_),
        "standard": {
            "code": standard.code,
            "version": version.version,
            "title": {"zh": version.title_zh, "en": version.title_en},
        },
        "scheme": {
            "code": scheme.code,
            "version": scheme_version.version,
            "sha256": scheme_version.content_sha256,
            "title": {"zh": scheme.title_zh, "en": scheme.title_en},
            "levels": [
                {
                    "number": one.number,
                    "title": {"zh": one.title.zh, "en": one.title.en},
                    "cut": one.cut,
                }
                for one in rules.levels
            ],
            "dimensions": [
                {
                    "code": one.code,
                    "title": {"zh": one.title.zh, "en": one.title.en},
                    "weight": one.weight,
                }
                for one in rules.dimensions
            ],
        },
    }


def _organisation(one: Organisation) -> dict[str, Any]:
    return {
        "name": {"zh": one.name_zh, "en": one.name_en},
        "address": {"zh": one.address_zh, "en": one.address_en},
        "credit_code": one.credit_code,
    }


def _sites(session: Session, audit_id: int) -> list[dict[str, Any]]:
    sites: Sequence[Any] = session.execute(
        select(Site, AuditSite.chosen)
        .join(AuditSite, AuditSite.site_id == Site.id)
        .where(AuditSite.audit_id == audit_id)
        .order_by(Site.is_central.desc(), Site.id)
    ).all()
    return [
        {
            "name": {"zh": site.name_zh, "en": site.name_en},
            "address": {"zh": site.address_zh, "en": site.address_en},
            "headcount": site.headcount,
            "chosen": chosen,
        }
        for site, chosen in sites
    ]


def _samples(session: Session, audit_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Sample, Criterion.code)
        .join(Answer, Answer.id == Sample.answer_id)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position, Sample.id)
    )
    return [
        {
            "criterion": code,
            "what": sample.what,
            "population": sample.population,
            "size": sample.size,
            "rationale": sample.rationale,
        }
        for sample, code in rows
    ]

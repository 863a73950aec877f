"""The plan of an audit as body and client read it, and its printed form."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from audit.competence.queries import person_facts
from audit.competence.rules import areas_of
from audit.planning import queries
from audit.planning.documents import content_of
from audit.planning.models import Audit, Plan
from audit.planning.queries import AuditHead, SlotRow
from audit.planning.rules import (
    BADGES,
    CHOICE_NAMES,
    KIND_NAMES,
    PLAN_OPEN,
    ROLE_NAMES,
    WITH_REPORT,
    AuditKind,
    AuditState,
    SiteChoice,
    TeamRole,
)
from core.clock import DEFAULT_ZONE, local_date, utc_now
from core.errors import NotFound
from core.permissions import OrganisationKind, Permission, allowed
from core.speech import LANGUAGES, say
from core.web import actor, db, requires
from core.words import N_, T_, Words
from evidence.issued import queries as issued
from evidence.issued.views import preparing, send

bp = Blueprint("planning", __name__, url_prefix="/audits/<int:audit_id>/plan")
PARTS = (
    ("overview", N_("Overview"), "workspace.show"),
    ("team", N_("Team"), "team.show"),
    ("plan", N_("Plan"), "planning.plan"),
    ("checklist", N_("Checklist"), "checklist.show"),
    ("fieldwork", N_("Fieldwork"), "fieldwork.index"),
    ("findings", N_("Findings"), "findings.index"),
    ("evidence", N_("Evidence"), "evidence.index"),
    ("rating", N_("Rating"), "rating.show"),
    ("report", N_("Report"), "conclusion.show"),
)


def frame(head: AuditHead, here: str) -> dict[str, Any]:
    """Give what the head of every page of an audit shows: names, state, the audit's parts."""
    return {
        "head": head,
        "audit": head.audit,
        "badge": BADGES[head.audit.state],
        "title": T_(
            "%(kind)s, %(client)s", kind=T_(KIND_NAMES[head.audit.kind]), client=head.client
        ),
        "audit_parts": [
            {
                "label": label,
                "href": url_for(endpoint, audit=head.audit.number)
                if code == "findings"
                else url_for(endpoint, audit_id=head.audit.id),
                "here": code == here,
            }
            for code, label, endpoint in PARTS
            if _has(head.audit, code)
        ],
        "here": here,
    }


REPORTED = frozenset(
    {
        AuditState.REPORT_ISSUED,
        AuditState.UNDER_DECISION,
        AuditState.DECIDED,
        AuditState.CLOSED,
    }
)


def _has(audit: Audit, part: str) -> bool:
    """Say whether an audit has a part yet; the client does not see the auditors' work."""
    if part in {"checklist", "fieldwork"}:
        return actor().organisation_kind is not OrganisationKind.PROVIDER
    if part == "rating":
        inside = actor().organisation_kind is not OrganisationKind.PROVIDER
        return audit.kind is not AuditKind.STAGE_1 and (inside or audit.state in REPORTED)
    return part != "report" or audit.state in WITH_REPORT


def agenda_days(rows: Iterable[SlotRow]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Group an agenda by its days, each entry with its times where the audit takes place."""
    slots = [
        {
            "id": row.item.id,
            "starts_at": row.item.starts_at,
            "minutes": row.item.minutes,
            "topic": row.item.topic,
            "who": row.person,
            "where": row.site,
        }
        for row in rows
    ]
    return _by_day(slots)


@bp.get("")
@requires(Permission.AUDIT_READ)
def plan(audit_id: int) -> ResponseReturnValue:
    """Show the plan: as it stands to the body, as it was issued last to the client."""
    head = queries.audit_head(db(), actor(), audit_id)
    latest = queries.issued_plan(db(), audit_id)
    body = actor().organisation_kind is OrganisationKind.BODY
    working = body and head.audit.state in PLAN_OPEN
    content = _working(head) if working else latest[0].content if latest else None
    makes = working and (
        allowed(actor(), Permission.AUDIT_PLAN) or head.leader_id == actor().person_id
    )
    return render_template(
        "audit/planning/plan.html",
        **frame(head, "plan"),
        sheet=_shown(content) if content else None,
        working=working,
        makes=makes,
        latest=latest,
        printed=_printed(latest[0]) if latest and not working else [],
    )


@bp.get("/<int:version>.<language>.pdf")
@requires(Permission.AUDIT_READ)
def document(audit_id: int, version: int, language: str) -> ResponseReturnValue | Response:
    """Hand out an issued plan as PDF."""
    audit = queries.audit(db(), actor(), audit_id)
    plan = queries.issued_plan(db(), audit.id, version)
    if plan is None or language not in LANGUAGES:
        raise NotFound
    found = issued.find(db(), plan[0], "plan", language)
    if found is None:
        raise preparing()
    return send(found)


def _working(head: AuditHead) -> dict[str, Any]:
    """Gather the plan as it stands now, in the shape in which an issued one is kept."""
    to = queries.assignment(head, local_date(utc_now()))
    members = queries.team(db(), head.audit.id)
    known = person_facts(db(), head.audit.body_id, [one.person_id for one in members])
    areas = {one.person_id: sorted(areas_of(one, to)) for one in known}
    return content_of(
        head,
        team=[(one, areas.get(one.person_id, [])) for one in members],
        sites=queries.sites(db(), head.audit),
        agenda=queries.agenda(db(), head.audit.id),
        more={},
    )


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    """Turn what is kept into what a page shows."""
    slots = [
        slot
        | {"starts_at": datetime.fromisoformat(slot["starts_at"]), "where": _words(slot["where"])}
        for slot in content["agenda"]
    ]
    return content | {
        "days": float(content["days"]),
        "starts_on": _day(content["starts_on"]),
        "ends_on": _day(content["ends_on"]),
        "agenda": _by_day(slots),
        "scope": _words(content["scope"]),
        "standard": _words(content["standard"]),
        "standard_version": content["standard"]["version"],
        "level": _words(content["level_sought"]),
        "sites": [
            {
                "name": _words(one["name"]),
                "address": _words(one["address"]),
                "headcount": one["headcount"],
                "chosen": CHOICE_NAMES[SiteChoice(one["chosen"])],
            }
            for one in content["sites"]
        ],
        "team": [
            {
                "name": one["name"],
                "role": ROLE_NAMES[TeamRole(one["role"])],
                "areas": [say(_words(area)) for area in one["areas"]],
            }
            for one in content["team"]
        ],
    }


def _by_day(slots: list[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]]]]:
    zone = ZoneInfo(DEFAULT_ZONE)
    local = [slot | {"at": slot["starts_at"].astimezone(zone)} for slot in slots]
    return [(day, list(group)) for day, group in groupby(local, key=lambda one: one["at"].date())]


def _printed(plan: Plan) -> list[tuple[str, str]]:
    """List the languages in which a plan is printed already: address and name."""
    return [
        (
            url_for(
                ".document", audit_id=plan.audit_id, version=plan.version, language=one.language
            ),
            LANGUAGES[one.language],
        )
        for one in issued.of(db(), plan)
    ]


def _words(both: dict[str, str] | None) -> Words | None:
    return Words(both["zh"], both["en"]) if both else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

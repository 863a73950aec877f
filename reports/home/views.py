"""The home page and the search."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from audit.findings import queries as findings
from audit.planning.rules import BADGES, KIND_NAMES, AuditState, TeamRole
from audit.workspace import queries as audits
from certification.appeals import queries as appeals
from certification.applications import queries as applications
from checklists.schemes import queries as schemes
from checklists.schemes.rules import SchemeState
from checklists.standards import queries as standards
from core.clock import local_date, utc_now
from core.permissions import OrganisationKind, Permission, allowed
from core.speech import day_short, distance, name_of, say, zone
from core.web import actor, db, requires
from core.words import T_
from reports.home import queries
from reports.home.rules import (
    APPLICATION_TASKS,
    AUDIT_TASKS,
    BAND_NAMES,
    FINDING_TASKS,
    SCHEME_TASKS,
    STANDARD_TASKS,
    WAITS_FOR,
    Band,
    band,
    not_yet,
)

bp = Blueprint("home", __name__)
PLACES = {
    "audit": ("workspace.show", "audit_id", "audit"),
    "application": ("applications.show", "application_id", "list"),
    "certificate": ("certificates.show", "certificate_id", "seal"),
    "organisation": ("organisations.show", "organisation_id", "house"),
}


@bp.get("/")
@requires(Permission.HOME_READ)
def show() -> ResponseReturnValue:
    """Show what waits for the actor, what waits for others, and what changed."""
    today = local_date(utc_now(), zone())
    going = audits.waiting(db(), actor())
    rows = [
        *_audit_tasks(going, today),
        *_application_tasks(),
        *_finding_tasks(),
        *_appeal_tasks(),
        *_standard_tasks(),
        *_scheme_tasks(),
    ]
    rows.sort(key=lambda row: (row["on"] is None, row["on"] or today))
    bands: dict[Band, list[dict[str, Any]]] = {one: [] for one in Band}
    for row in rows:
        bands[band(row["on"], today)].append(row)
    first = next((row for one in Band for row in bands[one]), None)
    if first is not None:
        first["primary"] = True
    return render_template(
        "reports/home/show.html",
        today=today,
        bands=[(one, BAND_NAMES[one], bands[one]) for one in Band if bands[one]],
        counts={one.value: len(bands[one]) for one in Band},
        others=_others(going, today),
        running=[row for row in going if row.my_role is not None][:6],
        badges=BADGES,
        kinds=KIND_NAMES,
        news=queries.news(db(), actor()),
    )


@bp.get("/search")
@requires(Permission.HOME_READ)
def search() -> ResponseReturnValue:
    """Find things by number or name, as far as the actor may see them."""
    words = request.args.get("q", "")[:200].strip()
    hits = queries.search(db(), actor(), words) if len(words) > 1 else []
    if len(hits) == 1:
        return redirect(_place(hits[0]))
    return render_template(
        "reports/home/search.html",
        words=words,
        hits=[(hit, _place(hit), _icon(hit)) for hit in hits],
    )


def _audit_tasks(going: Any, today: date) -> Iterator[dict[str, Any]]:
    for audit, client, my_role in going:
        task = AUDIT_TASKS.get(audit.state)
        due = audit.starts_on or audit.due_on
        if task is None or not _mine(task, my_role) or not_yet(audit.state, due, today):
            continue
        yield _row(
            "audit",
            task.title,
            url_for(task.endpoint, audit_id=audit.id),
            [
                name_of(client),
                T_("%(kind)s %(number)s", kind=T_(KIND_NAMES[audit.kind]), number=audit.number),
            ],
            audit.ends_on if audit.state is AuditState.IN_PROGRESS else due,
            task.button,
        )


def _mine(task: Any, my_role: TeamRole | None) -> bool:
    if not allowed(actor(), task.permission):
        return False
    if task.leader:
        return my_role is TeamRole.LEADER
    return not task.team or my_role not in {None, TeamRole.OBSERVER}


def _application_tasks() -> Iterator[dict[str, Any]]:
    needed = {Permission.APPLICATION_SUBMIT, Permission.APPLICATION_REVIEW}
    if not any(allowed(actor(), one) for one in needed):
        return
    provider = actor().organisation_kind is OrganisationKind.PROVIDER
    for one, body, client in applications.waiting(db(), actor()):
        title, button = APPLICATION_TASKS[one.state, provider]
        other = body if provider else client
        url = url_for("applications.show", application_id=one.id)
        yield _row("list", title, url, [name_of(other), one.number], None, button)


def _finding_tasks() -> Iterator[dict[str, Any]]:
    for one in findings.waiting(db(), actor()):
        title, button = FINDING_TASKS[one.kind]
        url = url_for("findings.show", audit_id=one.audit_id, finding_id=one.finding_id)
        yield _row(
            "minor", title, url, [say(one.client), one.number, one.title], one.due_on, button
        )


def _appeal_tasks() -> Iterator[dict[str, Any]]:
    for one in appeals.waiting(db(), actor()):
        url = url_for("appeals.show", case_id=one.case_id)
        yield _row("talk", one.title, url, [one.subject, one.number], one.due_on, one.button)


def _standard_tasks() -> Iterator[dict[str, Any]]:
    for version, code in standards.waiting(db(), actor()):
        title, button = STANDARD_TASKS[version.state]
        url = url_for("standards.show", version_id=version.id)
        yield _row(
            "sheet", title, url, [name_of(version), f"{code} {version.version}"], None, button
        )


def _scheme_tasks() -> Iterator[dict[str, Any]]:
    """Give the next step of each scheme that is worked on: a draft to who began it, a review to others."""
    me = actor().person_id
    for version, scheme in schemes.waiting(db(), actor()):
        permission, title, button = SCHEME_TASKS[version.state]
        mine = me in {version.drafted_by_id, version.submitted_by_id}
        drafting = version.state is SchemeState.DRAFT
        if allowed(actor(), permission) and (
            mine is drafting or version.state is SchemeState.APPROVED
        ):
            url = url_for("schemes.show", version_id=version.id)
            meta = [name_of(scheme), f"{scheme.code} {version.version}"]
            yield _row("gear", title, url, meta, None, button)


def _row(
    icon: str, title: Any, href: str, meta: list[Any], due: date | None, button: Any
) -> dict[str, Any]:
    return {
        "icon": icon,
        "title": title,
        "href": href,
        "meta": meta,
        "on": due,
        "due": day_short(due) if due else None,
        "due_note": distance(due) if due else None,
        "late": due is not None and due < local_date(utc_now(), zone()),
        "button": button,
        "primary": False,
    }


def _others(going: Any, today: date) -> list[dict[str, Any]]:
    """List the audits that wait for somebody else, as far as the actor has a part in them."""
    rows = []
    for audit, client, my_role in going:
        task = AUDIT_TASKS.get(audit.state)
        due = audit.starts_on or audit.due_on
        if task is None or _mine(task, my_role) or not_yet(audit.state, due, today):
            continue
        rows.append({"audit": audit, "client": client, "who": WAITS_FOR[audit.state], "due": due})
    return rows[:10]


def _place(hit: queries.Hit) -> str:
    if hit.kind == "finding":
        return url_for("findings.show", audit_id=hit.within, finding_id=hit.key)
    endpoint, key, _icon_name = PLACES[hit.kind]
    keys: dict[str, Any] = {key: hit.key}
    return url_for(endpoint, **keys)


def _icon(hit: queries.Hit) -> str:
    return "minor" if hit.kind == "finding" else PLACES[hit.kind][2]

"""Pages of the log of events, of jobs, and of mail kept in files."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from core.clock import local_date, utc_now
from core.errors import NotFound
from core.events import Event
from core.mail import mail_folder
from core.pages import PER_PAGE, Page, paginate
from core.permissions import Permission, allowed
from core.speech import say, tell, zone
from core.web import actor, csv_file, db, page_number, requires, search_words, settings
from reports.activity import operations, queries, storage
from reports.activity.queries import Wanted
from reports.activity.rules import JOB_BADGES, JOB_KINDS, KINDS, place, span

bp = Blueprint("activity", __name__)


@bp.get("/activity")
@requires(Permission.EVENT_READ)
def index() -> ResponseReturnValue:
    """List what happened, newest first."""
    page = paginate(db(), queries.listing(actor(), _wanted()), page_number())
    return render_template(
        "reports/activity/index.html",
        page=page,
        rows=list(zip(page.items, tell(page.items), strict=True)),
        kinds=KINDS,
        kind_choices=sorted(((kind, say(word)) for kind, word in KINDS.items()), key=lambda one: one[1]),
        tabs=_tabs("index"),
        check=queries.check(db(), actor()) if allowed(actor(), Permission.JOB_READ) else None,
        badges=JOB_BADGES,
    )  # fmt: skip


@bp.get("/activity/export.csv")
@requires(Permission.EVENT_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    head = [
        gettext("Event"), gettext("When"), gettext("What happened"), gettext("Person"),
        gettext("Thing"), gettext("Number"), gettext("Reason"), "SHA-256",
    ]  # fmt: skip
    events = db().scalars(queries.listing(actor(), _wanted()).limit(10_000)).all()
    rows = (
        (
            one.id, one.at.isoformat(timespec="seconds"), told.sentence, one.actor_name,
            say(KINDS.get(one.subject_kind, one.subject_kind)), one.subject_label, one.reason,
            one.sha256,
        )
        for one, told in zip(events, tell(events), strict=True)
    )  # fmt: skip
    return csv_file(f"activity-{local_date(utc_now(), zone())}", head, rows)


@bp.get("/activity/<int:event_id>")
@requires(Permission.EVENT_READ)
def show(event_id: int) -> ResponseReturnValue:
    """Show one event: what it changed, and the digests that keep it."""
    one = queries.event(db(), actor(), event_id)
    return render_template(
        "reports/activity/show.html",
        one=one,
        told=tell([one])[0],
        kind=KINDS.get(one.subject_kind, one.subject_kind),
        changed=_changed(one.before, one.after),
        href=_href(one),
    )


@bp.post("/activity/check")
@requires(Permission.JOB_READ)
def check() -> ResponseReturnValue:
    """Check the whole chain, in the background."""
    operations.check(db(), actor(), now=utc_now())
    flash(gettext("The check is under way; its result stands on this page."))
    return redirect(url_for(".index"))


@bp.get("/jobs")
@requires(Permission.JOB_READ)
def jobs() -> ResponseReturnValue:
    """List the work done in the background for the organisation."""
    query = queries.jobs(actor(), request.args.get("state", ""))
    return render_template(
        "reports/activity/jobs.html",
        page=paginate(db(), query, page_number()),
        badges=JOB_BADGES,
        kinds=JOB_KINDS,
        states=[(state, badge.word) for state, badge in JOB_BADGES.items()],
        tabs=_tabs("jobs"),
    )


@bp.post("/jobs/<int:job_id>/retry")
@requires(Permission.JOB_READ)
def retry(job_id: int) -> ResponseReturnValue:
    """Do failed work again."""
    operations.retry(db(), actor(), queries.job(db(), actor(), job_id), now=utc_now())
    flash(gettext("The work is queued again."))
    return redirect(url_for(".jobs"))


@bp.get("/mail")
@requires(Permission.MAIL_READ)
def mail() -> ResponseReturnValue:
    """List the messages kept in files because no mail server is set."""
    number = max(1, min(page_number(), 100_000))
    known = queries.addresses(db(), actor())
    found, total = storage.readable(mail_folder(settings()), known, number, PER_PAGE)
    return render_template(
        "reports/activity/mail.html",
        page=Page(found, number, PER_PAGE, total),
        tabs=_tabs("mail"),
        server=settings().smtp_host,
    )


@bp.get("/mail/<name>")
@requires(Permission.MAIL_READ)
def message(name: str) -> ResponseReturnValue:
    """Show one message."""
    known = queries.addresses(db(), actor())
    found = storage.message(mail_folder(settings()), known, name)
    if found is None:
        raise NotFound
    return render_template("reports/activity/message.html", mail=found)


def _wanted() -> Wanted:
    since, until = span(request.args.get("from", ""), request.args.get("to", ""), zone())
    kind = request.args.get("kind", "")
    return Wanted(
        words=search_words(),
        kind=kind if kind in KINDS else "",
        who=search_words("who"),
        since=since,
        until=until,
    )


def _tabs(here: str) -> list[dict[str, Any]]:
    every = (
        ("index", gettext("Events"), Permission.EVENT_READ),
        ("jobs", gettext("Background work"), Permission.JOB_READ),
        ("mail", gettext("Mail"), Permission.MAIL_READ),
    )
    mine = [one for one in every if allowed(actor(), one[2])]
    if len(mine) < 2:
        return []
    return [
        {"label": label, "href": url_for(f".{name}"), "here": name == here}
        for name, label, _permission in mine
    ]


def _changed(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, str | None, str | None]]:
    """Put before and after side by side, by the name of what changed."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, _plain(before[name]) if name in before else None, _plain(after[name]) if name in after else None)
        for name in names
    ]  # fmt: skip


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _href(one: Event) -> str | None:
    found = place(one.subject_kind, one.subject_id, one.within_kind, one.within_id)
    if found is None or found[0] not in current_app.view_functions:
        return None
    endpoint, name, key = found
    return url_for(endpoint, **{name: key})  # type: ignore[arg-type]

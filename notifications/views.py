"""One's own messages."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from core.clock import utc_now
from core.events import Event
from core.pages import paginate
from core.permissions import Permission
from core.web import actor, db, leaves_trace, page_number, requires
from notifications import operations, queries
from notifications.rules import AUDIENCES, BADGES, Thing, place

bp = Blueprint("notifications", __name__, url_prefix="/inbox")


@bp.get("/")
@requires(Permission.HOME_READ)
def index() -> ResponseReturnValue:
    """List one's messages, newest first."""
    only = request.args.get("show") == "unread"
    page = paginate(db(), queries.mine(actor(), unread=only), page_number())
    return render_template(
        "notifications/index.html",
        page=page,
        rows=[(one, event, *_words(event)) for one, event in page.items],
        badges=BADGES,
        only=only,
        unread=queries.unread(db(), actor()),
    )


@bp.get("/<int:delivery_id>")
@requires(Permission.HOME_READ)
@leaves_trace
def show(delivery_id: int) -> ResponseReturnValue:
    """Mark a message as read and go to what it is about."""
    event = operations.opened(db(), actor(), delivery_id, now=utc_now())
    thing = Thing(event.subject_kind, event.subject_id, event.within_kind, event.within_id)
    found = place(event.name, thing) if event.name in AUDIENCES else None
    if found is None or found[0] not in current_app.view_functions:
        return redirect(url_for(".index"))
    endpoint, values = found
    return redirect(url_for(endpoint, **values))  # type: ignore[arg-type]


def _words(event: Event) -> tuple[str, str]:
    audience = AUDIENCES.get(event.name)
    if audience is None:
        return event.subject_label or event.name, ""
    values = {"label": event.subject_label, "actor": event.actor_name or gettext("The clock")}
    return gettext(audience.subject, **values), gettext(audience.body, **values)

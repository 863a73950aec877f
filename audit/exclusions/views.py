"""Pages of the bulk exclusion: choose, look at what it means, exclude."""

from collections.abc import Collection, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from audit.assessment import queries as assessment
from audit.assessment.operations import refuse_outsiders
from audit.exclusions import operations, queries
from audit.exclusions.forms import ExclusionForm
from audit.exclusions.queries import Chosen
from audit.outline import queries as outlines
from audit.outline import rules as outline_rules
from audit.outline import views as outline
from audit.outline.rules import Line
from audit.presence import queries as presences
from core.clock import utc_now
from core.errors import Stale
from core.permissions import Permission
from core.speech import say
from core.web import actor, db, requires

bp = Blueprint("exclusions", __name__, url_prefix="/audits/<int:audit_id>/fieldwork/exclude")


@bp.get("/")
@requires(Permission.AUDIT_ASSESS)
def choose(audit_id: int) -> ResponseReturnValue:
    """List the criteria that the conditions let through, to be ticked one by one or by section."""
    return _list(audit_id, ExclusionForm(formdata=None), set())


@bp.post("/")
@requires(Permission.AUDIT_ASSESS)
def exclude(audit_id: int) -> ResponseReturnValue:
    """Tell first what it means; exclude once that was confirmed."""
    form = ExclusionForm()
    revisions = _revisions()
    if request.form.get("confirmed") and form.validate():
        return _excluded(audit_id, form, revisions)
    keys = set(request.form.getlist("answer", type=int)) | set(revisions)
    sections = set(request.form.getlist("section", type=int))
    if sections:
        keys |= {line.id for line in _seen(audit_id)[2] if line.section_id in sections}
    if request.form.get("back") or not form.validate() or not keys:
        return _list(audit_id, form, keys)
    place, given = queries.chosen(db(), actor(), audit_id, keys)
    refuse_outsiders(place)
    return _confirmation(place, form, given)


def _excluded(audit_id: int, form: ExclusionForm, revisions: dict[int, int]) -> ResponseReturnValue:
    place, given = queries.chosen(db(), actor(), audit_id, set(revisions))
    try:
        count = operations.exclude(
            db(), actor(), place, given,
            reason=form.reason.data, revisions=revisions, now=utc_now(),
        )  # fmt: skip
    except Stale as error:
        form.form_errors = [*form.form_errors, say(error.text)]
        return _confirmation(place, form, given), 409
    flash(ngettext("%(num)s criterion is excluded.", "%(num)s criteria are excluded.", count))
    return redirect(url_for("fieldwork.index", audit_id=audit_id, **outline.asked()))


def _revisions() -> dict[int, int]:
    """Read ``key:revision`` of what the confirmation showed."""
    found = {}
    for text in request.form.getlist("chosen"):
        key, _, revision = text.partition(":")
        if key.isdecimal() and revision.isdecimal():
            found[int(key[:18])] = int(revision[:18])
    return found


def _seen(audit_id: int) -> tuple[assessment.Place, dict[int, outlines.Part], list[Line]]:
    """Give what the conditions of the outline let through."""
    place = assessment.place(db(), actor(), audit_id)
    refuse_outsiders(place)
    around = presences.around(db(), actor(), audit_id, utc_now())
    lines = outline.lines(audit_id, around.since)
    parts = outline.parts_of(audit_id, lines)
    return place, parts, outline_rules.shown(lines, outline.reader(parts), outline.wanted())


def _list(audit_id: int, form: ExclusionForm, ticked: Collection[int]) -> ResponseReturnValue:
    place, parts, lines = _seen(audit_id)
    seen = [line for line in lines if not line.excluded]
    groups: dict[int, list[Line]] = {}
    for line in seen:
        groups.setdefault(line.section_id, []).append(line)
    unticked = form.is_submitted() and not ticked and not request.form.get("back")
    if unticked:
        form.form_errors = [*form.form_errors, gettext("Tick at least one criterion.")]
    page = render_template(
        "audit/exclusions/choose.html",
        audit=place.audit,
        form=form,
        parts=parts,
        groups=groups,
        ticked=ticked,
        states=outline_rules.STATES,
        shown=outline.wanted(),
        shows=outline_rules.SHOW_NAMES,
        asked=outline.asked(),
        total=len(seen),
    )
    wrong = unticked or (form.is_submitted() and form.errors)
    return page, 422 if wrong else 200


def _confirmation(place: assessment.Place, form: ExclusionForm, given: Sequence[Chosen]) -> str:
    return render_template(
        "audit/exclusions/confirm.html",
        audit=place.audit,
        form=form,
        given=given,
        answered=sum(one.answer.rating is not None for one in given),
        critical=sum(one.critical for one in given),
        states=outline_rules.STATES,
        asked=outline.asked(),
    )

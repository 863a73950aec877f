"""Pages on which drafts are begun and titled."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.drafting import forms, operations, queries
from checklists.standards import queries as standards
from core.clock import utc_now
from core.errors import Invalid, Stale
from core.events import Event
from core.permissions import Permission
from core.web import actor, db, requires
from core.wording import word_changes

bp = Blueprint("drafting", __name__, url_prefix="/standards")
MARKS = {"same": "=", "gone": "-", "new": "+"}


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def new() -> ResponseReturnValue:
    """Begin a new standard."""
    form = forms.NewForm()
    if form.validate_on_submit():
        try:
            made = operations.begin(
                db(), actor(), form.code.data, form.version.data, form.texts(), now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The draft is there. Add its sections and criteria."))
            return redirect(url_for("arranging.outline", version_id=made.id))
    status = 422 if form.is_submitted() else 200
    return render_template("checklists/drafting/new.html", form=form), status


@bp.route("/<int:version_id>/copy", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def copy(version_id: int) -> ResponseReturnValue:
    """Begin a new version as a copy of this one."""
    base, code = standards.version(db(), actor(), version_id)
    form = forms.CopyForm()
    if form.validate_on_submit():
        try:
            made = operations.copy(db(), actor(), base, code, form.version.data, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(
                gettext(
                    "The new version begins as a copy; nothing is published until it was reviewed."
                )
            )
            return redirect(url_for("arranging.outline", version_id=made.id))
    status = 422 if form.is_submitted() else 200
    page = render_template("checklists/drafting/copy.html", form=form, base=base, code=code)
    return page, status


@bp.route("/<int:version_id>/edit", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def version(version_id: int) -> ResponseReturnValue:
    """Change number, titles and summary of a draft."""
    draft = queries.draft(db(), actor(), version_id, lock=posted())
    here = url_for("arranging.outline", version_id=version_id)
    form = forms.VersionForm(obj=draft.version)
    if form.is_submitted() and keeps_theirs():
        return redirect(url_for(".version", version_id=version_id))
    conflict = None
    if form.validate_on_submit():
        try:
            operations.retitle(
                db(), actor(), draft, form.values(), revision=form.revision.data, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = both_sides(draft.version, form, form.values(), "standard_version")
        else:
            flash(gettext("Kept."))
            return redirect(here)
    status = 409 if conflict else 422 if form.is_submitted() else 200
    return render_template(
        "checklists/drafting/version.html", form=form, draft=draft, conflict=conflict
    ), status


def posted() -> bool:
    """Say whether something is to be changed, so that what is read must stay as it is."""
    return request.method == "POST"


def keeps_theirs() -> bool:
    """Say whether the person chose the other's words after a conflict."""
    return request.form.get("keep") == "theirs"


def both_sides(
    row: Any, form: Any, values: dict[str, Any], kind: str, shown: Any = str
) -> dict[str, Any]:
    """Lay two texts in conflict side by side, what differs marked; sending again then keeps the writer's own.

    What only the other person changed is taken over into the form, so that keeping one's own undoes none of it.
    ``shown`` makes text of a value. The form takes the present revision, so that the choice is made knowingly.
    """
    event = queries.last_change(db(), kind, row.id)
    theirs: list[tuple[Any, Any]] = []
    mine: list[tuple[Any, Any]] = []
    for name, value in values.items():
        old, new = shown(getattr(row, name)), shown(value)
        if old == new:
            continue
        label = form[name].label.text if name in form else name
        if _untouched(event, name, new, shown):
            take_over(form, name, getattr(row, name))
            theirs.append((label, [("+", old)]))
            continue
        pieces = [(MARKS[piece.change], piece.text) for piece in word_changes(old, new)]
        theirs.append((label, [piece for piece in pieces if piece[0] != "+"]))
        mine.append((label, [piece for piece in pieces if piece[0] != "-"]))
    form.revision.data = row.revision
    form.revision.raw_data = None
    return {
        "theirs": {
            "who": event.actor_name if event else "",
            "at": event.at if event else None,
            "entries": theirs,
        },
        "mine": {"at": None, "entries": mine},
    }


def take_over(form: Any, name: str, value: Any) -> None:
    """Put another value into a field that was sent with an older one."""
    field = form[name]
    if hasattr(field, "entries"):
        while field.entries:
            field.pop_entry()
        for one in value:
            field.append_entry(one)
        return
    field.data = ", ".join(value) if name == "sources" else value
    field.raw_data = None


def _untouched(event: Event | None, name: str, sent: str, shown: Any) -> bool:
    """Say whether a field was sent as it stood before the other person's change."""
    return event is not None and name in event.before and shown(event.before[name]) == sent

"""The editor of a criterion."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.arranging import queries as outlines
from checklists.citations import queries as citations
from checklists.drafting import queries as drafts
from checklists.drafting.queries import Draft
from checklists.drafting.views import both_sides, keeps_theirs, posted
from checklists.editing import forms, operations, queries
from checklists.editing.rules import FIELD_NAMES, TEXT_NAMES, Go, Ways, ways
from checklists.standards.models import Criterion
from core.clock import utc_now
from core.db import expect
from core.errors import Invalid, Stale
from core.permissions import Permission
from core.speech import name_of
from core.web import actor, db, requires

bp = Blueprint("editing", __name__, url_prefix="/standards/<int:version_id>/outline/criteria")
ONE = "/<int:criterion_id>"


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def new(version_id: int) -> ResponseReturnValue:
    """Add a criterion to a section."""
    draft = drafts.draft(db(), actor(), version_id, lock=posted())
    form = forms.NewCriterionForm()
    sections = outlines.sections(db(), version_id)
    form.section_id.choices = [(row.id, f"{row.code} {name_of(row)}") for row in sections]
    if not form.is_submitted():
        form.section_id.data = request.args.get("section", type=int)
    if not form.rows_changed() and form.validate_on_submit():
        try:
            made = operations.add(
                db(), actor(), draft, form.section_id.data, form.values(), now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("%(code)s is in the draft.", code=made.code))
            return redirect(url_for(".criterion", version_id=version_id, criterion_id=made.id))
    form.offer(queries.dimensions(db(), form.dimension.data or ""))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "checklists/editing/new.html", draft=draft, form=form, stems=TEXT_NAMES, sections=sections
    ), status


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def criterion(version_id: int, criterion_id: int) -> ResponseReturnValue:
    """Change a criterion, both languages side by side; two who wrote at once see both texts."""
    draft = drafts.draft(db(), actor(), version_id, lock=posted())
    one = outlines.criterion(db(), version_id, criterion_id)
    here = url_for(".criterion", version_id=version_id, criterion_id=criterion_id)
    if posted() and keeps_theirs():
        return redirect(here)
    form = forms.CriterionForm.of(one)
    conflict = None
    if not form.rows_changed() and form.validate_on_submit():
        try:
            values = form.values(one.citations)
            expect(one, form.revision.data)
            operations.edit(db(), actor(), draft, one, values, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = both_sides(one, form, values, "criteria", _shown)
        else:
            flash(gettext("%(code)s is kept.", code=one.code))
            return redirect(_onward(version_id, criterion_id))
    return _page(draft, one, form, conflict)


@bp.post(f"{ONE}/duplicate")
@requires(Permission.STANDARD_EDIT)
def duplicate(version_id: int, criterion_id: int) -> ResponseReturnValue:
    """Put a copy behind a criterion and open it."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    one = outlines.criterion(db(), version_id, criterion_id)
    made = operations.duplicate(db(), actor(), draft, one, now=utc_now())
    flash(gettext("%(code)s is a copy; give it its own code and words.", code=made.code))
    return redirect(url_for(".criterion", version_id=version_id, criterion_id=made.id))


@bp.post(f"{ONE}/place")
@requires(Permission.STANDARD_EDIT)
def place(version_id: int, criterion_id: int) -> ResponseReturnValue:
    """Send a criterion to the end of another section."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    one = outlines.criterion(db(), version_id, criterion_id)
    target = request.form.get("target", type=int) or 0
    try:
        operations.place(db(), actor(), draft, one, target, now=utc_now())
    except Invalid as error:
        form = forms.CriterionForm.of(one, formdata=None)
        form.refuse(error)
        return _page(draft, one, form)
    flash(gettext("%(code)s stands at the end of the other section.", code=one.code))
    return redirect(url_for(".criterion", version_id=version_id, criterion_id=criterion_id))


@bp.post(f"{ONE}/remove")
@requires(Permission.STANDARD_EDIT)
def remove(version_id: int, criterion_id: int) -> ResponseReturnValue:
    """Take a criterion out of the draft."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    one = outlines.criterion(db(), version_id, criterion_id)
    operations.remove(db(), actor(), draft, one, now=utc_now())
    flash(gettext("%(code)s is out of the draft; its words stay in the timeline.", code=one.code))
    anchor = f"s-{one.section_id}"
    return redirect(url_for("arranging.outline", version_id=version_id, _anchor=anchor))


def _onward(version_id: int, criterion_id: int) -> str:
    """Give where to go after saving: on to the next one that was asked for, else back here."""
    asked = request.form.get("go", "")
    spot = None
    if asked in set(Go):
        spot = ways(queries.spots(db(), version_id), criterion_id).to(Go(asked))
    goal = spot.id if spot else criterion_id
    return url_for(".criterion", version_id=version_id, criterion_id=goal)


def _shown(value: Any) -> str:
    """Make one text of a field's value, to lay it beside another."""
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return f"{value['code']} {value['clause']}".strip()
    return str(value)


def _page(
    draft: Draft,
    one: Criterion,
    form: forms.CriterionForm,
    conflict: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    sections = outlines.sections(db(), draft.version.id)
    found: Ways = ways(queries.spots(db(), draft.version.id), one.id)
    form.offer(queries.dimensions(db(), form.dimension.data or ""))
    failed = bool(form.errors or getattr(form, "form_errors", ()))
    return render_template(
        "checklists/editing/criterion.html",
        draft=draft,
        one=one,
        form=form,
        conflict=conflict,
        ways=found,
        stems=TEXT_NAMES,
        fields=FIELD_NAMES,
        home=next((row for row in sections if row.id == one.section_id), None),
        others=[row for row in sections if row.id != one.section_id],
        citations=citations.of_criterion(db(), actor(), one.citations),
    ), 409 if conflict else 422 if failed else 200

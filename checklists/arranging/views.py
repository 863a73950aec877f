"""The outline of a draft: sections, order, what is wanting."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from checklists.arranging import forms, operations, queries
from checklists.arranging.rules import SHOW_NAMES, Move, Show, read_move
from checklists.drafting import queries as drafts
from checklists.drafting.queries import Draft
from checklists.drafting.views import both_sides, keeps_theirs, posted
from core.clock import utc_now
from core.db import expect
from core.errors import Invalid, Stale
from core.permissions import Permission
from core.speech import name_of
from core.web import actor, db, requires, search_words

bp = Blueprint("arranging", __name__, url_prefix="/standards/<int:version_id>/outline")
ONE = "/sections/<int:section_id>"


@bp.get("/")
@requires(Permission.STANDARD_EDIT)
def outline(version_id: int) -> ResponseReturnValue:
    """Show a draft's sections and criteria, and what is wanting in them."""
    draft = drafts.draft(db(), actor(), version_id)
    asked = request.args.get("show", "")
    show = Show(asked) if asked in set(Show) else None
    words = search_words()
    return render_template(
        "checklists/arranging/outline.html",
        draft=draft,
        chapters=queries.chapters(db(), version_id, words=words, show=show),
        editors=drafts.editors(db(), version_id),
        words=words,
        show=show,
        shows=[(one.value, name) for one, name in SHOW_NAMES.items()],
    )


@bp.post("/moves")
@requires(Permission.STANDARD_EDIT)
def move(version_id: int) -> ResponseReturnValue:
    """Move a section or a criterion one place up or down."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    asked = read_move(request.form.get("move", ""))
    _move(draft, asked)
    anchor = f"{asked.kind[0]}-{asked.key}"
    return redirect(url_for(".outline", version_id=version_id, _anchor=anchor))


@bp.route("/sections/new", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def new_section(version_id: int) -> ResponseReturnValue:
    """Add a section."""
    draft = drafts.draft(db(), actor(), version_id, lock=posted())
    form = forms.SectionForm()
    if form.validate_on_submit():
        try:
            made = operations.add_section(db(), actor(), draft, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The section is there."))
            anchor = f"s-{made.id}"
            return redirect(url_for(".outline", version_id=version_id, _anchor=anchor))
    return _section_page(draft, form, None)


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def section(version_id: int, section_id: int) -> ResponseReturnValue:
    """Change a section's code and titles; from here it is emptied or removed."""
    draft = drafts.draft(db(), actor(), version_id, lock=posted())
    one = queries.section(db(), version_id, section_id)
    form = forms.SectionForm(obj=one)
    if form.is_submitted() and keeps_theirs():
        return redirect(url_for(".section", version_id=version_id, section_id=section_id))
    conflict = None
    if form.validate_on_submit():
        try:
            expect(one, form.revision.data)
            operations.change_section(db(), actor(), draft, one, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = both_sides(one, form, form.values(), "section")
        else:
            flash(gettext("Kept."))
            anchor = f"s-{section_id}"
            return redirect(url_for(".outline", version_id=version_id, _anchor=anchor))
    return _section_page(draft, form, one, conflict)


@bp.post(f"{ONE}/empty")
@requires(Permission.STANDARD_EDIT)
def empty_section(version_id: int, section_id: int) -> ResponseReturnValue:
    """Send all criteria of a section to another one."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    one = queries.section(db(), version_id, section_id)
    target = request.form.get("target", type=int) or 0
    try:
        moved = operations.empty_section(db(), actor(), draft, one, target_id=target, now=utc_now())
    except Invalid as error:
        form = forms.SectionForm(formdata=None, obj=one)
        form.refuse(error)
        return _section_page(draft, form, one)
    flash(ngettext("%(num)s criterion was moved.", "%(num)s criteria were moved.", moved))
    return redirect(url_for(".section", version_id=version_id, section_id=section_id))


@bp.post(f"{ONE}/remove")
@requires(Permission.STANDARD_EDIT)
def remove_section(version_id: int, section_id: int) -> ResponseReturnValue:
    """Remove a section that holds nothing."""
    draft = drafts.draft(db(), actor(), version_id, lock=True)
    one = queries.section(db(), version_id, section_id)
    try:
        operations.remove_section(db(), actor(), draft, one, now=utc_now())
    except Invalid as error:
        form = forms.SectionForm(formdata=None, obj=one)
        form.refuse(error)
        return _section_page(draft, form, one)
    flash(gettext("The section is removed."))
    return redirect(url_for(".outline", version_id=version_id))


def _move(draft: Draft, asked: Move) -> None:
    if asked.kind == "section":
        one = queries.section(db(), draft.version.id, asked.key)
        operations.move_section(db(), actor(), draft, one, up=asked.up, now=utc_now())
    else:
        criterion = queries.criterion(db(), draft.version.id, asked.key)
        operations.move_criterion(db(), actor(), draft, criterion, up=asked.up, now=utc_now())


def _section_page(
    draft: Draft, form: forms.SectionForm, one: Any, conflict: dict[str, Any] | None = None
) -> ResponseReturnValue:
    rows = queries.sections(db(), draft.version.id) if one else []
    others = forms.TargetForm(formdata=None)
    others.target.choices = [
        (row.id, f"{row.code} {name_of(row)}") for row in rows if row.id != one.id
    ]
    status = 409 if conflict else 422 if form.is_submitted() else 200
    return render_template(
        "checklists/arranging/section.html",
        draft=draft,
        form=form,
        one=one,
        conflict=conflict,
        held=next((row.n for row in rows if row.id == one.id), 0) if one else 0,
        others=others,
    ), status

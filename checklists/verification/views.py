"""The citations of a version, listed and checked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from checklists.citations import operations
from checklists.citations.rules import STANDING_BADGES, Standing
from checklists.standards import queries as standards
from checklists.verification import queries
from checklists.verification.forms import CheckForm, written
from core.clock import utc_now
from core.errors import Invalid
from core.permissions import Permission
from core.web import actor, db, requires, search_words

bp = Blueprint("verification", __name__, url_prefix="/standards/<int:version_id>/citations")


@bp.get("/")
@requires(Permission.STANDARD_READ)
def index(version_id: int) -> ResponseReturnValue:
    """List the citations of a version, who checked them and when."""
    return _page(version_id, CheckForm(formdata=None))


@bp.post("/")
@requires(Permission.STANDARD_EDIT, Permission.STANDARD_REVIEW)
def check(version_id: int) -> ResponseReturnValue:
    """Mark the citations that somebody has looked up."""
    standards.version(db(), actor(), version_id)
    form = CheckForm()
    if form.validate():
        try:
            made = operations.check(
                db(),
                actor(),
                form.pairs(queries.pairs(db(), version_id)),
                outcome=form.result,
                note=form.note.data or "",
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(
                ngettext("%(num)s citation is marked.", "%(num)s citations are marked.", len(made))
            )
            asked = request.args
            return redirect(
                url_for(
                    ".index",
                    version_id=version_id,
                    standing=asked.get("standing"),
                    q=asked.get("q"),
                )
            )
    return _page(version_id, form)


def _page(version_id: int, form: CheckForm) -> ResponseReturnValue:
    version, code = standards.version(db(), actor(), version_id)
    asked = request.args.get("standing", "")
    standing = Standing(asked) if asked in set(Standing) else None
    words = search_words()
    found = queries.entries(db(), actor(), version_id)
    shown = [
        one
        for one in found
        if (standing is None or one.cited.standing is standing) and (not words or one.says(words))
    ]
    failed = bool(form.errors or getattr(form, "form_errors", ()))
    return render_template(
        "checklists/verification/index.html",
        version=version,
        code=code,
        found=found,
        shown=shown,
        counts=queries.counts(found),
        standing=standing,
        standings=[(one.value, badge.word) for one, badge in STANDING_BADGES.items()],
        badges=STANDING_BADGES,
        words=words,
        form=form,
        written=written,
        chosen=set(form.chosen.data or ()),
    ), 422 if failed else 200

"""Pages of imports, and the giving out of standards."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.columns.rules import Arrangement
from checklists.incoming.rules import (
    FORMAT_NAMES,
    MOST_BYTES,
    Choices,
    FileFormat,
    Found,
    Note,
    Unreadable,
)
from checklists.interchange import forms, operations, queries
from checklists.interchange.models import StandardImport
from checklists.interchange.rules import BADGES, ImportState, counts
from checklists.interchange.storage import Opened, open_file, read_file
from checklists.outgoing.storage import MEDIA_TYPES, file_name, template, write
from checklists.standards.rules import AREA_NAMES, DIMENSION_NAMES
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.events import history
from core.forms import Expected
from core.jobs import latest
from core.permissions import Permission
from core.speech import language
from core.web import actor, db, requires

bp = Blueprint("interchange", __name__, url_prefix="/standards")
SHOWN = 10  # criteria of the preview
TOLD = 50  # notes shown at once


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def upload() -> ResponseReturnValue:
    """Take a file; what cannot be read is told at once and not kept."""
    form = forms.Upload()
    notes: tuple[Note, ...] = ()
    if form.validate_on_submit():
        content, name = form.given()
        try:
            opened = open_file(content, name)
            one = operations.receive(db(), actor(), opened, content, now=utc_now())
        except Unreadable as error:
            notes = error.notes
            form.refuse(Invalid(error.text, "file"))
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for(_next(one, opened), import_id=one.id))
    return render_template(
        "checklists/interchange/upload.html",
        form=form,
        notes=notes,
        rows=queries.waiting(db(), actor()),
        badges=BADGES,
        formats=FORMAT_NAMES,
        most=MOST_BYTES,
    ), 422 if form.is_submitted() else 200


@bp.get("/import/template")
@requires(Permission.STANDARD_EDIT)
def blank() -> ResponseReturnValue:
    """Give the empty table to fill in, as a spreadsheet or CSV, in the reader's language."""
    form = FileFormat.CSV if request.args.get("format") == "csv" else FileFormat.XLSX
    content = template(form, language())
    return _attachment(content, form, f"assay-{gettext('criteria')}.{form.value}")


@bp.route("/import/<int:import_id>", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def show(import_id: int) -> ResponseReturnValue:
    """Show what an import would write, take the importer's choices, and have it written."""
    one = queries.pending(db(), actor(), import_id)
    if one.state is not ImportState.PENDING:
        return _progress(one)
    opened = open_file(one.content or b"", one.file_name, one.form)
    given = Arrangement.read(one.columns) if one.columns else None
    if given is not None and not given.complete:
        return redirect(url_for(".columns", import_id=one.id))
    found = read_file(opened, Choices.read(one.choices), given)
    form = forms.ChoicesForm(data=_filled_in(one, found))
    if form.validate_on_submit():
        found = read_file(opened, form.choices(), given)
        try:
            return _take(one, form, found)
        except Invalid as error:
            form.refuse(error)
        except Unreadable as error:
            form.refuse(Invalid(error.text))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "checklists/interchange/preview.html", form=form, **_preview(one, opened, found)
    ), status


@bp.route("/import/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def columns(import_id: int) -> ResponseReturnValue:
    """Say what the columns of a table are."""
    one = queries.pending(db(), actor(), import_id)
    if one.columns is None or one.state is not ImportState.PENDING:
        raise NotFound
    opened = open_file(one.content or b"", one.file_name, one.form)
    given = _asked(opened, Arrangement.read(one.columns))
    table = opened.table(given.sheet)
    form = forms.columns_form(table, given, one.revision)
    if form.validate_on_submit():
        operations.assign(
            db(),
            actor(),
            one,
            opened,
            form.arrangement(given),
            revision=form.revision.data,
            now=utc_now(),
        )
        return redirect(url_for(".show", import_id=one.id))
    return render_template(
        "checklists/interchange/columns.html",
        one=one,
        form=form,
        given=given,
        rows=[
            (form[name], forms.samples(table, given.head, int(name[1:])))
            for name in form.data
            if name[1:].isdecimal()
        ],
        sheets=[(sheet.name, sheet.name) for sheet in opened.tables if sheet.rows],
        heads=[
            (str(n + 1), f"{n + 1}: {_beginning(row)}")
            for n, row in enumerate(table.rows[:20])
            if any(row)
        ],
    ), 422 if form.is_submitted() else 200


@bp.post("/import/<int:import_id>/discard")
@requires(Permission.STANDARD_EDIT)
def discard(import_id: int) -> ResponseReturnValue:
    """Put an import away."""
    one, form = queries.pending(db(), actor(), import_id), Expected()
    operations.discard(db(), actor(), one, revision=form.revision.data, now=utc_now())
    flash(gettext("The import was discarded. Nothing was written."))
    return redirect(url_for(".upload"))


@bp.get("/<int:version_id>/export/<any(oscal,yaml,csv,xlsx):form>")
@requires(Permission.STANDARD_READ)
def export(version_id: int, form: str) -> ResponseReturnValue:
    """Give a version out in one of the forms."""
    version = queries.readable(db(), actor(), version_id)
    pack, wanted = queries.pack_of(db(), version), FileFormat(form)
    changed_at = version.published_at or version.created_at
    content = write(pack, wanted, changed_at=changed_at, language=language())
    return _attachment(content, wanted, file_name(pack, wanted))


def _next(one: StandardImport, opened: Opened) -> str:
    """Name the next page: the columns of a table whose head nobody assigned before, else the preview."""
    proposed = opened.proposed.plain() if opened.proposed else None
    asks = one.columns is not None and one.columns == proposed and not opened.certain
    return ".columns" if asks else ".show"


def _take(one: StandardImport, form: forms.ChoicesForm, found: Found) -> ResponseReturnValue:
    choices, revision = form.choices(), form.revision.data
    if request.form.get("confirm"):
        operations.confirm(db(), actor(), one, choices, found, revision=revision, now=utc_now())
    else:
        operations.arrange(db(), actor(), one, choices, revision=revision, now=utc_now())
    return redirect(url_for(".show", import_id=one.id))


def _filled_in(one: StandardImport, found: Found) -> dict[str, Any]:
    title = found.data.get("title")
    titles = title if isinstance(title, dict) else {}
    told = {
        "code": str(found.data.get("code") or ""),
        "version": str(found.data.get("version") or ""),
        "title_zh": str(titles.get("zh") or ""),
        "title_en": str(titles.get("en") or ""),
    }
    kept = {name: value for name, value in one.choices.items() if name not in told}
    return {**kept, **told, "revision": one.revision}


def _preview(one: StandardImport, opened: Opened, found: Found) -> dict[str, Any]:
    problems: list[Note] = list(found.problems)
    pack = found.pack
    if pack and pack.version in queries.versions_of(db(), pack.code):
        problems.append(Note("/version", operations.taken(db(), found).text))
    return {
        "one": one,
        "opened": opened,
        "found": found,
        "problems": problems,
        "counts": counts(pack) if pack else None,
        "first": [
            (section, criterion) for section in pack.sections for criterion in section.criteria
        ][:SHOWN]
        if pack
        else [],
        "told": TOLD,
        "form_name": FORMAT_NAMES[one.form],
        "badge": BADGES[one.state],
        "dimensions": DIMENSION_NAMES,
        "areas": AREA_NAMES,
        "events": history(db(), one),
    }


def _progress(one: StandardImport) -> ResponseReturnValue:
    version_id = one.standard_version_id
    version = queries.readable(db(), actor(), version_id) if version_id else None
    return render_template(
        "checklists/interchange/progress.html",
        one=one,
        badge=BADGES[one.state],
        job=latest(db(), one, operations.JOB),
        version=version,
        before=queries.before(db(), actor(), version) if version else None,
        events=history(db(), one),
    )


def _asked(opened: Opened, kept: Arrangement) -> Arrangement:
    """Give the arrangement of the sheet and head row that the address asks for, else what is kept."""
    sheet = request.args.get("sheet", kept.sheet)
    table = opened.table(sheet)
    asked = request.args.get("head", type=int)
    head = kept.head if asked is None else asked - 1
    if (table.name, head) == (kept.sheet, kept.head) or not 0 <= head < len(table.rows):
        return kept
    return forms.proposal(table, head)


def _beginning(row: Any) -> str:
    cells = [" ".join(cell.split()) for cell in row if cell.strip()]
    text = " | ".join(cells)
    return text if len(text) <= 30 else f"{text[:29]}…"


def _attachment(content: bytes, form: FileFormat, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPES[form])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

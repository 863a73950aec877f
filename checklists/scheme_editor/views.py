"""The page of one part of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields.choices import SelectChoice

from checklists.packs.rules import Problem
from checklists.scheme_editor import forms, operations, queries
from checklists.scheme_editor.rules import digest_of, merged, sum_of
from checklists.scheme_fields import forms as fields
from checklists.scheme_fields.rules import shown
from checklists.scheme_parts.rules import (
    PART_NAMES,
    ROWS,
    Part,
    differences,
    field_of,
    part_of,
    place,
    taken,
)
from checklists.schemes import queries as schemes
from checklists.schemes.queries import VersionRow
from checklists.schemes.rules import SchemeState, read_scheme
from core.clock import utc_now
from core.errors import Invalid, StepRefused
from core.events import Event, history
from core.permissions import Permission
from core.speech import name_of, say
from core.web import actor, db, requires
from core.words import T_, Words

bp = Blueprint("scheme_editor", __name__, url_prefix="/schemes/<int:version_id>/parts")
_PARTS = ", ".join(Part)
Cells = tuple[tuple[str, int], ...]
_TITLE: Cells = (("title-zh", 4), ("title-en", 4))

# How a part is laid out: lists of rows and groups of fields, each field with its width in twelfths.
ROWS_OF: dict[Part, dict[str, Cells]] = {
    Part.LEVELS: {"levels": (*_TITLE, ("cut", 4))},
    Part.DIMENSIONS: {
        "dimensions": (("code", 4), *_TITLE, ("weight", 4), ("quantity_share", 4)),
    },
    Part.METRICS: {
        "metrics": (
            ("code", 4), *_TITLE, ("dimension", 4), ("kind", 4), ("unit", 4), ("better", 4), ("decimals", 4),
            ("anchors", 0), ("explanation-zh", 6), ("explanation-en", 6),
        ),
    },
    Part.TIME: {
        "audit_time-table": (("up_to", 4), ("days", 4)),
        "audit_time-factors": (("code", 4), *_TITLE, ("share", 4)),
    },
    Part.COMPETENCE: {"competence_areas": (("code", 4), *_TITLE, ("dimensions", 12))},
    Part.BENCHMARKS: {
        "benchmarks": (
            ("code", 4), *_TITLE, ("better", 2), ("value", 2), ("unit", 2), ("metric", 3), ("within_hours", 3),
        ),
    },
}  # fmt: skip
FIELDS_OF: dict[Part, Cells] = {
    Part.FRAME: (("title-zh", 6), ("title-en", 6), ("standard_version_id", 12)),
    Part.RATING: (
        ("rating-anchor_scores", 0), ("rating-confidence", 6), ("rating-weakest_plus", 6),
        ("rating-minimum_window_days", 6), ("rating-short_window_max_level", 6),
    ),
    Part.DEADLINES: (
        ("deadlines-major", 0), ("deadlines-minor", 0), ("reminders_days", 6),
    ),
    Part.CYCLE: (
        ("cycle-years", 6), ("cycle-surveillance_rule", 6), ("cycle-surveillance_months", 6),
        ("cycle-surveillance_grace_days", 6), ("cycle-recertification_lead_months", 6), ("restoration_months", 6),
        ("suspension-max_months", 6), ("major_verification_months", 6), ("decision-deciders", 6),
        ("cooling_off_years", 6), ("retention_cycles", 6), ("report_comment_days", 6),
    ),
    Part.TIME: (
        ("audit_time-reduction_limit", 6), ("audit_time-stage1_share", 6), ("audit_time-surveillance_share", 6),
        ("audit_time-recertification_share", 6),
    ),
    Part.SITES: (
        ("site_sampling-initial", 6), ("site_sampling-surveillance", 6), ("site_sampling-recertification", 6),
        ("site_sampling-random_share", 6),
    ),
    Part.CERTIFICATE: (
        ("certificate-validity_months", 4), ("certificate-number_pattern", 8),
        *((f"status_words-{status}", 0) for status in forms.STATUS_WORDS),
    ),
}  # fmt: skip


@bp.route(f"/<any({_PARTS}):part>", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def edit(version_id: int, part: str) -> ResponseReturnValue:
    """Change one part of a draft; what is not right yet stands at its field."""
    which = Part(part)
    row = schemes.own(db(), actor(), version_id)
    if row[0].state is not SchemeState.DRAFT:
        raise StepRefused(T_("Only a draft can be changed. Take it back from the review first."))
    form = _form(row, which)
    if not form.is_submitted():
        return _page(row, which, form, told=True)
    if request.form.get("keep") == "theirs":
        return redirect(url_for(".edit", version_id=version_id, part=part))
    if request.form.get("add_row") or request.form.get("remove_row"):
        fields.change_rows(
            form, request.form.get("add_row", ""), request.form.get("remove_row", "")
        )
        _fill(form, row)
        return _page(row, which, form)
    return _save(row, which, form)


def _save(row: VersionRow, part: Part, form: forms.PartForm) -> ResponseReturnValue:
    if not form.validate():
        return _page(row, part, form), 422
    if form.seen.data != digest_of(row[0].content, part):
        return _conflict(row, part, form), 409
    seen = form.seen.data
    try:
        saved = operations.save(db(), actor(), row, part, form.values(), seen=seen, now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _page(row, part, form), 422
    return _saved(row, part, saved=saved)


def _form(row: VersionRow, part: Part) -> forms.PartForm:
    content = taken(row[0].content, part)
    form = forms.FORMS[part](data=content | {"standard_version_id": row[0].standard_version_id})
    if not form.is_submitted():
        form.seen.data = digest_of(row[0].content, part)
    _fill(form, row)
    return form


def _fill(form: forms.PartForm, row: VersionRow) -> None:
    """Offer what other parts define, and a figure for each level."""
    content: Mapping[str, Any] = row[0].content
    offers = {
        "dimension": _named(content.get("dimensions")),
        "dimensions": _named(content.get("dimensions")),
        "metric": [("", "–"), *_named(content.get("metrics"))],
    }
    levels = len(content.get("levels") or ())
    for one in list(fields.fields_of(form)):
        if getattr(one, "choices", None) == [] and one.short_name in offers:
            known = one.data if isinstance(one.data, list) else [one.data]
            offered = offers[one.short_name]
            strange = [(code, code) for code in known if code and code not in dict(offered)]
            one.choices = [SelectChoice(*pair) for pair in [*offered, *strange]]
        if one.short_name in {"anchors", "anchor_scores"}:
            for _missing in range(levels - len(one.entries)):
                one.append_entry()
    if isinstance(form, forms.Frame):
        _fill_standards(form, row)


def _fill_standards(form: forms.Frame, row: VersionRow) -> None:
    standard = row[2]
    if form.is_submitted() and form.standard_version_id.data == standard.id:
        form.standard_version_id.choices = [(standard.id, standard.version)]
        return
    form.standard_version_id.choices = [
        (one.id, f"{code} {one.version}: {name_of(one)}")
        for one, code in queries.standard_choices(db(), actor(), standard.id)
    ]


def _named(rows: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    found = []
    for one in rows or ():
        code = str(one.get("code") or "")
        title = one.get("title") or {}
        name = say(Words(str(title.get("zh") or ""), str(title.get("en") or "")))
        if code:
            found.append((code, name or code))
    return found


def _saved(row: VersionRow, part: Part, *, saved: bool) -> ResponseReturnValue:
    """Say what was saved, and lead on: to what is not right, to the next part, or back to the draft."""
    version = row[0]
    wrong = len(_problems(version.content, part))
    name = say(PART_NAMES[part])
    if not saved:
        flash(gettext("“%(part)s” is as it was; nothing was changed.", part=name))
    elif wrong:
        words = ngettext(
            "“%(part)s” is saved as it stands. One entry is not right yet.",
            "“%(part)s” is saved as it stands. %(num)s entries are not right yet.",
            wrong,
            part=name,
        )
        flash(words, "warning")
    else:
        flash(gettext("“%(part)s” is saved.", part=name))
    parts = list(Part)
    onward = parts[min(parts.index(part) + 1, len(parts) - 1)]
    if request.form.get("onward") and onward is not part:
        return redirect(url_for(".edit", version_id=version.id, part=onward.value))
    if wrong:
        return redirect(url_for(".edit", version_id=version.id, part=part.value))
    return redirect(url_for("schemes.show", version_id=version.id, _anchor=part.value))


def _problems(content: Mapping[str, Any], part: Part | None = None) -> list[Problem]:
    problems = read_scheme(content)[1]
    return [one for one in problems if part is None or part_of(one.pointer) is part]


def _conflict(row: VersionRow, part: Part, form: forms.PartForm) -> str:
    """Show both where somebody else saved this part meanwhile; the form then carries what is there now."""
    content = row[0].content
    values = form.values()
    values.pop("standard_version_id", None)
    mine = taken(merged(content, part, values), part)
    pairs = differences(taken(content, part), mine)
    labels = {pointer: _sentence(pointer) for pointer in pairs}
    last = _last_saving(row, part)
    sides: list[dict[str, Any]] = [
        {
            "who": last.actor_name if last and side == 0 else actor().name,
            "at": last.at if last and side == 0 else None,
            "entries": [(labels[key], shown(pair[side]) or "–") for key, pair in pairs.items()],
        }
        for side in (0, 1)
    ]
    form.seen.data = digest_of(content, part)
    if isinstance(form, forms.Frame):
        _fill_standards(form, row)
    return _page(row, part, form, conflict=sides)


def _last_saving(row: VersionRow, part: Part) -> Event | None:
    """Give the event by which a part was saved last."""
    for event in history(db(), row[0], limit=50):
        pointers = [*event.before, *event.after]
        if event.name == "scheme:edited" and any(part_of(one) is part for one in pointers):
            return event
    return None


def _sentence(pointer: str) -> str:
    return str(gettext(", ")).join(say(piece) for piece in place(pointer))


def _page(
    row: VersionRow,
    part: Part,
    form: forms.PartForm,
    *,
    told: bool = False,
    conflict: Sequence[Mapping[str, Any]] = (),
) -> str:
    version, scheme, _standard, body = row
    problems = _problems(version.content)
    if told:
        for one in problems:
            if part_of(one.pointer) is part:
                fields.tell(form, field_of(one.pointer), say(one.text))
    rules, _all = read_scheme(version.content)
    parts = list(Part)
    return render_template(
        "checklists/scheme_editor/edit.html",
        version=version,
        scheme=scheme,
        part=part,
        name=PART_NAMES[part],
        form=form,
        told=told,
        conflict=conflict,
        blocks=_blocks(form, part),
        last=part is parts[-1],
        parts=[
            {
                "label": PART_NAMES[one],
                "href": url_for(".edit", version_id=version.id, part=one.value),
                "here": one is part,
                "wrong": sum(part_of(problem.pointer) is one for problem in problems),
            }
            for one in parts
        ],
        total=shown(sum_of(_rows(form), "weight")) if part is Part.DIMENSIONS else None,
        example=schemes.example_number(rules, problems, body) if part is Part.CERTIFICATE else "",
    )


def _rows(form: forms.PartForm) -> list[dict[str, Any]]:
    return [dict(one) for one in form.values()["dimensions"]]


def _blocks(form: forms.PartForm, part: Part) -> list[dict[str, Any]]:
    """Lay out the fields of a part: its lists first, then what stands alone."""
    known = {one.name: one for one in fields.fields_of(form)}
    blocks: list[dict[str, Any]] = []
    for name, cells in ROWS_OF.get(part, {}).items():
        rows = [
            {
                "entry": entry,
                "cells": [(known[f"{entry.name}-{path}"], width) for path, width in cells],
            }
            for entry in known[name].entries
        ]
        blocks.append({"list": known[name], "row": ROWS[name.replace("-", "/")], "rows": rows})
    alone = [(known[name], width) for name, width in FIELDS_OF.get(part, ())]
    return [*blocks, *([{"list": None, "cells": alone}] if alone else [])]

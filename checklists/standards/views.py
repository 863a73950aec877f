"""Pages of standards."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from checklists.standards import queries
from checklists.standards.rules import (
    AREA_NAMES,
    BADGES,
    DIMENSION_NAMES,
    METHOD_NAMES,
    STAGE_NAMES,
    Area,
    Method,
    Stage,
)
from core.events import history
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint("standards", __name__, url_prefix="/standards")


@bp.get("/")
@requires(Permission.STANDARD_READ)
def index() -> ResponseReturnValue:
    """List every version of every standard."""
    rows = queries.versions(db(), actor())
    return render_template("checklists/standards/index.html", rows=rows, badges=BADGES)


@bp.get("/<int:version_id>")
@requires(Permission.STANDARD_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Show a version with its criteria, filtered."""
    version, code = queries.version(db(), actor(), version_id)
    asked = request.args
    conditions = queries.Conditions(
        words=asked.get("q", "")[:200].strip(),
        dimension=asked.get("dimension", "")[:80],
        area=asked.get("area", "") if asked.get("area", "") in set(Area) else "",
        stage=asked.get("stage", "") if asked.get("stage", "") in set(Stage) else "",
        level=asked.get("level", type=int),
        critical=bool(asked.get("critical")),
    )
    everything = queries.criteria(db(), version_id)
    return render_template(
        "checklists/standards/show.html",
        version=version,
        code=code,
        parts=queries.parts(db(), version_id, conditions),
        conditions=conditions,
        dimensions=[
            (code, DIMENSION_NAMES.get(code, code))
            for code in dict.fromkeys(one.dimension for one in everything)
        ],
        levels=[
            (str(level), str(level)) for level in sorted({one.level_from for one in everything})
        ],
        areas=AREA_NAMES,
        stages=STAGE_NAMES,
        badge=BADGES[version.state],
        events=history(db(), version),
    )


@bp.get("/<int:version_id>/criteria/<code>")
@requires(Permission.STANDARD_READ)
def criterion(version_id: int, code: str) -> ResponseReturnValue:
    """Show one criterion whole: requirement, guidance, evidence to expect, citations."""
    version, standard_code = queries.version(db(), actor(), version_id)
    one, section = queries.criterion(db(), version_id, code)
    near = queries.neighbours(db(), one)
    return render_template(
        "checklists/standards/criterion.html",
        version=version,
        standard_code=standard_code,
        one=one,
        section=section,
        before=near.get(one.position - 1),
        after=near.get(one.position + 1),
        dimension=DIMENSION_NAMES.get(one.dimension, one.dimension),
        area=AREA_NAMES[one.area],
        stage=STAGE_NAMES[one.stage],
        methods=[METHOD_NAMES[Method(name)] for name in one.methods],
    )

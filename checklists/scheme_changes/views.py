"""The page that compares two versions."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from checklists.scheme_changes import queries
from checklists.scheme_changes.rules import Kind, compare
from checklists.scheme_parts.rules import PART_NAMES
from checklists.schemes import queries as schemes
from core.permissions import Permission
from core.speech import name_of
from core.web import actor, db, requires
from core.words import N_

bp = Blueprint("scheme_changes", __name__, url_prefix="/schemes/<int:version_id>/changes")
KIND_NAMES = {Kind.CHANGED: N_("Changed"), Kind.ADDED: N_("Added"), Kind.GONE: N_("Removed")}


@bp.get("/")
@requires(Permission.SCHEME_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Compare a version with another one, by default the one it came from."""
    row = schemes.version(db(), actor(), version_id)
    known = queries.others(db(), actor(), row[0])
    chosen = request.args.get("with", type=int) or queries.compared_by_default(row[0], known)
    other = schemes.version(db(), actor(), chosen) if chosen else None
    parts = compare(other[0].content, row[0].content) if other else []
    return render_template(
        "checklists/scheme_changes/show.html",
        version=row[0],
        scheme=row[1],
        other=other,
        chosen=chosen,
        choices=[
            (key, f"{scheme.code} {number}: {name_of(scheme)}") for key, number, scheme in known
        ],
        parts=parts,
        names=PART_NAMES,
        kinds=KIND_NAMES,
        count=sum(len(one.differences) for one in parts),
    )

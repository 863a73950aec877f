"""Pages of schemes."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from checklists.schemes import queries
from checklists.schemes.rules import BADGES
from core.events import history
from core.permissions import Permission
from core.web import db, requires

bp = Blueprint("schemes", __name__, url_prefix="/schemes")


@bp.get("/")
@requires(Permission.SCHEME_READ)
def index() -> ResponseReturnValue:
    """List every version of every scheme."""
    rows = queries.versions(db())
    return render_template("checklists/schemes/index.html", rows=rows, badges=BADGES)


@bp.get("/<int:version_id>")
@requires(Permission.SCHEME_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Explain a version: levels, dimensions, metrics with their anchors, deadlines, tables."""
    row = queries.version(db(), version_id)
    version, scheme, standard_version = row
    return render_template(
        "checklists/schemes/show.html",
        version=version,
        scheme=scheme,
        standard_version=standard_version,
        rules=queries.rules_of(version.content_sha256, version.content),
        badge=BADGES[version.state],
        events=history(db(), version),
    )

"""Where a version of a standard is used."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from audit.planning.rules import BADGES, KIND_NAMES
from audit.usage import queries
from checklists.schemes.rules import BADGES as SCHEME_BADGES
from checklists.standards import queries as standards
from core.pages import paginate
from core.permissions import Permission
from core.web import actor, db, page_number, requires

bp = Blueprint("usage", __name__, url_prefix="/standards/<int:version_id>/use")


@bp.get("/")
@requires(Permission.STANDARD_READ)
def show(version_id: int) -> ResponseReturnValue:
    """List the schemes that assess against a version and the audits that began with it."""
    version, code = standards.version(db(), actor(), version_id)
    counts = queries.audits_by_scheme(db(), actor(), version_id)
    return render_template(
        "audit/usage/show.html",
        version=version,
        code=code,
        schemes=queries.schemes(db(), version_id),
        counts=counts,
        page=paginate(db(), queries.audits(actor(), version_id), page_number()),
        badges=BADGES,
        kinds=KIND_NAMES,
        scheme_badges=SCHEME_BADGES,
    )

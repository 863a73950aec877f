"""Pages of the regulator. Nothing here changes anything."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.organisations import queries as organisations
from audit.conclusion.rules import BADGES as REPORT_BADGES
from audit.findings.rules import BADGES as FINDING_BADGES
from audit.findings.rules import GRADE_BADGES
from audit.planning.rules import BADGES as AUDIT_BADGES
from audit.planning.rules import KIND_NAMES
from certification.appeals.rules import BADGES as CASE_BADGES
from certification.appeals.rules import KIND_NAMES as CASE_KINDS
from certification.certificates.rules import BADGES, CertificateState
from certification.decisions.rules import BADGES as OUTCOMES
from core.pages import paginate
from core.permissions import Permission
from core.speech import name_of, number, say
from core.web import actor, csv_file, db, page_number, requires, search_words
from reports.oversight import queries
from reports.oversight.queries import Wanted

bp = Blueprint("oversight", __name__, url_prefix="/oversight")
SHOWN = (
    CertificateState.ACTIVE,
    CertificateState.SUSPENDED,
    CertificateState.EXPIRED,
    CertificateState.WITHDRAWN,
)


@bp.get("/")
@requires(Permission.OVERSIGHT_READ)
def index() -> ResponseReturnValue:
    """List every certificate, with figures that lead to the lists behind them."""
    wanted = _wanted()
    counted = queries.counts(db(), actor())
    return render_template(
        "reports/oversight/index.html",
        page=paginate(db(), queries.listing(actor(), wanted), page_number()),
        states_figures=_by_state(counted),
        levels_figures=_by_level(counted),
        badges=BADGES,
        bodies=[(one.id, name_of(one)) for one in organisations.bodies(db())],
        standards=[(one.id, name_of(one)) for one in queries.standards(db())],
        states=[(one.value, badge.word) for one, badge in BADGES.items()],
        levels=[(one, str(one)) for one in sorted({row[1] for row in counted})],
        sort=wanted.sort,
    )


@bp.get("/export.csv")
@requires(Permission.OVERSIGHT_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    head = [
        gettext("Number"), gettext("Holder"), gettext("Credit code"), gettext("Certification body"),
        gettext("Standard"), gettext("Level"), gettext("State"), gettext("Effective"),
        gettext("Expires"),
    ]  # fmt: skip
    rows = (
        (
            one.number, name_of(holder), holder.credit_code, name_of(body), standard.code,
            one.level, say(BADGES[one.state].word), one.effective_on, one.expires_on,
        )
        for one, holder, body, standard in db().execute(
            queries.listing(actor(), _wanted()).limit(10_000)
        )
    )  # fmt: skip
    return csv_file("certificates", head, rows)


@bp.get("/certificates/<int:certificate_id>")
@requires(Permission.OVERSIGHT_READ)
def show(certificate_id: int) -> ResponseReturnValue:
    """Show the whole file of one certificate."""
    found = queries.file(db(), actor(), certificate_id)
    return render_template(
        "reports/oversight/show.html",
        file=found,
        one=found.certificate,
        badge=BADGES[found.certificate.state],
        badges=BADGES,
        kinds=KIND_NAMES,
        audit_badges=AUDIT_BADGES,
        report_badges=REPORT_BADGES,
        finding_badges=FINDING_BADGES,
        grades=GRADE_BADGES,
        outcomes=OUTCOMES,
        case_badges=CASE_BADGES,
        case_kinds=CASE_KINDS,
        there=_there,
    )


def _there(endpoint: str, **values: int) -> str:
    """Give a page's address; empty where this installation has no such page."""
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def _wanted() -> Wanted:
    asked = request.args
    return Wanted(
        words=search_words(),
        body_id=_key("body"),
        level=_key("level"),
        state=asked.get("state", ""),
        standard_id=_key("standard"),
        until=_day(asked.get("until", "")),
        sort=asked.get("sort", ""),
    )


def _key(name: str) -> int | None:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _by_state(counted: list[tuple[CertificateState, int, int]]) -> list[dict[str, Any]]:
    kinds = {CertificateState.SUSPENDED: "warn", CertificateState.WITHDRAWN: "bad"}
    rows = []
    for state in SHOWN:
        total = sum(count for one, _level, count in counted if one is state)
        rows.append(
            {
                "label": BADGES[state].word,
                "value": number(total, 0),
                "href": url_for(".index", state=state.value),
                "kind": kinds.get(state, "") if total else "",
            }
        )
    return rows


def _by_level(counted: list[tuple[CertificateState, int, int]]) -> list[dict[str, Any]]:
    """Count the active ones by level."""
    active = CertificateState.ACTIVE
    levels = sorted({level for _state, level, _count in counted})[:6]
    return [
        {
            "label": gettext("Level %(n)s, active", n=level),
            "value": number(
                sum(count for state, one, count in counted if one == level and state is active), 0
            ),
            "href": url_for(".index", level=level, state=active.value),
        }
        for level in levels
    ]

"""Pages of certificates for those who hold, issue and oversee them."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from certification.certificates import forms, operations, queries
from certification.certificates.rules import (
    BADGES,
    CERTIFICATE,
    FINAL,
    MEANINGS,
    CertificateState,
    status_on,
)
from core.clock import local_date, utc_now
from core.errors import Invalid, NotFound
from core.events import history
from core.pages import paginate
from core.permissions import Permission, allowed
from core.speech import name_of, pick, say
from core.web import (
    actor,
    csv_file,
    db,
    next_steps,
    page_number,
    requires,
    search_words,
    settings,
)
from evidence.issued.views import preparing, send

bp = Blueprint("certificates", __name__, url_prefix="/certificates")
DECIDED = {"reduce", "suspend", "restore", "withdraw"}
MOST_LEVELS = 20  # of any scheme


@bp.get("/")
@requires(Permission.CERTIFICATE_READ)
def index() -> ResponseReturnValue:
    """List the certificates the actor may see."""
    page = paginate(db(), queries.listing(actor(), **_conditions()), page_number())
    today = local_date(utc_now())
    return render_template(
        "certification/certificates/index.html",
        page=page,
        badge_of=lambda one: BADGES[status_on(one.state, one.expires_on, today)],
        states=[(state.value, badge.word) for state, badge in BADGES.items()],
        levels=[(n, str(n)) for n in range(1, MOST_LEVELS + 1)],
        levels_of=queries.levels_of(db(), [one for one, _client, _body in page.items]),
        sort=request.args.get("sort", ""),
    )


@bp.get("/export.csv")
@requires(Permission.CERTIFICATE_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV with the fields other registries ask for (I-25), under the same conditions."""
    head = [
        gettext("Identification number"), gettext("Number"), gettext("Status"), gettext("Level"),
        gettext("Credit code"), gettext("Holder"), gettext("Address"), gettext("Certification body"),
        gettext("Effective from"), gettext("Valid until"), gettext("Renewals"), gettext("Accreditation"),
    ]  # fmt: skip
    today = local_date(utc_now())
    rows = (
        (
            one.id, one.number, say(BADGES[status_on(one.state, one.expires_on, today)].word), one.level,
            client.credit_code, name_of(client), pick(client, "address"), name_of(body),
            one.effective_on, one.expires_on, one.renewal, body.accreditation,
        )
        for one, client, body in db().execute(
            queries.listing(actor(), **_conditions()).limit(10_000)
        )
    )  # fmt: skip
    return csv_file("certificates", head, rows)


@bp.get("/<int:certificate_id>")
@requires(Permission.CERTIFICATE_READ)
def show(certificate_id: int) -> ResponseReturnValue:
    """Show one certificate: status, what it says, what can happen to it."""
    page = queries.page(db(), actor(), certificate_id)
    one = page.certificate
    today = local_date(utc_now())
    status = status_on(one.state, one.expires_on, today)
    address = f"{settings().base_url}{url_for('registry.verify', token=one.token)}"
    return render_template(
        "certification/certificates/show.html",
        page=page,
        one=one,
        status=status,
        badge=BADGES[status],
        badges=BADGES,
        meaning=MEANINGS[status],
        steps=_steps(page, status),
        decidable=status is CertificateState.ACTIVE and allowed(actor(), Permission.DECISION_TAKE),
        address=address,
        qr=_qr(address),
        events=history(db(), one),
    )


@bp.get("/<int:certificate_id>/document")
@requires(Permission.CERTIFICATE_READ)
def document(certificate_id: int) -> ResponseReturnValue:
    """Hand out the printed document of a revision, by default of the present one."""
    page = queries.page(db(), actor(), certificate_id)
    wanted = request.args.get("revision", page.current.revision.number, type=int)
    for row in page.revisions:
        if row.revision.number == wanted:
            if row.document is None:
                raise preparing()
            return send(row.document)
    raise NotFound


@bp.route("/<int:certificate_id>/cancel", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_CANCEL)
def cancel(certificate_id: int) -> ResponseReturnValue:
    """Give a certificate up, with a reason and a second sign-in."""
    one = queries.certificate(db(), actor(), certificate_id)
    form = forms.CancelForm()
    if form.validate_on_submit():
        try:
            operations.cancel(
                db(), actor(), one,
                reason=form.reason.data, password=form.password.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The certificate is cancelled; the registry says so from now on."))
            return redirect(url_for(".show", certificate_id=certificate_id))
    status = 422 if form.is_submitted() else 200
    return render_template("certification/certificates/cancel.html", one=one, form=form), status


def _steps(page: queries.CertificatePage, status: CertificateState) -> list[dict[str, Any]]:
    """Describe what is next: of a certificate in force nothing is, its other steps stand behind their links."""
    if status in FINAL or status is CertificateState.ACTIVE:
        return []
    one = page.certificate
    given = queries.facts(one, page.rules, local_date(utc_now()), scope_changes=True)
    steps = [
        row
        for row in next_steps(CERTIFICATE, status, given, urls=lambda action: _url(action, one.id))
        if row["who"] and (row["url"] or row["action"] == "restore") and row["mine"]
    ]
    for row in steps:
        row["method"] = "get"
    return steps


def _url(action: str, certificate_id: int) -> str | None:
    if action == "cancel":
        return url_for(".cancel", certificate_id=certificate_id)
    if action in DECIDED:
        return url_for("decisions.certificate", certificate_id=certificate_id, outcome=action)
    return None


def _qr(address: str) -> Markup:
    symbol = segno.make_qr(address, error="m", boost_error=False)
    svg = symbol.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 -- drawn from our own address


def _conditions() -> dict[str, Any]:
    asked = request.args
    return {
        "words": search_words(),
        "state": asked.get("state", ""),
        "level": asked.get("level", type=int),
        "sort": asked.get("sort", ""),
    }

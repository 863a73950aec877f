"""The public registry: search, verification, the certificate itself. No account, nothing kept about the reader."""

import hashlib
import json
import time
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from certification.certificates.rules import BADGES, MEANINGS, status_on
from certification.registry import forms, queries
from certification.registry.rules import LEAST_WORDS, Throttle
from core.clock import local_date, utc_now
from core.errors import TooMany
from core.pages import paginate
from core.speech import language
from core.web import db, page_number, public, search_words
from core.words import N_
from evidence.issued.views import preparing, send

bp = Blueprint("registry", __name__)
MOST_LEVELS = 9


@bp.get("/registry")
@public
def index() -> ResponseReturnValue:
    """Search the certificates by holder, number or credit code; nothing is listed without words."""
    words = search_words()
    level = request.args.get("level", type=int)
    page = None
    if len(words) >= LEAST_WORDS:
        query = queries.search(
            words, state=request.args.get("state", ""), level=level, today=_today()
        )
        page = paginate(db(), query, page_number())
    return render_template(
        "certification/registry/index.html",
        words=words,
        page=page,
        least=LEAST_WORDS,
        badges=BADGES,
        states=[(state.value, badge.word) for state, badge in BADGES.items()],
        level_choices=[(n, str(n)) for n in range(1, MOST_LEVELS + 1)],
        status_of=lambda one: status_on(one.state, one.expires_on, _today()),
        words_of=queries.words_of,
    )


@bp.route("/registry/verify", methods=["GET", "POST"])
@public
def by_number() -> ResponseReturnValue:
    """Find a certificate by its number and its holder's name; both have to be right."""
    form = forms.ByNumber()
    if form.is_submitted():
        _count_a_try()
    if form.validate_on_submit():
        token = queries.token_by_number(db(), form.number.data, form.holder.data)
        if token is not None:
            return redirect(url_for(".verify", token=token), 303)
        form.form_errors = [gettext("No certificate has this number and this holder.")]
    status = 422 if form.is_submitted() else 200
    return render_template("certification/registry/by_number.html", form=form), status


@bp.get("/verify/<token>")
@public
def verify(token: str) -> ResponseReturnValue:
    """Tell the status of a certificate at this moment, and on a past day that is asked for."""
    found = queries.verified(db(), token, _today())
    statuses, revisions = queries.past(db(), found.certificate.id)
    day = _asked_day()
    return render_template(
        "certification/registry/verify.html",
        found=found,
        one=found.certificate,
        content=found.content,
        badge=BADGES[found.status],
        badges=BADGES,
        meaning=MEANINGS[found.status],
        statuses=statuses,
        revisions=revisions,
        words_of=queries.words_of,
        now=utc_now(),
        day=day,
        then=queries.state_at(statuses, found.certificate, day) if day else None,
    )


@bp.get("/verify/<token>.json")
@public
def as_json(token: str) -> ResponseReturnValue:
    """Tell the same to a machine."""
    found = queries.verified(db(), token, _today())
    content = found.content
    told = {
        "number": found.certificate.number,
        "status": found.status.value,
        "level": found.certificate.level,
        "holder": _in_language(content["holder"]),
        "scope": _in_language(content["scope"]),
        "effective_on": found.certificate.effective_on.isoformat(),
        "expires_on": found.certificate.expires_on.isoformat(),
        "revision": found.revision.number,
        "document_sha256": found.document.sha256 if found.document else None,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest())
    response.vary.add("Accept-Language")
    response.make_conditional(request)
    return response


@bp.get("/verify/<token>/certificate.pdf")
@public
def document(token: str) -> ResponseReturnValue:
    """Hand out the printed certificate, the very file whose digest the page shows."""
    found = queries.verified(db(), token, _today())
    if found.document is None:
        raise preparing()
    return send(found.document)


def _today() -> date:
    return local_date(utc_now())


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def _in_language(pair: dict[str, str]) -> str:
    return queries.words_of(pair).in_language(language())


def _count_a_try() -> None:
    """Slow down whoever tries numbers and names one after the other."""
    throttle: Any = current_app.extensions.setdefault("registry_throttle", Throttle())
    seconds = throttle.wait(request.remote_addr or "", time.monotonic())
    if seconds:
        raise TooMany(N_("Too many tries. Wait a moment and try again."), seconds)

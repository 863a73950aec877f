"""HTTP, once: permission marks, one transaction a request, error pages, headers."""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from core import speech
from core.db import violated, write_kept, writing
from core.errors import DomainError, Stale, StepRefused, TooMany, Unavailable
from core.lifecycle import Lifecycle, Reason, Standing, who
from core.pages import csv_text
from core.permissions import Actor, Permission, allowed
from core.settings import Settings
from core.wording import word_changes
from core.words import N_, T_

log = logging.getLogger(__name__)
say = speech.say
csrf = CSRFProtect()
_GREATEST_KEY = 2**63 - 1  # a database holds no greater one
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:; manifest-src 'self'; script-src 'self' 'nonce-{nonce}'; "
    "style-src 'self'"
)

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])


def requires(*permissions: Permission) -> Callable[[V], V]:
    """Mark a view with the permissions of which it needs one."""

    def mark(view: V) -> V:
        vars(view)["permissions"] = permissions
        return view

    return mark


def public(view: V) -> V:
    """Mark a view as open to anyone."""
    vars(view)["permissions"] = ()
    return view


def leaves_trace(view: V) -> V:
    """Mark a GET view that writes (who saw what), so that it commits."""
    vars(view)["leaves_trace"] = True
    return view


def db() -> Session:
    """Give the session of this request, opening it on first use."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    if g.get("will_write") and not g.session.in_transaction():
        writing(g.session)
    return cast("Session", g.session)


def actor() -> Actor:
    """Give who acts in this request; only views with a permission may ask."""
    return cast("Actor", g.actor)


def maybe_actor() -> Actor | None:
    """Give who acts, or nobody on a public page."""
    return cast("Actor | None", g.get("actor"))


def settings() -> Settings:
    """Give the installation's settings."""
    return cast("Settings", current_app.extensions["settings"])


def at(endpoint: str) -> bool:
    """Say whether the present page belongs to the part of the product that an endpoint opens."""
    return bool(request.blueprint) and request.blueprint == endpoint.partition(".")[0]


def page_number() -> int:
    """Read ``?page=``; anything else than a number is the first page."""
    return request.args.get("page", 1, type=int) or 1


def search_words(name: str = "q") -> str:
    """Read the text of a search field: trimmed, of sensible length, without control characters."""
    given = request.args.get(name, "")[:200]
    return "".join(sign for sign in given if sign.isprintable()).strip()


def safe_next(given: str | None, fallback: str) -> str:
    """Give a place on this site to go on to; never another host."""
    if not given:
        return fallback
    parts = urlsplit(given.replace("\\", "/"))
    inside = (
        not parts.scheme
        and not parts.netloc
        and parts.path.startswith("/")
        and not given.startswith("//")
    )
    return given if inside and not any(ord(sign) < 32 for sign in given) else fallback


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a table as a CSV file to save; ``name`` without its ending."""
    response = Response(csv_text(head, rows), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def init_app(
    app: Flask,
    sessions: sessionmaker[Session],
    given: Settings,
    find_actor: Callable[[], Actor | None],
) -> None:
    """Install the guard, the transaction, the headers and the error pages.

    ``find_actor`` reads who is signed in (one query); it is called before the body of a request is read.
    """
    app.extensions["sessions"] = sessions
    app.extensions["settings"] = given
    csrf.init_app(app)
    babel = Babel(app, locale_selector=speech.language, timezone_selector=speech.zone)
    vars(babel)["domain_instance"] = speech.Catalogues()  # a cached property
    app.jinja_env.filters.update(speech.FILTERS)
    app.jinja_env.globals.update(
        say=say,
        tell=speech.tell,
        who=who,
        may=_may,
        Reason=Reason,
        languages=speech.LANGUAGES,
        word_changes=word_changes,
    )
    app.context_processor(_context)
    app.before_request(lambda: _guard(find_actor))
    app.after_request(_settle)
    app.teardown_request(_close)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, lambda _error: _refused(Stale(_STALE)))
    for kind in (OperationalError, PoolTimeout):
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(Exception, _broken)


_STALE = N_("Somebody else changed this while you were working on it.")


def _guard(find_actor: Callable[[], Actor | None]) -> ResponseReturnValue | None:
    g.csp_nonce = secrets.token_urlsafe(16)
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static" or endpoint.endswith(".static"):
        return None
    permissions = vars(current_app.view_functions[endpoint])[
        "permissions"
    ]  # an unmarked view is a bug
    g.actor = find_actor()
    if permissions:
        if g.actor is None:
            return _ask_to_sign_in()
        if not any(allowed(g.actor, permission) for permission in permissions):
            abort(403)
    _refuse_great_keys()
    if request.method in _UNSAFE:
        # Let go of what was read before the body comes in: a slow upload must not hold the database.
        if "session" in g:
            g.session.rollback()
        csrf.protect()
        g.will_write = True
    elif vars(current_app.view_functions[endpoint]).get("leaves_trace"):
        g.will_write = True
    return None


def _refuse_great_keys() -> None:
    given = (request.view_args or {}).values()
    if any(isinstance(key, int) and key > _GREATEST_KEY for key in given):
        abort(404)


def _ask_to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("people.sign_in", next=target))


def _settle(response: Response) -> Response:
    response = _finish_transaction(response)
    _write_kept()
    nonce = g.get("csp_nonce", "")
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault(
        "Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=()"
    )
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static" and not (request.endpoint or "").endswith(".static"):
        headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Cookie", "Accept-Language"))
    return response


def _finish_transaction(response: Response) -> Response:
    session = g.get("session")
    if session is None:
        return response
    if not (g.get("will_write") and response.status_code < 400):
        session.rollback()
        return response
    try:
        session.commit()
    except (OperationalError, PoolTimeout) as error:
        session.rollback()
        return current_app.make_response(_database_away(error))
    except (IntegrityError, StaleDataError) as error:
        session.rollback()
        log.warning("refused at commit: %s", error)
        return current_app.make_response(_refused(Stale(_STALE)))
    return response


def _write_kept() -> None:
    """Write what must stay although the request failed; if the database refuses, the answer stands."""
    if "session" not in g:
        return
    try:
        write_kept(g.session)
    except (OperationalError, PoolTimeout):
        log.exception("a row that should outlive its request was lost")
        g.session.rollback()


def _close(_error: BaseException | None) -> None:
    if "session" in g:
        g.session.close()


def _context() -> dict[str, Any]:
    lang = speech.language()
    return {
        "lang": lang,
        "html_lang": "zh-CN" if lang.startswith("zh") else "en",
        "theme": g.get("theme"),
        "csp_nonce": g.get("csp_nonce", ""),
        "shell": _shell(),
        "demo": settings().demo,
        "actor": maybe_actor(),
        "words": say,
    }


def _shell() -> Any:
    if g.get("actor") is None or g.get("bare"):
        return None
    return current_app.extensions["shell"](g.actor)


def _may(permission: str) -> bool:
    return allowed(maybe_actor(), Permission(permission))


# -- steps on a page ---------------------------------------------------------------------------------------------------


def next_steps(
    lifecycle: Lifecycle[Any, Any], state: Any, facts: Any, *, urls: Callable[[str], str | None]
) -> list[dict[str, Any]]:
    """Describe every step out of a state for the page: who, what, the reasons, where it is taken.

    ``urls`` gives the address that takes an action (``None``: not from this page).
    """
    rows: list[Standing[Any, Any]] = lifecycle.standings(state, facts, maybe_actor())
    return [
        {
            "action": row.step.action,
            "title": row.step.title,
            "effect": row.step.effect,
            "who": who(row.step),
            "mine": row.mine,
            "open": row.open,
            "reasons": row.reasons,
            "url": urls(row.step.action),
        }
        for row in rows
    ]


# -- error pages -------------------------------------------------------------------------------------------------------


def _refused(error: DomainError) -> ResponseReturnValue:
    _undo()
    reasons = error.reasons if isinstance(error, StepRefused) else ()
    answer = _page(error.status, message=say(error.text), reasons=reasons)
    if isinstance(error, TooMany):
        response = current_app.make_response(answer)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return answer


def _forged(_error: CSRFError) -> ResponseReturnValue:
    _undo()
    text = T_(
        "This form was open for too long, or cookies are off. Go back, reload the page and send it again."
    )
    return _page(400, message=say(text), reasons=())


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    _undo()
    return _page(error.code, message="", reasons=())


def _database_away(error: Exception) -> ResponseReturnValue:
    log.error("database: %s", error)
    _undo()
    g.bare = True
    text = T_("The database does not answer right now. Nothing was changed. Try again in a moment.")
    return _page(Unavailable.status, message=say(text), reasons=())


def _conflict(error: IntegrityError) -> ResponseReturnValue:
    log.warning("refused by %s", violated(error))
    return _refused(Stale(N_("This conflicts with what is already kept. Nothing was changed.")))


def _broken(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    log.error("a page failed", exc_info=error)
    _undo()
    g.bare = True
    return _page(500, message="", reasons=())


def _undo() -> None:
    if "session" in g:
        g.session.rollback()


def _page(status: int, **context: Any) -> ResponseReturnValue:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return {"error": status, "message": context["message"]}, status
    known = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}
    name = status if status in known else (400 if status < 500 else 500)
    headers = {"Retry-After": "5"} if status == Unavailable.status else {}
    return render_template(f"errors/{name}.html", status=status, **context), status, headers

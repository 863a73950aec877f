"""Signing in and out, the language, and for whom one acts."""

from ipaddress import ip_address, ip_network
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext, refresh
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from accounts.people import forms, operations, queries, rules
from accounts.people.queries import Visitor
from core.clock import utc_now
from core.errors import Invalid, TooMany
from core.events import history
from core.permissions import ROLE_NAMES, Actor, Permission, Role
from core.speech import LANGUAGES, name_of
from core.web import actor, db, public, requires, safe_next, settings
from core.words import N_

bp = Blueprint("people", __name__)
LANGUAGE_COOKIE = "language"
DEMO_ACCOUNTS = (
    ("admin@demo.example", N_("Administrator of a certification body")),
    ("planner@demo.example", N_("Planner: applications, programmes, teams")),
    ("lead@demo.example", N_("Auditor who leads audits")),
    ("auditor@demo.example", N_("Auditor in a team")),
    ("decider@demo.example", N_("Decider: reviews the file and certifies")),
    ("officer@demo.example", N_("Officer for appeals and complaints")),
    ("manager@demo.example", N_("Manager of a service provider")),
    ("member@demo.example", N_("Member of a service provider")),
    ("inspector@demo.example", N_("Inspector of the regulator")),
)


class _SignedIn(UserMixin):
    """What Flask-Login carries: the token of the cookie and who it belongs to."""

    def __init__(self, token: str, visitor: Visitor | None = None) -> None:
        self.id = token
        self.visitor = visitor


def init_app(app: Flask) -> None:
    """Install Flask-Login over the sessions kept on the server."""
    login = LoginManager()
    login.session_protection = (
        None  # the session row decides, not the address or the browser's name
    )
    login.init_app(app, add_context_processor=False)  # a page without a database asks for nobody
    login.user_loader(_load)
    app.after_request(_keep_language)


def find_actor() -> Visitor | None:
    """Give who is signed in (one statement, none without a cookie), and set how they read."""
    wanted = request.args.get("lang")
    visitor = cast("Visitor | None", getattr(current_user, "visitor", None))
    if visitor is not None:
        g.language, g.zone, g.theme = visitor.language, visitor.time_zone, visitor.theme
        if utc_now() - visitor.seen_at >= rules.SEEN_EVERY:
            _touch(visitor)
    if wanted in LANGUAGES:
        g.language = wanted
    return visitor


def frame(actor: Actor) -> dict[str, object]:
    """Describe who acts, for the rail: organisation, roles, person and where else they could act."""
    visitor = cast("Visitor", actor)
    return {
        "organisation": name_of(visitor.place),
        "roles": role_words(visitor.roles),
        "person": visitor.name,
        "others": [
            (place.membership_id, name_of(place), role_words(place.roles))
            for place in visitor.memberships
            if place != visitor.place
        ],
    }


def role_words(roles: frozenset[Role]) -> str:
    """Name roles in the reader's language, in the order of ``Role``."""
    comma = "、" if str(get_locale()).startswith("zh") else ", "
    return comma.join(gettext(ROLE_NAMES[role]) for role in Role if role in roles)


def address() -> str:
    """Give where a request comes from; of an IPv6 address the network, which one person holds whole."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def enter(token: str) -> None:
    """Put a session's token into the cookie; nothing of the browser's former session stays."""
    session.clear()
    login_user(_SignedIn(token))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    form = forms.SignIn()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    if not form.validate_on_submit():
        return _sign_in_page(form, 422 if form.is_submitted() else 200)
    now, email = utc_now(), str(form.email.data)
    with current_app.extensions["sessions"]() as reading:  # the slow hash below must hold no lock
        trial = queries.trial(reading, email, address(), now)
    try:
        person_id = operations.prove(trial, str(form.password.data), now)
    except operations.WrongPassword as error:
        operations.note_failure(db(), email, address(), now=now)
        form.refuse(error)
        return _sign_in_page(form, 422)
    except TooMany as error:
        form.refuse(error)
        return *_sign_in_page(form, 429), {"Retry-After": str(error.seconds)}
    token = operations.sign_in(
        db(),
        person_id,
        str(form.password.data),
        address=address(),
        agent=request.user_agent.string,
        now=now,
    )
    enter(token)
    if not queries.belongs_somewhere(db(), person_id):
        return redirect(url_for(".account"))
    return redirect(safe_next(form.next.data, "/"))


@bp.post("/sign-out")
@requires(Permission.ACCOUNT_OWN)
def sign_out() -> ResponseReturnValue:
    """End this session, and let the browser delete what it keeps of this site (audits taken along, say)."""
    operations.sign_out(db(), visitor(), now=utc_now())
    logout_user()
    session.clear()
    flash(gettext("You are signed out."))
    return redirect(url_for(".sign_in")), {"Clear-Site-Data": '"storage"'}


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Read on in another language; kept with the person where somebody is signed in."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise Invalid(N_("This language is not available."))
    if g.actor is not None and g.actor.language != wanted:
        operations.change_settings(db(), g.actor, {"language": wanted}, now=utc_now())
    g.keep_language = wanted
    return redirect(safe_next(request.form.get("next"), "/"))


@bp.post("/act-for")
@requires(Permission.ACCOUNT_OWN)
def act_for() -> ResponseReturnValue:
    """Go on for another organisation one belongs to."""
    key = request.form.get("membership", 0, type=int)
    operations.act_for(db(), visitor(), key, now=utc_now())
    return redirect("/")


@bp.get("/account")
@requires(Permission.ACCOUNT_OWN)
def account() -> ResponseReturnValue:
    """Show one's own account: settings, password, sessions, memberships."""
    return _account_page()


@bp.post("/account/settings")
@requires(Permission.ACCOUNT_OWN)
def change_settings() -> ResponseReturnValue:
    """Change one's name, language, time zone and colours."""
    form = forms.Settings()
    if not form.validate():
        return _account_page(settings_form=form), 422
    new = {name: form[name].data for name in ("name", "language", "time_zone", "theme")}
    operations.change_settings(db(), visitor(), new, now=utc_now())
    g.keep_language = new["language"]
    g.language = new["language"]
    refresh()
    flash(gettext("Your settings are kept."))
    return redirect(url_for(".account"))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change one's password, knowing the old one."""
    form = forms.Password()
    if form.validate():
        try:
            operations.change_password(
                db(), visitor(), form.password.data, form.new_password.data, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("Your password is changed. Everywhere else you are signed out."))
            return redirect(url_for(".account"))
    return _account_page(password_form=form), 422


@bp.post("/account/sessions/<int:sign_in_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's sessions."""
    operations.end_session(db(), visitor(), sign_in_id, now=utc_now())
    flash(gettext("This session is ended."))
    return redirect(url_for(".account", _anchor="sessions"))


@bp.post("/account/sessions/end-others")
@requires(Permission.ACCOUNT_OWN)
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's sessions but this one."""
    number = operations.end_other_sessions(db(), visitor(), now=utc_now())
    flash(ngettext("%(num)s session is ended.", "%(num)s sessions are ended.", number))
    return redirect(url_for(".account", _anchor="sessions"))


@bp.route("/reset", methods=["GET", "POST"])
@public
def request_reset() -> ResponseReturnValue:
    """Ask for a letter that lets one set a new password."""
    form = forms.ResetRequest()
    if form.validate_on_submit():
        try:
            operations.request_reset(db(), form.email.data, address=address(), now=utc_now())
        except TooMany as error:
            form.refuse(error)
            page = render_template("accounts/people/request_reset.html", form=form)
            return page, 429, {"Retry-After": str(error.seconds)}
        flash(gettext("If there is an account with this address, a letter is on its way to it."))
        return redirect(url_for(".sign_in"))
    page = render_template("accounts/people/request_reset.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by a letter."""
    key = settings().secret_key
    letter = queries.letter(db(), key, token, rules.LetterKind.RESET, utc_now())
    if letter is None:
        return link_over(url_for(".request_reset"))
    form = forms.Reset()
    if form.validate_on_submit():
        try:
            operations.reset_password(db(), letter, form.new_password.data, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("Your new password is set. Sign in with it."))
            return redirect(url_for(".sign_in"))
    page = render_template("accounts/people/reset.html", form=form, letter=letter)
    return page, 422 if form.is_submitted() else 200


def link_over(anew: str = "") -> ResponseReturnValue:
    """Answer a link that was used, withdrawn or is too old (404); ``anew`` is where to get another."""
    return render_template("accounts/people/link_over.html", anew=anew), 404


def visitor() -> Visitor:
    """Give who acts, with what only this product's sessions know."""
    return cast("Visitor", actor())


def _load(token: str) -> _SignedIn | None:
    found = queries.visitor(db(), operations.token_digest(token), utc_now())
    return _SignedIn(token, found) if found else None


def _touch(visitor: Visitor) -> None:
    """Note the use of a session, in a transaction of its own before the request's begins."""
    db().rollback()
    with current_app.extensions["sessions"]() as own:
        operations.touch(own, visitor.sign_in_id, now=utc_now())
        own.commit()


def _keep_language(response: Response) -> Response:
    wanted = g.get("keep_language") or request.args.get("lang")
    if wanted in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            str(wanted),
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings().secure_cookies,
        )
    return response


def _account_page(
    settings_form: forms.Settings | None = None, password_form: forms.Password | None = None
) -> str:
    me = visitor()
    person = queries.person(db(), me.person_id)
    live = queries.live_sessions(db(), me.person_id, utc_now())
    return render_template(
        "accounts/people/account.html",
        me=me,
        settings_form=settings_form or forms.Settings(formdata=None, obj=person),
        password_form=password_form or forms.Password(formdata=None),
        sessions=[(row, rules.device(row.agent), row.id == me.sign_in_id) for row in live],
        places=[(place, role_words(place.roles), place == me.place) for place in me.memberships],
        events=history(db(), person, limit=8),
    )


def _sign_in_page(form: forms.SignIn, status: int) -> tuple[str, int]:
    shown = DEMO_ACCOUNTS if settings().demo else ()
    page = render_template(
        "accounts/people/sign_in.html", form=form, accounts=shown, password=rules.DEMO_PASSWORD
    )
    return page, status

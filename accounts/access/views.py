"""Pages of members and invitations, and of those who come in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.access import forms, operations, queries
from accounts.access.operations import Invitee
from accounts.access.queries import PersonRow, Wanted
from accounts.access.rules import BADGES, LIFECYCLE, MembershipState
from accounts.organisations.models import Organisation
from accounts.organisations.operations import Registered
from accounts.people import operations as people
from accounts.people import queries as people_queries
from accounts.people.models import Letter, Person
from accounts.people.rules import LetterKind
from accounts.people.views import address, enter, link_over, role_words
from core.clock import utc_now
from core.errors import Invalid, TooMany
from core.events import history
from core.forms import Form
from core.permissions import ROLE_NAMES, ROLES_OF, Permission, Role
from core.speech import language
from core.web import (
    actor,
    csv_file,
    db,
    maybe_actor,
    next_steps,
    page_number,
    public,
    requires,
    search_words,
    settings,
)

bp = Blueprint("access", __name__)


@bp.get("/people")
@requires(Permission.PEOPLE_READ)
def index() -> ResponseReturnValue:
    """List the members of one's organisation and the open invitations."""
    wanted = _wanted()
    return render_template(
        "accounts/access/index.html",
        page=queries.people(db(), actor(), wanted, page_number()),
        wanted=wanted,
        badges=BADGES,
        roles=[(role.value, ROLE_NAMES[role]) for role in ROLES_OF[actor().organisation_kind]],
        states=[(state.value, BADGES[state].word) for state in MembershipState],
        role_words=role_words,
        invitations=queries.invitations(db(), actor()),
        now=utc_now(),
    )


@bp.get("/people.csv")
@requires(Permission.PEOPLE_READ)
def export() -> ResponseReturnValue:
    """Give the list of members, as filtered, for a spreadsheet."""
    rows = queries.all_people(db(), actor(), _wanted())
    head = [gettext("Person"), gettext("E-mail address"), gettext("Roles"), gettext("State")]
    head += [gettext("Since"), gettext("Until")]
    return csv_file(
        "people",
        head,
        (
            (
                row.name,
                row.email,
                role_words(row.roles),
                gettext(BADGES[row.state].word),
                row.membership.created_at.date().isoformat(),
                row.membership.ended_at.date().isoformat() if row.membership.ended_at else "",
            )
            for row in rows
        ),
    )


@bp.get("/people/<int:membership_id>")
@requires(Permission.PEOPLE_READ)
def show(membership_id: int) -> ResponseReturnValue:
    """Show a member with roles and what can be done about them."""
    return _member_page(queries.person(db(), actor(), membership_id))


@bp.post("/people/<int:membership_id>/roles")
@requires(Permission.PEOPLE_MANAGE)
def change_roles(membership_id: int) -> ResponseReturnValue:
    """Give a member other roles."""
    row = queries.person(db(), actor(), membership_id)
    form = forms.Roles(actor().organisation_kind)
    if form.validate():
        try:
            operations.change_roles(
                db(),
                actor(),
                row,
                _roles(form.roles.data),
                revision=form.revision.data,
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The roles of %(name)s are changed.", name=row.name))
            return redirect(url_for(".show", membership_id=membership_id))
    return _member_page(row, roles_form=form), 422


@bp.post("/people/<int:membership_id>/end")
@requires(Permission.PEOPLE_MANAGE)
def end(membership_id: int) -> ResponseReturnValue:
    """End a membership, with the reason."""
    row = queries.person(db(), actor(), membership_id)
    form = forms.End()
    if not form.validate():
        return _member_page(row, end_form=form), 422
    operations.end(db(), actor(), row, reason=form.reason.data, now=utc_now())
    flash(gettext("The membership of %(name)s is ended.", name=row.name))
    return redirect(url_for(".index"))


@bp.route("/people/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody to one's organisation."""
    form = forms.Invitation(actor().organisation_kind)
    if request.method == "GET":
        form.language.data = language()
    if form.validate_on_submit():
        invitee = Invitee(
            form.email.data, form.name.data or "", form.language.data, _roles(form.roles.data)
        )
        try:
            operations.invite(db(), actor(), invitee, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The invitation to %(email)s is on its way.", email=invitee.email))
            return redirect(url_for(".index"))
    page = render_template("accounts/access/invite.html", form=form, duties=_duties())
    return page, 422 if form.is_submitted() else 200


@bp.post("/people/invitations/<int:letter_id>/send-again")
@requires(Permission.PEOPLE_MANAGE)
def send_again(letter_id: int) -> ResponseReturnValue:
    """Send an open invitation once more."""
    letter = queries.invitation(db(), actor(), letter_id)
    operations.send_again(db(), actor(), letter, now=utc_now())
    flash(gettext("The invitation to %(email)s is on its way.", email=letter.email))
    return redirect(url_for(".index", _anchor="invitations"))


@bp.post("/people/invitations/<int:letter_id>/withdraw")
@requires(Permission.PEOPLE_MANAGE)
def withdraw(letter_id: int) -> ResponseReturnValue:
    """Withdraw an open invitation."""
    letter = queries.invitation(db(), actor(), letter_id)
    operations.withdraw(db(), actor(), letter, now=utc_now())
    flash(
        gettext(
            "The invitation to %(email)s is withdrawn; its link no longer works.",
            email=letter.email,
        )
    )
    return redirect(url_for(".index", _anchor="invitations"))


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> ResponseReturnValue:
    """Take up an invitation: with a new account, or with the one there is."""
    key = settings().secret_key
    letter = people_queries.letter(db(), key, token, LetterKind.INVITATION, utc_now())
    if letter is None:
        return link_over()
    person = queries.person_by_email(db(), letter.email)
    me = maybe_actor()
    if person is None:
        return _join_anew(letter)
    if me is not None and me.person_id == person.id:
        return _join_signed_in(letter, person)
    return _join_known(letter, person)


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Register a service provider; its first manager gets a letter."""
    form = forms.Registration()
    if request.method == "GET":
        form.language.data = language()
    status, headers = (422 if form.is_submitted() else 200), {}
    if form.validate_on_submit():
        given = Registered(form.name_zh.data or "", form.name_en.data or "", form.credit_code.data)
        manager = Invitee(
            form.email.data, form.person_name.data, form.language.data, frozenset({Role.MANAGER})
        )
        try:
            operations.register(db(), given, manager, address=address(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        except TooMany as error:
            form.refuse(error)
            status, headers = 429, {"Retry-After": str(error.seconds)}
        else:
            return render_template("accounts/access/registered.html", email=manager.email)
    return render_template("accounts/access/register.html", form=form), status, headers


def _join_anew(letter: Letter) -> ResponseReturnValue:
    form = forms.JoinAnew(data={"name": letter.name})
    if form.validate_on_submit():
        now = utc_now()
        try:
            person = operations.join_anew(
                db(), letter, name=form.name.data, password=form.new_password.data, now=now
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return _come_in(person)
    return _accept_page("accounts/access/join_anew.html", letter, form)


def _join_signed_in(letter: Letter, person: Person) -> ResponseReturnValue:
    form = forms.Join()
    if form.validate_on_submit():
        try:
            operations.join(db(), letter, person, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("You belong to this organisation now. Choose there for whom you act."))
            return redirect(url_for("people.account", _anchor="places"))
    return _accept_page("accounts/access/join.html", letter, form)


def _join_known(letter: Letter, person: Person) -> ResponseReturnValue:
    form = forms.JoinKnown()
    if form.validate_on_submit():
        now = utc_now()
        trial = people_queries.trial(db(), person.email, address(), now)
        try:
            people.prove(trial, form.password.data, now)
            operations.join(db(), letter, person, now=now)
        except people.WrongPassword as error:
            people.note_failure(db(), person.email, address(), now=now)
            form.refuse(error)
        except (Invalid, TooMany) as error:
            form.refuse(error)
        else:
            return _come_in(person)
    return _accept_page("accounts/access/join_known.html", letter, form)


def _come_in(person: Person) -> ResponseReturnValue:
    token = people.open_session(
        db(), person, address=address(), agent=request.user_agent.string, now=utc_now()
    )
    enter(token)
    return redirect("/")


def _accept_page(template: str, letter: Letter, form: Form) -> tuple[str, int]:
    page = render_template(
        template,
        letter=letter,
        organisation=db().get(Organisation, letter.organisation_id),
        roles=role_words(_roles(letter.roles)),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _member_page(
    row: PersonRow, roles_form: forms.Roles | None = None, end_form: forms.End | None = None
) -> str:
    kind = actor().organisation_kind
    given = {"roles": [role.value for role in row.roles], "revision": row.membership.revision}
    steps = next_steps(
        LIFECYCLE,
        row.state,
        queries.facts(db(), kind, row),
        urls=lambda action: url_for(f".{action}", membership_id=row.membership.id),
    )
    return render_template(
        "accounts/access/show.html",
        row=row,
        standing=BADGES[row.state],
        roles=role_words(row.roles),
        steps={step["action"]: step for step in steps},
        roles_form=roles_form or forms.Roles(kind, formdata=None, data=given),
        end_form=end_form or forms.End(formdata=None),
        duties=_duties(),
        events=history(db(), row.membership),
    )


def _duties() -> dict[str, str]:
    return {role.value: duty for role, duty in forms.ROLE_DUTIES.items()}


def _roles(values: list[str] | None) -> frozenset[Role]:
    return frozenset(Role(value) for value in values or () if value in set(Role))


def _wanted() -> Wanted:
    """Read the conditions of the list; what is not understood is left out."""
    role, state = request.args.get("role", ""), request.args.get("state")
    return Wanted(
        words=search_words(),
        role=Role(role) if role in set(Role) else None,
        state=_state(state),
        sort=request.args.get("sort", "name"),
    )


def _state(given: str | None) -> MembershipState | None:
    if given is None:
        return MembershipState.CURRENT
    return MembershipState(given) if given in set(MembershipState) else None

"""Pages of organisations, their sites and services."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.organisations import forms, operations, queries
from accounts.organisations.models import Organisation, Service, Site
from accounts.organisations.queries import Wanted
from accounts.organisations.rules import KIND_ICONS, KIND_NAMES
from core.clock import utc_now
from core.errors import Invalid, NotFound, Stale
from core.events import history
from core.forms import Expected
from core.lifecycle import Reason
from core.permissions import OrganisationKind, Permission, allowed
from core.speech import name_of
from core.web import actor, csv_file, db, page_number, requires, search_words

bp = Blueprint("organisations", __name__, url_prefix="/organisations")
_DEGREES = ("latitude", "longitude")
_SITE = (
    "name_zh",
    "name_en",
    "address_zh",
    "address_en",
    "headcount",
    *_DEGREES,
    "is_central",
)
_SERVICE = ("name_zh", "name_en", "description", "agreement")
_ORGANISATION = (
    "name_zh",
    "name_en",
    "credit_code",
    "address_zh",
    "address_en",
    "contact_email",
    "contact_phone",
)


@bp.get("")
@requires(Permission.ORGANISATION_READ)
def index() -> ResponseReturnValue:
    """List the organisations one may know of."""
    wanted = _wanted()
    return render_template(
        "accounts/organisations/index.html",
        page=queries.listed(db(), actor(), wanted, page_number()),
        wanted=wanted,
        kinds=KIND_NAMES,
        icons=KIND_ICONS,
        wholly=lambda row: queries.known_wholly(actor(), row),
    )


@bp.get("/list.csv")
@requires(Permission.ORGANISATION_READ)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, for a spreadsheet."""
    head = [gettext("Name in Chinese"), gettext("Name in English"), gettext("Kind")]
    head += [gettext("Unified social credit code"), gettext("Address")]
    rows = (
        (
            row.name_zh,
            row.name_en,
            gettext(KIND_NAMES[row.kind]),
            *(
                (row.credit_code, row.address_zh or row.address_en)
                if queries.known_wholly(actor(), row)
                else ("", "")
            ),
        )
        for row in queries.all_listed(db(), actor(), _wanted())
    )
    return csv_file("organisations", head, rows)


@bp.get("/<int:organisation_id>")
@requires(Permission.ORGANISATION_READ)
def show(organisation_id: int) -> ResponseReturnValue:
    """Show an organisation with its sites and services; of a foreign body only the name."""
    found = queries.organisation(db(), actor(), organisation_id)
    wholly = queries.known_wholly(actor(), found)
    return render_template(
        "accounts/organisations/show.html",
        organisation=found,
        kind=KIND_NAMES[found.kind],
        icon=KIND_ICONS[found.kind],
        wholly=wholly,
        own=found.id == actor().organisation_id
        and allowed(actor(), Permission.ORGANISATION_MANAGE),
        sites=queries.sites(db(), found.id, closed=True) if wholly else [],
        services=queries.services(db(), found.id, closed=True) if wholly else [],
        events=history(db(), found, limit=12) if _sees_history(found) else [],
    )


@bp.route("/<int:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def edit(organisation_id: int) -> ResponseReturnValue:
    """Change what is known of one's own organisation."""
    found = _own(organisation_id)
    form = forms.Organisation(obj=found)
    if found.kind is not OrganisationKind.BODY:
        del form.accreditation
    names = tuple(name for name in (*_ORGANISATION, "accreditation") if name in form)

    def keep(revision: int | None) -> None:
        new = {name: form[name].data or "" for name in names}
        operations.change(db(), actor(), found, new, revision=revision, now=utc_now())

    back = url_for(".show", organisation_id=found.id)
    return _edited(form, found, names, keep, back, gettext("Edit %(name)s", name=name_of(found)))


@bp.route("/<int:organisation_id>/sites/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def new_site(organisation_id: int) -> ResponseReturnValue:
    """Add a site to one's own organisation."""
    found = _own(organisation_id)
    return _site(found, Site(organisation_id=found.id, is_central=False), gettext("New site"))


@bp.route("/<int:organisation_id>/sites/<int:site_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def edit_site(organisation_id: int, site_id: int) -> ResponseReturnValue:
    """Change a site of one's own organisation."""
    found, site = _own(organisation_id), queries.own_site(db(), actor(), site_id)
    return _site(found, site, gettext("Edit %(name)s", name=name_of(site)))


@bp.route("/<int:organisation_id>/sites/<int:site_id>/close", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def close_site(organisation_id: int, site_id: int) -> ResponseReturnValue:
    """Close a site, after telling what that does."""
    found, site = _own(organisation_id), queries.own_site(db(), actor(), site_id)
    form = forms.Closing(obj=site)
    back = url_for(".show", organisation_id=found.id, _anchor="sites")
    if form.validate_on_submit():
        operations.close_site(db(), actor(), site, revision=form.revision.data, now=utc_now())
        flash(gettext("%(name)s is closed.", name=name_of(site)))
        return redirect(back)
    effect = gettext("It can no longer be chosen for applications and audits. It stays on record.")
    title = gettext("Close %(name)s", name=name_of(site))
    return _closing(form, title, effect, back, [operations.closing_reason(db(), site)])


@bp.route("/<int:organisation_id>/services/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def new_service(organisation_id: int) -> ResponseReturnValue:
    """Add a service to one's own organisation."""
    found = _own(organisation_id)
    return _service(found, Service(organisation_id=found.id), gettext("New service"))


@bp.route("/<int:organisation_id>/services/<int:service_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def edit_service(organisation_id: int, service_id: int) -> ResponseReturnValue:
    """Change a service of one's own organisation."""
    found, service = _own(organisation_id), queries.own_service(db(), actor(), service_id)
    return _service(found, service, gettext("Edit %(name)s", name=name_of(service)))


@bp.route("/<int:organisation_id>/services/<int:service_id>/end", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def end_service(organisation_id: int, service_id: int) -> ResponseReturnValue:
    """End a service, after telling what that does."""
    found, service = _own(organisation_id), queries.own_service(db(), actor(), service_id)
    form = forms.Closing(obj=service)
    back = url_for(".show", organisation_id=found.id, _anchor="services")
    if form.validate_on_submit():
        operations.end_service(db(), actor(), service, revision=form.revision.data, now=utc_now())
        flash(gettext("%(name)s is ended.", name=name_of(service)))
        return redirect(back)
    effect = gettext("It can no longer be chosen for applications and audits. It stays on record.")
    title = gettext("End %(name)s", name=name_of(service))
    return _closing(form, title, effect, back)


def _site(found: Organisation, site: Site, title: str) -> ResponseReturnValue:
    form = forms.Site(obj=site)
    if site.is_central:  # it stays so until another takes over
        del form.is_central
    names = tuple(name for name in _SITE if name in form)

    def keep(revision: int | None) -> None:
        new = {"is_central": True} | {name: _value(form[name].data) for name in names}
        new |= {name: form[name].data for name in _DEGREES}
        operations.save_site(db(), actor(), site, new, revision=revision, now=utc_now())

    back = url_for(".show", organisation_id=found.id, _anchor="sites")
    return _edited(form, site, names, keep, back, title)


def _service(found: Organisation, service: Service, title: str) -> ResponseReturnValue:
    form = forms.Service(obj=service)

    def keep(revision: int | None) -> None:
        new = {name: form[name].data or "" for name in _SERVICE}
        operations.save_service(db(), actor(), service, new, revision=revision, now=utc_now())

    back = url_for(".show", organisation_id=found.id, _anchor="services")
    return _edited(form, service, _SERVICE, keep, back, title)


def _edited(
    form: Expected,
    row: Organisation | Site | Service,
    names: tuple[str, ...],
    keep: Callable[[int | None], None],
    back: str,
    title: str,
) -> ResponseReturnValue:
    """Show a form and keep it; where somebody else was first, show both (409) and let the person choose."""
    status, conflict = 200, None
    if request.form.get("keep") == "theirs":
        flash(gettext("Nothing was changed: the other text stays."))
        return redirect(back)
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                keep(form.revision.data)
                flash(gettext("%(name)s is kept.", name=name_of(row)))
                return redirect(back)
        except Invalid as error:
            form.refuse(error)
        except Stale:
            status, conflict = 409, _conflict(form, row, names)
    page = render_template(
        "accounts/organisations/edit.html",
        form=form,
        names=names,
        title=title,
        back=back,
        conflict=conflict,
        code_required=actor().organisation_kind is OrganisationKind.PROVIDER,
    )
    return page, status


def _conflict(
    form: Expected, row: Organisation | Site | Service, names: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Describe what the other person kept and what was typed here; sending again then counts as informed."""
    last = queries.last_change(db(), row)
    different = [name for name in names if _value(form[name].data) != _value(getattr(row, name))]
    form.revision.raw_data = [str(row.revision)]
    theirs = {
        "who": last.actor_name if last else "",
        "at": last.at if last else None,
        "entries": [(form[name].label.text, _shown(getattr(row, name))) for name in different],
    }
    mine = {"entries": [(form[name].label.text, _shown(form[name].data)) for name in different]}
    return theirs, mine


def _closing(
    form: forms.Closing, title: str, effect: str, back: str, reasons: Sequence[Reason] = ()
) -> ResponseReturnValue:
    page = render_template(
        "accounts/organisations/close.html",
        form=form,
        title=title,
        effect=effect,
        back=back,
        reasons=[reason for reason in reasons if not reason.met],
    )
    return page, 422 if form.is_submitted() else 200


def _own(organisation_id: int) -> Organisation:
    if organisation_id != actor().organisation_id:
        raise NotFound
    return queries.organisation(db(), actor(), organisation_id)


def _sees_history(found: Organisation) -> bool:
    """Say whether the actor reads what happened there, people included: one's own, and the regulator."""
    regulator = actor().organisation_kind is OrganisationKind.REGULATOR
    return regulator or found.id == actor().organisation_id


def _value(given: Any) -> Any:
    return "" if given is None else given


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    return "" if value is None else str(value)


def _wanted() -> Wanted:
    kind = request.args.get("kind", "")
    return Wanted(
        words=search_words(),
        kind=OrganisationKind(kind) if kind in set(OrganisationKind) else None,
        sort=request.args.get("sort", "name"),
    )

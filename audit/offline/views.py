"""Pages of the devices that carry audits: one's own, and those of an audit for its leader."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.offline import operations, queries
from audit.planning import queries as planning
from audit.planning.models import Audit
from core.clock import utc_now
from core.errors import NotFound
from core.forms import Form
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint("offline", __name__)


@bp.get("/account/devices")
@requires(Permission.ACCOUNT_OWN)
def devices() -> ResponseReturnValue:
    """List one's own devices that carry audits."""
    rows = queries.own_devices(db(), actor())
    return render_template("audit/offline/devices.html", rows=rows, audit=None)


@bp.get("/audits/<int:audit_id>/devices")
@requires(Permission.AUDIT_ASSESS)
def of_audit(audit_id: int) -> ResponseReturnValue:
    """List the devices that carry an audit, for whoever leads it."""
    audit = planning.audit(db(), actor(), audit_id)
    if not planning.leads(db(), audit_id, actor()):
        raise NotFound
    rows = queries.devices_of_audit(db(), audit_id)
    return render_template("audit/offline/devices.html", rows=rows, audit=audit)


@bp.route("/devices/<int:device_id>/wipe", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def wipe(device_id: int) -> ResponseReturnValue:
    """Ask a device to delete an audit at its next contact, after telling what that does."""
    row = queries.device_to_wipe(db(), actor(), device_id)
    own = row.device.person_id == actor().person_id
    back = url_for(".devices") if own else url_for(".of_audit", audit_id=row.device.audit_id)
    form = Form()
    if form.validate_on_submit():
        audit = db().get_one(Audit, row.device.audit_id)
        operations.ask_wipe(db(), actor(), row, audit, now=utc_now())
        flash(gettext("The device deletes the audit at its next contact."))
        return redirect(back)
    return render_template("audit/offline/wipe.html", row=row, form=form, back=back)

"""The application: the only place that knows every area."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import click
from flask import Flask, request, url_for
from flask_bootstrap import Bootstrap5

from accounts.people import views as people
from checklists.schemes import operations as schemes
from core import cli, health, migrate, serving, speech, web
from core.clock import utc_now
from core.db import make_engine, make_sessions, writing
from core.permissions import Actor, Permission, allowed
from core.settings import Settings
from core.words import N_

FEATURES = (
    "accounts.people",
    "accounts.organisations",
    "accounts.access",
    "checklists.standards",
    "checklists.citations",
    "checklists.drafting",
    "checklists.arranging",
    "checklists.editing",
    "checklists.comparison",
    "checklists.verification",
    "checklists.schemes",
    "checklists.coverage",
    "checklists.interchange",
    "checklists.scheme_editor",
    "checklists.scheme_changes",
    "evidence.files",
    "evidence.issued",
    "evidence.upkeep",
    "audit.competence",
    "audit.planning",
    "audit.schedule",
    "audit.team",
    "audit.engagements",
    "audit.checklist",
    "audit.assessment",
    "audit.sampling",
    "audit.presence",
    "audit.outline",
    "audit.exclusions",
    "audit.fieldwork",
    "audit.meetings",
    "audit.evidence",
    "audit.rating",
    "audit.trial",
    "audit.actions",
    "audit.findings",
    "audit.responses",
    "audit.disputes",
    "audit.extensions",
    "audit.conclusion",
    "audit.usage",
    "audit.workspace",
    "audit.offline",
    "audit.captures",
    "audit.app",
    "certification.applications",
    "certification.decisions",
    "certification.certificates",
    "certification.appeals",
    "certification.registry",
    "certification.clock",
    "notifications",
    "reports.home",
    "reports.oversight",
    "reports.activity",
    "demo",
)
NAVIGATION = (
    ("inbox", N_("Waiting for me"), "home.show", Permission.HOME_READ),
    ("file", N_("Messages"), "notifications.index", Permission.HOME_READ),
    ("list", N_("Applications"), "applications.index", Permission.APPLICATION_READ),
    ("date", N_("Engagements"), "engagements.index", Permission.AUDIT_READ),
    ("audit", N_("Audits"), "workspace.index", Permission.AUDIT_READ),
    ("minor", N_("Findings"), "findings.index", Permission.FINDING_READ),
    ("pen", N_("Decisions"), "decisions.index", Permission.DECISION_READ),
    ("seal", N_("Certificates"), "certificates.index", Permission.CERTIFICATE_READ),
    ("talk", N_("Appeals and complaints"), "appeals.index", Permission.APPEAL_READ),
    ("chart", N_("Oversight"), "oversight.index", Permission.OVERSIGHT_READ),
    ("house", N_("Organisations"), "organisations.index", Permission.ORGANISATION_READ),
    ("people", N_("People"), "access.index", Permission.PEOPLE_READ),
    ("star", N_("Competence"), "competence.index", Permission.COMPETENCE_DECLARE),
    ("sheet", N_("Standards"), "standards.index", Permission.STANDARD_READ),
    ("gear", N_("Schemes"), "schemes.index", Permission.SCHEME_READ),
    ("wait", N_("Activity"), "activity.index", Permission.EVENT_READ),
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application for an installation's settings (by default from the environment)."""
    given = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=given.secret_key,
        TESTING=given.testing,
        MAX_CONTENT_LENGTH=given.max_upload_bytes + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=given.secure_cookies,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(migrate.FOLDER.parent / "translations"),
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    engine = make_engine(given.database_url)
    sessions = make_sessions(engine)
    Bootstrap5(app)
    app.extensions.update(engine=engine, handlers={}, rounds=[], shell=_shell)
    app.extensions["round"] = lambda: [turn(sessions, given) for turn in app.extensions["rounds"]]
    web.init_app(app, sessions, given, people.find_actor)
    people.init_app(app)
    app.register_blueprint(health.bp)
    for command in (
        cli.database,
        cli.event_log,
        cli.job_queue,
        cli.routes_audit,
        cli.permissions_table,
        serving.serve,
        _prepare,
    ):
        app.cli.add_command(command)
    for feature in FEATURES:
        _register(app, feature)
    return app


def _register(app: Flask, feature: str) -> None:
    """Take from a feature what its files offer by convention (docs/conventions.md)."""
    if rules := _part(feature, "rules"):
        speech.SAYINGS.update(getattr(rules, "SAYINGS", {}))
    _part(feature, "models")
    for name in ("views", "api"):
        if (pages := _part(feature, name)) and hasattr(pages, "bp"):
            app.register_blueprint(pages.bp)
    if commands := _part(feature, "cli"):
        app.cli.add_command(commands.cli)
    if jobs := _part(feature, "jobs"):
        app.extensions["handlers"].update(jobs.HANDLERS)
        app.extensions["rounds"].extend(getattr(jobs, "EVERY_ROUND", ()))


def _part(feature: str, name: str) -> ModuleType | None:
    wanted = f"{feature}.{name}"
    return import_module(wanted) if find_spec(feature) and find_spec(wanted) else None


def _shell(actor: Actor) -> dict[str, object]:
    """Describe the frame around a page: who acts, for whom, and where they can go."""
    navigation = [
        {"icon": icon, "label": label, "href": url_for(endpoint), "here": web.at(endpoint)}
        for icon, label, endpoint, permission in NAVIGATION
        if allowed(actor, permission)
    ]
    if not any(item["here"] for item in navigation):
        _mark_parent(navigation)
    return people.frame(actor) | {"nav": navigation}


def _mark_parent(navigation: list[dict[str, Any]]) -> None:
    """Mark the entry whose address the present page stands under; features share the address of what they serve."""
    above = [
        item
        for item in navigation
        if item["href"] != "/" and request.path.startswith(item["href"].rstrip("/") + "/")
    ]
    if above:
        max(above, key=lambda item: len(item["href"]))["here"] = True


@click.command("prepare")
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Load the demonstration world (default: the DEMO setting).",
)
def _prepare(*, demo: bool | None) -> None:
    """Bring the database up to date, load what ships and, on a demonstration, its world once."""
    from flask import current_app  # noqa: PLC0415

    given: Settings = current_app.extensions["settings"]
    engine = current_app.extensions["engine"]
    sessions = current_app.extensions["sessions"]
    if migrate.current(engine) != migrate.head():
        migrate.upgrade(engine)
    if given.demo if demo is None else demo:
        from demo import operations  # noqa: PLC0415

        operations.load(sessions, given, current_app.extensions["handlers"])
    with sessions() as session:
        if not schemes.packs_are_loaded(session):
            session.rollback()
            schemes.load_packs(writing(session), now=utc_now())
            session.commit()

"""Finds, in the demonstration world, an own and a foreign object for the keys in an address."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased
from werkzeug.routing import AnyConverter, Rule

from accounts.organisations.models import Organisation, Service, Site
from accounts.people.models import Letter, Membership, Person, SignIn
from audit.assessment.models import Answer, AuditEvidence
from audit.casefile.models import CorrectiveAction, Finding
from audit.competence.models import Competence, Interest
from audit.conclusion.models import Report, ReportComment
from audit.offline.models import Capture, Device
from audit.planning.models import AgendaItem, Audit, Engagement, TeamMember, TeamObjection
from certification.appeals.models import Case
from certification.applications.models import Application
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from checklists.interchange.models import StandardImport
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.standards.models import Criterion, Section, StandardVersion
from core.events import Event
from core.jobs import Job
from core.permissions import OrganisationKind, Role
from notifications.models import Delivery

ACCOUNTS = {role: role.value for role in Role} | {Role.ADMINISTRATOR: "admin"}
MISSING = "missing"
NOWHERE = 987_654
BODY_CODE = "HH"
CLIENT_EMAIL = "manager@demo.example"

Keys = dict[str, Any]


class Finder:
    """Knows the organisations of the demonstration's accounts; ``role`` tells whose objects are own."""

    def __init__(self, app: Flask, role: Role | None) -> None:
        self.app, self.role = app, role
        with self._session() as session:
            self.body_id = session.scalar(
                select(Organisation.id).where(Organisation.code == BODY_CODE)
            )
            self.client_id = session.scalar(
                select(Membership.organisation_id)
                .join(Person, Person.id == Membership.person_id)
                .where(Person.email == CLIENT_EMAIL)
            )

    @property
    def account(self) -> str:
        """Name the demonstration's account with this role."""
        return ACCOUNTS[self.role] if self.role else ""

    def urls(self, rule: Rule, kind: str) -> list[str]:
        """Give addresses of a rule with keys of a kind; none where a kind does not exist for it."""
        names = sorted(rule.arguments)
        if not names:
            return [rule.rule] if kind == "own" or (kind == MISSING and self.role is None) else []
        keys = self._keys(rule, names, kind)
        if keys is None:
            return []
        adapter = self.app.url_map.bind("localhost")
        return [adapter.build(rule.endpoint, keys)]

    def _keys(self, rule: Rule, names: list[str], kind: str) -> Keys | None:
        fixed = {name: value for name, value in self._choices(rule).items() if name in names}
        rest = [name for name in names if name not in fixed]
        if kind == MISSING:
            return fixed | {name: _nowhere(name) for name in rest}
        if not rest:
            return fixed | {} if kind == "own" and not rest else None
        with self._session() as session:
            found = self._row(session, rule, rest, own=kind == "own")
        return None if found is None else fixed | found

    def _choices(self, rule: Rule) -> Keys:
        """Give keys that are words of the address, not objects: of several, any one."""
        words: Keys = {
            "action": "propose_team",
            "metric": "availability",
            "language": "en",
            "version": 1,
            "filename": "x",
        }
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                words[name] = min(converter.items)
        return words

    def _row(self, session: Session, rule: Rule, rest: list[str], *, own: bool) -> Keys | None:
        """Find a row for the keys; the most particular key decides, the others follow from it."""
        for name in ORDER:
            if name in rest:
                found = FINDERS[name](session, self, rule, own)
                if found is None:
                    return None
                missing = set(rest) - set(found)
                assert not missing, f"{rule.rule}: no way to find {missing}"
                return {key: found[key] for key in rest}
        msg = f"{rule.rule}: tests/web/objects.py does not know the keys {rest}"
        raise AssertionError(msg)

    def _session(self) -> Session:
        return self.app.extensions["sessions"]()

    def audits(self, own: bool) -> Any:
        """Give the condition on ``Audit`` for own or foreign ones, as the role sees them."""
        if self.role is Role.INSPECTOR and not own:
            return Audit.id < 0
        if not own:
            return (Audit.body_id != self.body_id) & (Audit.client_id != self.client_id)
        team = select(TeamMember.audit_id).join(Person, Person.id == TeamMember.person_id)
        mine = team.where(Person.email == "auditor@demo.example")
        return (
            (Audit.body_id == self.body_id)
            & (Audit.client_id == self.client_id)
            & Audit.id.in_(mine)
        )


def _nowhere(name: str) -> Any:
    return "nothing-of-this-name-is-here" if name in {"token", "code", "name"} else NOWHERE


def _in_audit(model: Any, key: str, *conditions: Any) -> Callable[..., Keys | None]:
    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        row = session.execute(
            select(model.id, Audit.id)
            .join(Audit, Audit.id == model.audit_id)
            .where(finder.audits(own), *conditions)
            .order_by(model.id)
            .limit(1)
        ).first()
        return None if row is None else {key: row[0], "audit_id": row[1]}

    return find


def _audit(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    found = session.scalar(select(Audit.id).where(finder.audits(own)).order_by(Audit.id).limit(1))
    return None if found is None else {"audit_id": found}


def _evidence(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    row = session.execute(
        select(AuditEvidence.evidence_id, Audit.id)
        .join(Audit, Audit.id == AuditEvidence.audit_id)
        .where(finder.audits(own))
        .limit(1)
    ).first()
    return None if row is None else {"evidence_id": row[0], "audit_id": row[1]}


def _finding(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    """Find a raised finding with an action, the member's where it is own."""
    query = (
        select(CorrectiveAction.id, Finding.id, Audit.id)
        .join(Finding, Finding.id == CorrectiveAction.finding_id)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Person, Person.id == CorrectiveAction.owner_id)
        .where(finder.audits(own))
        .order_by(Person.email != "member@demo.example", Finding.id)
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else {"action_id": row[0], "finding_id": row[1], "audit_id": row[2]}


def _message(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    """Find a message to the person who signed in, or to somebody else."""
    here = Delivery.email == f"{finder.account}@demo.example"
    found = session.scalar(select(Delivery.id).where(here if own else ~here).limit(1))
    return None if found is None else {"delivery_id": found}


def _mail(_session: Session, _finder: Finder, _rule: Rule, _own: bool) -> Keys | None:
    """Files of mail are no rows; the missing one is tried."""
    return None


def _comment(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    row = session.execute(
        select(ReportComment.id, Audit.id)
        .join(Report, Report.id == ReportComment.report_id)
        .join(Audit, Audit.id == Report.audit_id)
        .where(finder.audits(own))
        .limit(1)
    ).first()
    return None if row is None else {"comment_id": row[0], "audit_id": row[1]}


def _parties(model: Any, key: str, *conditions: Any) -> Callable[..., Keys | None]:
    """Find a row that has body and client."""

    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        if finder.role is Role.INSPECTOR and not own:
            return None
        same = (model.body_id == finder.body_id) & (model.client_id == finder.client_id)
        other = (model.body_id != finder.body_id) & (model.client_id != finder.client_id)
        query = select(model.id).where(same if own else other, *conditions).order_by(model.id)
        found = session.scalar(query.limit(1))
        return None if found is None else {key: found}

    return find


def _of_place(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a site or service: the client's own, or one of another provider that is not the body's client."""

    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        if finder.role is Role.INSPECTOR and not own:
            return None
        place = finder.client_id if own else _stranger(session, finder)
        found = session.scalar(select(model.id).where(model.organisation_id == place).limit(1))
        return None if found is None else {key: found, "organisation_id": place}

    return find


def _organisation(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    if finder.role is Role.INSPECTOR and not own:
        return None
    place = _acting_for(finder) if own else _stranger(session, finder)
    return None if place is None else {"organisation_id": place}


def _acting_for(finder: Finder) -> int:
    provider = finder.role in {Role.MANAGER, Role.MEMBER}
    return finder.client_id if provider else finder.body_id


def _stranger(session: Session, finder: Finder) -> int | None:
    """Give a provider that is neither the manager's nor a client of the body."""
    clients = select(Engagement.client_id).where(Engagement.body_id == finder.body_id)
    applied = select(Application.client_id).where(Application.body_id == finder.body_id)
    return session.scalar(
        select(Organisation.id)
        .where(
            Organisation.kind == OrganisationKind.PROVIDER,
            Organisation.id != finder.client_id,
            Organisation.id.not_in(clients),
            Organisation.id.not_in(applied),
        )
        .limit(1)
    )


def _membership(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    place = Membership.organisation_id == _acting_for(finder)
    if finder.role is Role.INSPECTOR:
        place = Membership.organisation_id.in_(
            select(Organisation.id).where(Organisation.kind == OrganisationKind.REGULATOR)
        )
    query = select(Membership.id).where(place if own else ~place, Membership.ended_at.is_(None))
    found = session.scalar(query.order_by(Membership.id.desc()).limit(1))
    return None if found is None else {"membership_id": found}


def _of_people(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a row that a body keeps about one of its people."""

    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        here = model.body_id == finder.body_id
        found = session.scalar(select(model.id).where(here if own else ~here).limit(1))
        return None if found is None else {key: found}

    return find


def _person(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    email = "auditor@demo.example" if own else CLIENT_EMAIL
    found = session.scalar(select(Person.id).where(Person.email == email))
    return None if found is None else {"person_id": found}


def _plain(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a row that everybody who may read the kind may read."""

    def find(session: Session, _finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        found = session.scalar(select(model.id).order_by(model.id).limit(1)) if own else None
        return None if found is None else {key: found}

    return find


SCHEMES = ("schemes", "scheme_editor", "scheme_changes", "trial")


def _version(session: Session, finder: Finder, rule: Rule, own: bool) -> Keys | None:
    """Find a version of a standard, or a version of a scheme that the body (or another one) is drafting."""
    if rule.endpoint.partition(".")[0] not in SCHEMES:
        found = session.scalar(select(StandardVersion.id).limit(1)) if own else None
        return None if found is None else {"version_id": found}
    here = Scheme.body_id == finder.body_id
    other = Scheme.body_id.is_not(None) & ~here
    query = select(SchemeVersion.id).join(Scheme, Scheme.id == SchemeVersion.scheme_id)
    found = session.scalar(query.where(here if own else other).limit(1))
    return None if found is None else {"version_id": found}


def _criterion(session: Session, _finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    row = session.execute(select(Criterion.code, Criterion.standard_version_id).limit(1)).one()
    return {"code": row[0], "version_id": row[1]} if own else None


def _of_version(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a section or criterion of a version that everybody reads; changing it is refused in its state."""

    def find(session: Session, _finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        query = select(model.id, model.standard_version_id).order_by(model.id).limit(1)
        row = session.execute(query).one()
        return {key: row[0], "version_id": row[1]} if own else None

    return find


def _token(session: Session, finder: Finder, rule: Rule, own: bool) -> Keys | None:
    if not own or not rule.endpoint.startswith("registry"):
        return None
    return {"token": session.scalar(select(Certificate.token).limit(1))}


def _owned(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a row that names the body concerned in ``owner_id``."""

    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        if finder.role is Role.INSPECTOR and not own:
            return None
        here = model.owner_id == finder.body_id
        other = model.owner_id.is_not(None) & (model.owner_id != finder.body_id)
        if hasattr(model, "actor_organisation_id"):
            other &= or_(
                model.actor_organisation_id.is_(None), model.actor_organisation_id != finder.body_id
            )
        found = session.scalar(select(model.id).where(here if own else other).limit(1))
        return None if found is None else {key: found}

    return find


def _mine(model: Any, key: str) -> Callable[..., Keys | None]:
    """Find a row of the person who signed in, or somebody else's."""

    def find(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
        who = aliased(Person)
        here = who.email == f"{finder.account}@demo.example"
        query = select(model.id).join(who, who.id == model.person_id)
        found = session.scalar(query.where(here if own else ~here).limit(1))
        return None if found is None else {key: found}

    return find


def _letter(session: Session, finder: Finder, _rule: Rule, own: bool) -> Keys | None:
    here = Letter.organisation_id == _acting_for(finder)
    found = session.scalar(select(Letter.id).where(here if own else ~here).limit(1))
    return None if found is None else {"letter_id": found}


FINDERS: dict[str, Callable[..., Keys | None]] = {
    "answer_id": _in_audit(Answer, "answer_id"),
    "item_id": _in_audit(AgendaItem, "item_id"),
    "objection_id": _in_audit(TeamObjection, "objection_id"),
    "member_id": _in_audit(TeamMember, "member_id", TeamMember.left_at.is_(None)),
    "action_id": _finding,
    "finding_id": _finding,
    "delivery_id": _message,
    "name": _mail,
    "evidence_id": _evidence,
    "comment_id": _comment,
    "capture_id": _in_audit(Capture, "capture_id"),
    "device_id": _mine(Device, "device_id"),
    "audit_id": _audit,
    "application_id": _parties(
        Application, "application_id", Application.submitted_at.is_not(None)
    ),
    "engagement_id": _parties(Engagement, "engagement_id"),
    "certificate_id": _parties(Certificate, "certificate_id"),
    "case_id": _parties(Case, "case_id"),
    "decision_id": _plain(Decision, "decision_id"),
    "site_id": _of_place(Site, "site_id"),
    "service_id": _of_place(Service, "service_id"),
    "organisation_id": _organisation,
    "membership_id": _membership,
    "letter_id": _letter,
    "competence_id": _of_people(Competence, "competence_id"),
    "import_id": _of_people(StandardImport, "import_id"),
    "interest_id": _of_people(Interest, "interest_id"),
    "person_id": _person,
    "code": _criterion,
    "criterion_id": _of_version(Criterion, "criterion_id"),
    "section_id": _of_version(Section, "section_id"),
    "version_id": _version,
    "event_id": _owned(Event, "event_id"),
    "job_id": _owned(Job, "job_id"),
    "sign_in_id": _mine(SignIn, "sign_in_id"),
    "token": _token,
}
ORDER = [name for name in FINDERS if name != "audit_id"] + ["audit_id"]

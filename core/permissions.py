"""Who may do what: the one table a security reviewer reads.

A permission opens a kind of step to a role. Conditions on the object (own organisation, own audit, team leader) stand
in ``queries.py`` and ``rules.py``; no role, the administrator included, passes a guard.
"""

from enum import StrEnum
from typing import Protocol

from core.words import N_


class OrganisationKind(StrEnum):
    """What an organisation is in the scheme of things."""

    BODY = "body"
    PROVIDER = "provider"
    REGULATOR = "regulator"


class Permission(StrEnum):
    """Named as resource:action, in alphabetical order."""

    ACCOUNT_OWN = "account:own"
    ACTION_REPORT = "action:report"
    APPEAL_APPROVE = "appeal:approve"
    APPEAL_HANDLE = "appeal:handle"
    APPEAL_LODGE = "appeal:lodge"
    APPEAL_READ = "appeal:read"
    APPLICATION_READ = "application:read"
    APPLICATION_REVIEW = "application:review"
    APPLICATION_SUBMIT = "application:submit"
    AUDIT_ACCEPT = "audit:accept"
    AUDIT_ASSESS = "audit:assess"
    AUDIT_PLAN = "audit:plan"
    AUDIT_READ = "audit:read"
    CERTIFICATE_CANCEL = "certificate:cancel"
    CERTIFICATE_READ = "certificate:read"
    COMPETENCE_DECLARE = "competence:declare"
    COMPETENCE_MANAGE = "competence:manage"
    DECISION_READ = "decision:read"
    DECISION_TAKE = "decision:take"
    EVENT_READ = "event:read"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_UPLOAD = "evidence:upload"
    FINDING_EXTEND = "finding:extend"
    FINDING_RAISE = "finding:raise"
    FINDING_READ = "finding:read"
    FINDING_RESPOND = "finding:respond"
    FINDING_SETTLE = "finding:settle"
    FINDING_VERIFY = "finding:verify"
    HOME_READ = "home:read"
    JOB_READ = "job:read"
    MAIL_READ = "mail:read"
    MEASURE_ENTER = "measure:enter"
    ORGANISATION_MANAGE = "organisation:manage"
    ORGANISATION_READ = "organisation:read"
    OVERSIGHT_READ = "oversight:read"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_READ = "people:read"
    RATING_READ = "rating:read"
    REPORT_COMMENT = "report:comment"
    REPORT_READ = "report:read"
    REPORT_WRITE = "report:write"
    SCHEME_EDIT = "scheme:edit"
    SCHEME_PUBLISH = "scheme:publish"
    SCHEME_READ = "scheme:read"
    SCHEME_REVIEW = "scheme:review"
    STANDARD_EDIT = "standard:edit"
    STANDARD_PUBLISH = "standard:publish"
    STANDARD_READ = "standard:read"
    STANDARD_REVIEW = "standard:review"


class Role(StrEnum):
    """What a person is here to do, for one organisation at a time."""

    ADMINISTRATOR = "administrator"
    PLANNER = "planner"
    AUDITOR = "auditor"
    DECIDER = "decider"
    OFFICER = "officer"
    MANAGER = "manager"
    MEMBER = "member"
    INSPECTOR = "inspector"


ROLE_NAMES: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.PLANNER: N_("Planner"),
    Role.AUDITOR: N_("Auditor"),
    Role.DECIDER: N_("Decider"),
    Role.OFFICER: N_("Complaints officer"),
    Role.MANAGER: N_("Manager"),
    Role.MEMBER: N_("Member"),
    Role.INSPECTOR: N_("Inspector"),
}

ROLES_OF: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.BODY: (
        Role.ADMINISTRATOR,
        Role.PLANNER,
        Role.AUDITOR,
        Role.DECIDER,
        Role.OFFICER,
    ),
    OrganisationKind.PROVIDER: (Role.MANAGER, Role.MEMBER),
    OrganisationKind.REGULATOR: (Role.INSPECTOR,),
}

_P = Permission
_EVERYBODY = {_P.ACCOUNT_OWN, _P.HOME_READ, _P.ORGANISATION_READ, _P.STANDARD_READ, _P.SCHEME_READ}
_READS_FILES = {
    _P.AUDIT_READ,
    _P.CERTIFICATE_READ,
    _P.EVIDENCE_READ,
    _P.FINDING_READ,
    _P.RATING_READ,
    _P.REPORT_READ,
}
_BODY = _EVERYBODY | _READS_FILES | {_P.COMPETENCE_DECLARE, _P.PEOPLE_READ}
_PROVIDER = _EVERYBODY | _READS_FILES

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        _BODY
        | {
            _P.APPLICATION_READ,
            _P.COMPETENCE_MANAGE,
            _P.DECISION_READ,
            _P.EVENT_READ,
            _P.JOB_READ,
            _P.MAIL_READ,
            _P.ORGANISATION_MANAGE,
            _P.PEOPLE_MANAGE,
            _P.SCHEME_EDIT,
            _P.SCHEME_PUBLISH,
            _P.STANDARD_EDIT,
            _P.STANDARD_PUBLISH,
        }
    ),
    Role.PLANNER: frozenset(
        _BODY
        | {
            _P.APPLICATION_READ,
            _P.APPLICATION_REVIEW,
            _P.AUDIT_PLAN,
            _P.COMPETENCE_MANAGE,
            _P.DECISION_READ,
            _P.SCHEME_EDIT,
            _P.STANDARD_EDIT,
        }
    ),
    Role.AUDITOR: frozenset(
        _BODY
        | {
            _P.AUDIT_ASSESS,
            _P.EVIDENCE_UPLOAD,
            _P.FINDING_RAISE,
            _P.FINDING_VERIFY,
            _P.MEASURE_ENTER,
            _P.REPORT_WRITE,
        }
    ),
    Role.DECIDER: frozenset(
        _BODY
        | {
            _P.APPEAL_APPROVE,
            _P.APPEAL_READ,
            _P.APPLICATION_READ,
            _P.DECISION_READ,
            _P.DECISION_TAKE,
            _P.FINDING_SETTLE,
            _P.SCHEME_REVIEW,
            _P.STANDARD_REVIEW,
        }
    ),
    Role.OFFICER: frozenset(
        _BODY
        | {
            _P.APPEAL_APPROVE,
            _P.APPEAL_HANDLE,
            _P.APPEAL_READ,
            _P.DECISION_READ,
            _P.FINDING_SETTLE,
        }
    ),
    Role.MANAGER: frozenset(
        _PROVIDER
        | {
            _P.ACTION_REPORT,
            _P.APPEAL_LODGE,
            _P.APPEAL_READ,
            _P.APPLICATION_READ,
            _P.APPLICATION_SUBMIT,
            _P.AUDIT_ACCEPT,
            _P.CERTIFICATE_CANCEL,
            _P.EVIDENCE_UPLOAD,
            _P.FINDING_EXTEND,
            _P.FINDING_RESPOND,
            _P.ORGANISATION_MANAGE,
            _P.PEOPLE_MANAGE,
            _P.PEOPLE_READ,
            _P.REPORT_COMMENT,
        }
    ),
    Role.MEMBER: frozenset(_PROVIDER | {_P.ACTION_REPORT, _P.EVIDENCE_UPLOAD, _P.PEOPLE_READ}),
    Role.INSPECTOR: frozenset(
        _EVERYBODY
        | _READS_FILES
        | {
            _P.APPEAL_READ,
            _P.APPLICATION_READ,
            _P.DECISION_READ,
            _P.EVENT_READ,
            _P.OVERSIGHT_READ,
        }
    ),
}


class Actor(Protocol):
    """Whoever is acting, for which organisation; ``accounts.people`` supplies it."""

    @property
    def person_id(self) -> int:
        """Key of the person."""
        ...

    @property
    def name(self) -> str:
        """The person's name, as events keep it."""
        ...

    @property
    def organisation_id(self) -> int:
        """Key of the organisation acted for."""
        ...

    @property
    def organisation_kind(self) -> OrganisationKind:
        """Kind of the organisation acted for."""
        ...

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held there now."""
        ...


def allowed(actor: Actor | None, permission: Permission) -> bool:
    """Say whether one of the actor's roles grants the permission; one's own account needs no role."""
    if actor is None:
        return False
    return permission is Permission.ACCOUNT_OWN or any(
        permission in GRANTS[role] for role in actor.roles
    )


def holders(permission: Permission) -> tuple[Role, ...]:
    """Give the roles that hold a permission, in the order of ``Role``."""
    return tuple(role for role in Role if permission in GRANTS[role])


def as_markdown() -> str:
    """Write the table as docs/permissions.md has it; a house test holds the two together."""
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "Made from `core/permissions.py` by `./run.sh flask permissions`. A permission opens a kind of step to a role;",
        "conditions on the object (own organisation, own audit, team leader) come on top, and no role passes a guard.",
        "",
        "| permission | " + " | ".join(role.value for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for permission in Permission:
        marks = ["x" if permission in GRANTS[role] else "" for role in roles]
        lines.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"

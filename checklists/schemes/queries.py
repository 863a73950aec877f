"""Schemes as read; the rules of a published version are parsed once a process."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from checklists.packs.rules import Problem
from checklists.schemes.models import Scheme, SchemeEditor, SchemeVersion
from checklists.schemes.rules import (
    OPEN,
    SETTLED,
    SchemeFacts,
    SchemeRules,
    SchemeState,
    parse_scheme,
)
from checklists.standards.models import Criterion, StandardVersion
from checklists.standards.rules import StandardState
from core.clock import utc_now
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed

AT_WORK = (Permission.SCHEME_EDIT, Permission.SCHEME_REVIEW, Permission.SCHEME_PUBLISH)
VersionRow = Row[SchemeVersion, Scheme, StandardVersion, Organisation]
_parsed: dict[str, SchemeRules] = {}


def rules(session: Session, scheme_version_id: int) -> SchemeRules:
    """Give the rules of a scheme version; raises ``NotFound``.

    One statement. Parsing is remembered by the content's digest: a published version never changes, and a draft that
    does has another digest.
    """
    row = session.execute(
        select(SchemeVersion.content, SchemeVersion.content_sha256).where(
            SchemeVersion.id == scheme_version_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return rules_of(row.content_sha256, row.content)


def rules_known(session: Session, scheme_version_id: int, content_sha256: str) -> SchemeRules:
    """Give the rules of a version whose digest the caller has read: no statement once it was parsed."""
    known = _parsed.get(content_sha256)
    return known if known is not None else rules(session, scheme_version_id)


def rules_of(content_sha256: str, content: object) -> SchemeRules:
    """Parse a version's content, once for each digest; drafts are read with ``read_scheme``, which keeps nothing."""
    if content_sha256 not in _parsed:
        _parsed[content_sha256] = parse_scheme(content)
    return _parsed[content_sha256]


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Give the condition on ``Scheme`` and ``SchemeVersion`` for what an actor may see (``None``: the operator, all).

    Published and superseded versions are seen by everybody; what stands before that by people of the body whose
    scheme it is, who edit, review or publish.
    """
    if actor is None:
        return true()
    settled = SchemeVersion.state.in_(SETTLED)
    return or_(settled, Scheme.body_id == actor.organisation_id) if at_work(actor) else settled


def at_work(actor: Actor) -> bool:
    """Say whether somebody edits, reviews or publishes schemes of their body."""
    return actor.organisation_kind is OrganisationKind.BODY and any(
        allowed(actor, permission) for permission in AT_WORK
    )


def published(session: Session, body_id: int) -> Sequence[Row[SchemeVersion, Scheme]]:
    """List the published version of each scheme that a body may certify by: the common ones and its own."""
    query = (
        select(SchemeVersion, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(
            SchemeVersion.state == SchemeState.PUBLISHED,
            or_(Scheme.body_id.is_(None), Scheme.body_id == body_id),
        )
        .order_by(Scheme.body_id.is_not(None), Scheme.code)
    )
    return session.execute(query).all()


def offered(session: Session, also: int | None = None) -> Sequence[Row[SchemeVersion, Scheme]]:
    """List what can be applied for at some body, and the version that an application names already."""
    query = (
        select(SchemeVersion, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(or_(SchemeVersion.state == SchemeState.PUBLISHED, SchemeVersion.id == also))
        .order_by(Scheme.body_id.is_not(None), Scheme.code, SchemeVersion.version)
    )
    return session.execute(query).all()


def listing(
    actor: Actor, *, words: str = "", state: str = "", whose: str = ""
) -> Select[SchemeVersion, Scheme, StandardVersion, Organisation]:
    """Build the list of versions; ``whose`` is ``common``, ``own`` or ``others``."""
    query = _whole().where(visible(actor))
    if words:
        texts = (
            Scheme.code,
            Scheme.title_zh,
            Scheme.title_en,
            StandardVersion.title_zh,
            StandardVersion.title_en,
        )
        query = query.where(or_(*(text.ilike(like(words), escape="\\") for text in texts)))
    if state in set(SchemeState):
        query = query.where(SchemeVersion.state == SchemeState(state))
    conditions = {
        "common": Scheme.body_id.is_(None),
        "own": Scheme.body_id == actor.organisation_id,
        "others": Scheme.body_id.is_not(None) & (Scheme.body_id != actor.organisation_id),
    }
    if whose in conditions:
        query = query.where(conditions[whose])
    return query.order_by(Scheme.body_id.is_not(None), Scheme.code, SchemeVersion.version.desc())


def version(session: Session, actor: Actor | None, version_id: int) -> VersionRow:
    """Give one version with scheme, standard version and body (none for a common scheme); raises ``NotFound``."""
    query = _whole().where(SchemeVersion.id == version_id, visible(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def own(session: Session, actor: Actor, version_id: int) -> VersionRow:
    """Give a version of the actor's own body, held until the end of the transaction; raises ``NotFound``."""
    query = (
        _whole()
        .where(
            SchemeVersion.id == version_id, visible(actor), Scheme.body_id == actor.organisation_id
        )
        .with_for_update(of=SchemeVersion)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def versions_of(session: Session, actor: Actor, scheme_id: int) -> Sequence[SchemeVersion]:
    """List the versions of a scheme that the actor may see, newest first."""
    query = (
        select(SchemeVersion)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(SchemeVersion.scheme_id == scheme_id, visible(actor))
        .order_by(SchemeVersion.version.desc())
    )
    return session.scalars(query).all()


def open_version(session: Session, scheme_id: int) -> int | None:
    """Give the version of a scheme that is being worked on, if there is one."""
    query = select(SchemeVersion.id).where(
        SchemeVersion.scheme_id == scheme_id, SchemeVersion.state.in_(OPEN)
    )
    return session.scalar(query)


def every(session: Session) -> Sequence[Row[SchemeVersion, Scheme, Organisation]]:
    """List every version of every scheme with the body whose it is, for the command line."""
    query = (
        select(SchemeVersion, Scheme, Organisation)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .outerjoin(Organisation, Organisation.id == Scheme.body_id)
        .order_by(Scheme.code, SchemeVersion.version)
    )
    return session.execute(query).all()


def waiting(session: Session, actor: Actor) -> Sequence[Row[SchemeVersion, Scheme]]:
    """List the versions of the body's schemes that are being worked on, the oldest first."""
    query = (
        select(SchemeVersion, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(
            Scheme.body_id == actor.organisation_id, visible(actor), SchemeVersion.state.in_(OPEN)
        )
        .order_by(SchemeVersion.id)
    )
    return session.execute(query).all() if at_work(actor) else ()


def latest(session: Session, scheme_id: int) -> int:
    """Give the number of the version published last; 0 before the first."""
    query = select(func.max(SchemeVersion.version)).where(
        SchemeVersion.scheme_id == scheme_id, SchemeVersion.state.in_(SETTLED)
    )
    return session.scalar(query) or 0


def facts(
    session: Session, actor: Actor, row: VersionRow, read: SchemeRules, problems: Sequence[Problem]
) -> SchemeFacts:
    """Gather what the steps of a version look at, in three statements."""
    version, scheme, standard, body = row
    editors = set(
        session.scalars(
            select(SchemeEditor.person_id).where(SchemeEditor.scheme_version_id == version.id)
        )
    )
    dimensions = session.scalars(
        select(Criterion.dimension).where(Criterion.standard_version_id == standard.id).distinct()
    )
    known = {one.code for one in read.dimensions}
    return SchemeFacts(
        version_id=version.id,
        problems=len(problems),
        standard=f"{read.standard.code} {standard.version}",
        standard_published=standard.state in {StandardState.PUBLISHED, StandardState.SUPERSEDED},
        strange=tuple(sorted(set(dimensions) - known - {""})),
        example=example_number(read, problems, body),
        version=version.version,
        latest=latest(session, scheme.id),
        is_author=version.drafted_by_id == actor.person_id,
        is_editor=actor.person_id in editors,
        is_submitter=version.submitted_by_id == actor.person_id,
    )


def example_number(
    read: SchemeRules, problems: Sequence[Problem], body: Organisation | None
) -> str:
    """Give a number as the pattern makes it for a body; empty where the pattern is not right."""
    pattern = read.certificate.number_pattern
    if not pattern or any(one.pointer == "/certificate/number_pattern" for one in problems):
        return ""
    code = body.code if body and body.code else "CB"
    return read.certificate.number(code, read.code, utc_now().year, 123, 0)


def _whole() -> Select[SchemeVersion, Scheme, StandardVersion, Organisation]:
    return (
        select(SchemeVersion, Scheme, StandardVersion, Organisation)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .outerjoin(Organisation, Organisation.id == Scheme.body_id)
    )

"""Schemes as read; the rules of a published version are parsed once a process."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.rules import SchemeRules, SchemeState, parse_scheme
from checklists.standards.models import StandardVersion
from core.errors import NotFound

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
    """Parse a version's content, once for each digest."""
    if content_sha256 not in _parsed:
        _parsed[content_sha256] = parse_scheme(content)
    return _parsed[content_sha256]


def published(session: Session) -> Sequence[Row[SchemeVersion, Scheme]]:
    """List what can be applied for: the published version of each scheme."""
    query = (
        select(SchemeVersion, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(SchemeVersion.state == SchemeState.PUBLISHED)
        .order_by(Scheme.code)
    )
    return session.execute(query).all()


def versions(session: Session) -> Sequence[Row[SchemeVersion, Scheme, StandardVersion]]:
    """List every version of every scheme with the standard version it assesses against."""
    query = (
        select(SchemeVersion, Scheme, StandardVersion)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .order_by(Scheme.code, SchemeVersion.version.desc())
    )
    return session.execute(query).all()


def version(session: Session, version_id: int) -> Row[SchemeVersion, Scheme, StandardVersion]:
    """Give one version with scheme and standard version; raises ``NotFound``."""
    query = (
        select(SchemeVersion, Scheme, StandardVersion)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .where(SchemeVersion.id == version_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row

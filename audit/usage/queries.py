"""Where a version of a standard is used."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from audit.planning.models import Audit, Engagement
from audit.planning.queries import visible
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.rules import SchemeState
from core.permissions import Actor

KNOWN = (SchemeState.PUBLISHED, SchemeState.SUPERSEDED)


def schemes(session: Session, version_id: int) -> Sequence[Row[SchemeVersion, Scheme]]:
    """List the published and superseded scheme versions that assess against a version, newest first."""
    query = (
        select(SchemeVersion, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(SchemeVersion.standard_version_id == version_id, SchemeVersion.state.in_(KNOWN))
        .order_by(Scheme.code, SchemeVersion.version.desc())
    )
    return session.execute(query).all()


def audits_by_scheme(session: Session, actor: Actor, version_id: int) -> Mapping[int, int]:
    """Count the audits that began with a version, as far as the actor sees them, by scheme version."""
    query = (
        select(Engagement.scheme_version_id, func.count())
        .select_from(Audit)
        .join(Engagement, Engagement.id == Audit.engagement_id)
        .where(Audit.standard_version_id == version_id, visible(actor))
        .group_by(Engagement.scheme_version_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def audits(actor: Actor, version_id: int) -> Select[Audit, Organisation]:
    """Select the audits that began with a version, newest first; for ``core.pages.paginate``."""
    return (
        select(Audit, Organisation)
        .join(Organisation, Organisation.id == Audit.client_id)
        .where(Audit.standard_version_id == version_id, visible(actor))
        .order_by(Audit.id.desc())
    )

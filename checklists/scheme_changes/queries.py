"""What a version can be compared with."""

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import visible
from core.permissions import Actor

MOST = 300


def others(session: Session, actor: Actor, version: SchemeVersion) -> list[Row[int, int, Scheme]]:
    """List (key, number, scheme) of the other versions the actor may see, those of the same scheme first."""
    query = (
        select(SchemeVersion.id, SchemeVersion.version, Scheme)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(visible(actor), SchemeVersion.id != version.id)
        .order_by(
            SchemeVersion.scheme_id != version.scheme_id, Scheme.code, SchemeVersion.version.desc()
        )
        .limit(MOST)
    )
    return list(session.execute(query))


def compared_by_default(version: SchemeVersion, known: list[Row[int, int, Scheme]]) -> int | None:
    """Give the version it came from, else the one before it."""
    keys = [key for key, _number, _scheme in known]
    if version.based_on_id in keys:
        return version.based_on_id
    before = [
        key
        for key, number, scheme in known
        if scheme.id == version.scheme_id and number < version.version
    ]
    return before[0] if before else None

"""What the editor offers to choose from."""

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from checklists.standards.models import Standard, StandardVersion
from checklists.standards.queries import visible
from checklists.standards.rules import StandardState
from core.permissions import Actor


def standard_choices(
    session: Session, actor: Actor, current: int | None
) -> list[Row[StandardVersion, str]]:
    """List the standard versions that a scheme may assess against: published ones, and the one it has."""
    query = (
        select(StandardVersion, Standard.code)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            visible(actor),
            (StandardVersion.state == StandardState.PUBLISHED) | (StandardVersion.id == current),
        )
        .order_by(Standard.code, StandardVersion.id.desc())
    )
    return list(session.execute(query))

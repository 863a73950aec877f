"""What an editor of a criterion reads besides its texts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.editing.rules import Spot
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.schemes.rules import SchemeState
from checklists.standards.models import Criterion
from checklists.standards.queries import lacks
from checklists.standards.rules import DIMENSION_NAMES
from core.words import Words


def spots(session: Session, version_id: int) -> list[Spot]:
    """Give every criterion of a draft in order, and in which language something is wanting."""
    query = (
        select(Criterion.id, Criterion.code, lacks("zh"), lacks("en"))
        .where(Criterion.standard_version_id == version_id)
        .order_by(Criterion.position)
    )
    return [Spot(*row) for row in session.execute(query)]


def codes_like(session: Session, version_id: int, code: str) -> list[str]:
    """Give the codes of a draft that begin like one."""
    query = select(Criterion.code).where(
        Criterion.standard_version_id == version_id,
        Criterion.code.startswith(code, autoescape=True),
    )
    return list(session.scalars(query))


def dimensions(session: Session, own: str) -> list[tuple[str, str | Words]]:
    """Give the dimensions to choose from: none, those of the published schemes, and the criterion's own."""
    found: dict[str, str | Words] = {"": DIMENSION_NAMES[""]}
    published = select(SchemeVersion.content_sha256, SchemeVersion.content).where(
        SchemeVersion.state == SchemeState.PUBLISHED
    )
    for sha256, content in session.execute(published):
        found.update((one.code, one.title) for one in rules_of(sha256, content).dimensions)
    for code, name in DIMENSION_NAMES.items():
        found.setdefault(code, name)
    found.setdefault(own, own)
    return list(found.items())

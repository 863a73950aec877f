"""Two versions as the comparison reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.comparison.rules import FIELDS, Chapter, Item
from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.queries import visible
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Choice:
    """A version that can be compared."""

    version: StandardVersion
    code: str

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.code} {self.version.version}"


def choices(session: Session, actor: Actor) -> dict[int, Choice]:
    """Give every version that the actor may read, newest first in each standard."""
    query = (
        select(StandardVersion, Standard.code)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(visible(actor))
        .order_by(Standard.code, StandardVersion.id.desc())
    )
    return {row[0].id: Choice(*row) for row in session.execute(query)}


def sides(session: Session, version_ids: Sequence[int]) -> dict[int, list[Item]]:
    """Give all criteria of some versions in reading order, in one statement whatever their number."""
    columns = [getattr(Criterion, name) for name in FIELDS]
    query = (
        select(
            Criterion.standard_version_id,
            Section.code,
            Section.title_zh,
            Section.title_en,
            *columns,
        )
        .join(Section, Section.id == Criterion.section_id)
        .where(Criterion.standard_version_id.in_(version_ids))
        .order_by(Criterion.position)
    )
    found: dict[int, list[Item]] = {key: [] for key in version_ids}
    chapters: dict[tuple[str, ...], Chapter] = {}
    for row in session.execute(query):
        version_id, *rest = row
        section = tuple(rest[:3])
        chapter = chapters.setdefault(section, Chapter(*section))
        values = dict(zip(FIELDS, rest[3:], strict=True))
        values["citations"] = [
            {"code": one["code"], "clause": one.get("clause", "")} for one in values["citations"]
        ]
        found[version_id].append(Item(chapter, values))
    return found

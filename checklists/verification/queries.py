"""The citations of a version, gathered from its criteria."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.citations import queries as register
from checklists.citations.rules import Cited, Pair, Standing
from checklists.standards.models import Criterion
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A citation with the codes of the criteria that cite it."""

    cited: Cited
    criteria: list[str] = field(default_factory=list)

    def says(self, words: str) -> bool:
        """Say whether the words stand in it, or are the code of a criterion that cites it."""
        wanted = words.lower()
        return wanted in self.cited.pair.label.lower() or any(
            wanted == code.lower() for code in self.criteria
        )


def entries(session: Session, actor: Actor, version_id: int) -> list[Entry]:
    """Give every citation of a version with its checks, in the order of code and clause; two statements."""
    criteria: dict[Pair, list[str]] = {}
    declared: dict[Pair, bool] = {}
    for code, pair, verified in _rows(session, version_id):
        criteria.setdefault(pair, []).append(code)
        declared[pair] = declared.get(pair, True) and verified
    known = register.checks(session, actor, [pair.code for pair in criteria])
    return [
        Entry(Cited(pair, declared[pair], known.get(pair, ())), criteria[pair])
        for pair in sorted(criteria)
    ]


def pairs(session: Session, version_id: int) -> set[Pair]:
    """Give what a version cites."""
    return {pair for _, pair, _ in _rows(session, version_id)}


def _rows(session: Session, version_id: int) -> Iterator[tuple[str, Pair, bool]]:
    """Give code, citation and what the pack says of it, for each criterion that cites something."""
    query = (
        select(Criterion.code, Criterion.citations)
        .where(Criterion.standard_version_id == version_id)
        .order_by(Criterion.position)
    )
    for code, cited in session.execute(query):
        for one in cited:
            yield code, Pair(one["code"], one.get("clause", "")), bool(one.get("verified"))


def counts(found: list[Entry]) -> dict[Standing, int]:
    """Count the citations by how they stand."""
    return {standing: sum(one.cited.standing is standing for one in found) for standing in Standing}

"""Pages of long lists, and lists as spreadsheet text."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the items: page ``number`` (from 1) of ``pages``; ``total`` items in all."""

    items: list[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """Give how many pages there are, at least one."""
        return max(1, ceil(self.total / self.per_page))


def paginate(
    session: Session, query: Select[*tuple[Any, ...]], number: int, *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Run a query for one page: one statement counts, one fetches. Rows of one entity come as the entity."""
    counted = query.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    if query._group_by_clauses or query._distinct:  # noqa: SLF001 -- the public API does not tell
        counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = session.scalar(counted) or 0
    last = max(1, ceil(total / per_page))
    number = min(max(1, number), last)
    result = session.execute(query.limit(per_page).offset((number - 1) * per_page))
    single = len(query.column_descriptions) == 1
    items: list[Any] = list(result.scalars()) if single else list(result)
    return Page(items, number, per_page, total)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table for spreadsheet programs: with the mark they know UTF-8 by, and no text of people is a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([_cell(value) for value in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value

"""How what was typed for a part becomes content. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from checklists.scheme_parts.rules import Part, differences, taken

Content = dict[str, Any]


def digest_of(content: Mapping[str, object], part: Part) -> str:
    """Give a short digest of a part: whoever read it with another one read something else."""
    canonical = json.dumps(taken(content, part), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def merged(content: Mapping[str, object], part: Part, values: Mapping[str, object]) -> Content:
    """Put what was typed for a part into a content; the other parts stay as they are."""
    made: Content = dict(content)
    for key, value in values.items():
        made[key] = _pruned(value)
    return _completed(made, content, part)


def changed(
    content: Mapping[str, object], after: Mapping[str, object], part: Part
) -> dict[str, tuple[object, object]]:
    """Give what a saving changes of a part, by pointer, as (before, after)."""
    return differences(taken(content, part), taken(after, part))


def sum_of(rows: Sequence[Mapping[str, object]], key: str) -> float:
    """Add up a column as far as it holds figures."""
    values = [row.get(key) for row in rows]
    return round(sum(one for one in values if isinstance(one, int | float)), 9)


def _completed(made: Content, before: Mapping[str, object], part: Part) -> Content:
    """Add what follows from the rest: numbers of levels, the quantile of a confidence, words not asked for."""
    if part is Part.LEVELS:
        made["levels"] = [{"number": n, **row} for n, row in enumerate(made["levels"], start=1)]
    if part is Part.RATING:
        made["rating"] |= _quantile(made["rating"].get("confidence"), before.get("rating"))
    if part is Part.CERTIFICATE and isinstance(words := before.get("status_words"), Mapping):
        made["status_words"] = {**words, **made["status_words"]}
    return made


def _quantile(confidence: object, before: object) -> dict[str, float]:
    """Give the one-sided quantile; the one that is there stays while it fits."""
    if not isinstance(confidence, float) or not 0 < confidence < 1:
        return {}
    due = NormalDist().inv_cdf(confidence)
    known = before.get("z") if isinstance(before, Mapping) else None
    fits = isinstance(known, int | float) and abs(known - due) <= 0.005
    return {"z": float(known) if fits and known is not None else round(due, 3)}


def _pruned(value: object) -> object:
    """Leave out fields that are empty; a list keeps its gaps, but not at its end."""
    if isinstance(value, Mapping):
        inner = {key: _pruned(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one is not None and one != ""}
    if isinstance(value, list):
        rows = [_pruned(one) for one in value]
        while rows and rows[-1] is None:
            rows.pop()
        return rows
    return value

"""The way of an import, and what is counted before anything is written. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from checklists.standards.rules import StandardPack
from core.words import N_, Badge, Saying, Words

KEPT_FOR = timedelta(days=7)
MOST_OPEN = 20  # imports of one body that wait to be confirmed


class ImportState(StrEnum):
    """Where an import stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DONE = "done"
    DISCARDED = "discarded"
    EXPIRED = "expired"


OPEN = (ImportState.PENDING, ImportState.CONFIRMED)
BADGES = {
    ImportState.PENDING: Badge("go", "wait", N_("Waiting to be confirmed")),
    ImportState.CONFIRMED: Badge("go", "going", N_("Being written")),
    ImportState.DONE: Badge("good", "check", N_("Imported")),
    ImportState.DISCARDED: Badge("", "over", N_("Discarded")),
    ImportState.EXPIRED: Badge("", "over", N_("Expired")),
}
SAYINGS = {
    "import:received": Saying(N_("%(actor)s handed over %(label)s to be imported")),
    "import:arranged": Saying(N_("%(actor)s said how %(label)s is to be read")),
    "import:confirmed": Saying(N_("%(actor)s confirmed the import of %(label)s"), key=True),
    "import:returned": Saying(N_("The import of %(label)s could not be written and waits again")),
    "import:finished": Saying(N_("%(label)s was imported"), key=True),
    "import:discarded": Saying(N_("%(actor)s discarded the import of %(label)s"), key=True),
    "import:expired": Saying(N_("The import of %(label)s expired"), key=True),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a standard holds, counted for the preview. ``missing`` counts texts without the language."""

    sections: int
    criteria: int
    critical: int
    levels: Mapping[int, int]
    dimensions: Mapping[str, int]
    areas: Mapping[str, int]
    missing: Mapping[str, int]


def counts(pack: StandardPack) -> Counts:
    """Count a standard."""
    criteria = pack.criteria
    return Counts(
        sections=len(pack.sections),
        criteria=len(criteria),
        critical=sum(one.critical for one in criteria),
        levels=dict(sorted(Counter(one.level_from for one in criteria).items())),
        dimensions=Counter(one.dimension for one in criteria),
        areas=Counter(one.area for one in criteria),
        missing={
            language: sum(not getattr(one, language) for one in _texts(pack))
            for language in ("zh", "en")
        },
    )


def _texts(pack: StandardPack) -> list[Words]:
    """List the texts that one language at least has."""
    found = [pack.title, pack.summary, *(section.title for section in pack.sections)]
    for one in pack.criteria:
        found += [one.title, one.requirement, one.guidance, one.evidence]
    return [text for text in found if text.zh or text.en]

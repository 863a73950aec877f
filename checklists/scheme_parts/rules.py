"""The parts of a scheme's content, the names of its fields, and places in it. Pure.

A place is a JSON pointer (RFC 6901). The editor names its form fields after it, so that ``/levels/2/title/zh`` is the
field ``levels-2-title-zh``; where a place has no field of its own, ``field_of`` gives the one to mend it in.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from core.words import N_, T_, Text

MOST_LEVELS, MOST_ROWS = 20, 200  # of a list, so that a page can hold it


class Part(StrEnum):
    """What is saved together."""

    FRAME = "frame"
    LEVELS = "levels"
    DIMENSIONS = "dimensions"
    METRICS = "metrics"
    RATING = "rating"
    DEADLINES = "deadlines"
    CYCLE = "cycle"
    TIME = "time"
    SITES = "sites"
    COMPETENCE = "competence"
    CERTIFICATE = "certificate"
    BENCHMARKS = "benchmarks"


PART_NAMES: dict[Part, str] = {
    Part.FRAME: N_("Title and standard"),
    Part.LEVELS: N_("Levels"),
    Part.DIMENSIONS: N_("Dimensions and weights"),
    Part.METRICS: N_("Metrics and their anchors"),
    Part.RATING: N_("Rating rule"),
    Part.DEADLINES: N_("Deadlines and reminders"),
    Part.CYCLE: N_("Cycle, suspension and decision"),
    Part.TIME: N_("Audit time"),
    Part.SITES: N_("Site sampling"),
    Part.COMPETENCE: N_("Technical areas"),
    Part.CERTIFICATE: N_("Certificate and its words"),
    Part.BENCHMARKS: N_("Figures to compare with"),
}
KEYS: dict[Part, tuple[str, ...]] = {
    Part.FRAME: ("title", "standard"),
    Part.LEVELS: ("levels",),
    Part.DIMENSIONS: ("dimensions",),
    Part.METRICS: ("metrics",),
    Part.RATING: ("rating",),
    Part.DEADLINES: ("deadlines", "reminders_days"),
    Part.CYCLE: (
        "cycle",
        "suspension",
        "major_verification_months",
        "restoration_months",
        "decision",
        "cooling_off_years",
        "retention_cycles",
        "report_comment_days",
    ),
    Part.TIME: ("audit_time",),
    Part.SITES: ("site_sampling",),
    Part.COMPETENCE: ("competence_areas",),
    Part.CERTIFICATE: ("certificate", "status_words"),
    Part.BENCHMARKS: ("benchmarks",),
}
_PART_OF = {key: part for part, keys in KEYS.items() for key in keys}

# What a row of a list is called; the number follows.
ROWS: dict[str, str] = {
    "levels": N_("Level"),
    "dimensions": N_("Dimension"),
    "metrics": N_("Metric"),
    "audit_time/table": N_("Table row"),
    "audit_time/factors": N_("Factor"),
    "competence_areas": N_("Technical area"),
    "benchmarks": N_("Figure"),
}

# Names by the tail of a place, without numbers; the longest tail that is known counts.
LABELS: dict[str, str] = {
    "format": N_("Format"),
    "code": N_("Code"),
    "version": N_("Version"),
    "title": N_("Title"),
    "title/zh": N_("Title in Chinese"),
    "title/en": N_("Title in English"),
    "explanation": N_("Explanation"),
    "explanation/zh": N_("Explanation in Chinese"),
    "explanation/en": N_("Explanation in English"),
    "standard": N_("Standard version"),
    "standard/code": N_("Standard"),
    "standard/version": N_("Standard version"),
    "levels": N_("Levels"),
    "number": N_("Number"),
    "cut": N_("From a score of"),
    "dimensions": N_("Dimensions"),
    "weight": N_("Weight"),
    "quantity_share": N_("Share of the measures"),
    "metrics": N_("Metrics"),
    "dimension": N_("Dimension"),
    "unit": N_("Unit"),
    "kind": N_("Kind"),
    "better": N_("Better is"),
    "anchors": N_("Anchor"),
    "decimals": N_("Decimals"),
    "rating": N_("Rating rule"),
    "anchor_scores": N_("Anchor is worth"),
    "confidence": N_("Confidence of a sample"),
    "minimum_window_days": N_("Least window of data in days"),
    "short_window_max_level": N_("Highest level with less"),
    "weakest_plus": N_("Levels above the weakest dimension"),
    "z": N_("One-sided quantile"),
    "deadlines": N_("Deadlines in days"),
    "deadlines/minor": N_("Minor nonconformity"),
    "deadlines/major": N_("Major nonconformity"),
    "acknowledge": N_("Acknowledge"),
    "response": N_("Respond"),
    "implementation": N_("Implement"),
    "reminders_days": N_("Reminders, days before a deadline"),
    "cycle": N_("Cycle"),
    "years": N_("Years of a cycle"),
    "surveillance_rule": N_("Surveillance falls due"),
    "surveillance_months": N_("Months between surveillances"),
    "surveillance_grace_days": N_("Days of grace for a surveillance"),
    "recertification_lead_months": N_("Months before expiry for the recertification"),
    "suspension": N_("Suspension"),
    "max_months": N_("Longest suspension in months"),
    "major_verification_months": N_("Months to verify a major nonconformity"),
    "restoration_months": N_("Months to restore an expired certificate"),
    "decision": N_("Decision"),
    "deciders": N_("People who decide"),
    "cooling_off_years": N_("Years of cooling-off after consultancy"),
    "retention_cycles": N_("Further cycles that records are kept"),
    "report_comment_days": N_("Days for the client’s comments on a report"),
    "audit_time": N_("Audit time"),
    "table": N_("Table"),
    "up_to": N_("People up to"),
    "days": N_("Days"),
    "factors": N_("Factors"),
    "share": N_("Share of the days"),
    "reduction_limit": N_("Most that factors may take away"),
    "stage1_share": N_("Share of stage 1"),
    "surveillance_share": N_("Surveillance, share of the initial time"),
    "recertification_share": N_("Recertification, share of the initial time"),
    "site_sampling": N_("Site sampling"),
    "initial": N_("Initial audit, factor of the square root"),
    "surveillance": N_("Surveillance, factor of the square root"),
    "recertification": N_("Recertification, factor of the square root"),
    "random_share": N_("Share drawn at random"),
    "competence_areas": N_("Technical areas"),
    "competence_areas/dimensions": N_("Needed for"),
    "certificate": N_("Certificate"),
    "validity_months": N_("Valid for months"),
    "number_pattern": N_("Number pattern"),
    "status_words": N_("Words for the statuses"),
    "status_words/active": N_("Active"),
    "status_words/suspended": N_("Suspended"),
    "status_words/withdrawn": N_("Withdrawn"),
    "status_words/cancelled": N_("Cancelled"),
    "status_words/expired": N_("Expired"),
    "status_words/reduced": N_("Reduced"),
    "zh": N_("In Chinese"),
    "en": N_("In English"),
    "benchmarks": N_("Figures to compare with"),
    "metric": N_("Metric"),
    "value": N_("Value"),
    "within_hours": N_("Within hours"),
}

# Places without a field of their own, and the field in which they are mended.
_ELSEWHERE = tuple(
    (re.compile(shape), field)
    for shape, field in (
        (r"standard(-.*)?", "standard_version_id"),
        (r"(format|code|version)", "title-zh"),
        (r"(levels-\d+)(-number)?", r"\1-cut"),
        (r"(rating)(-z)?", r"\1-confidence"),
        (r"reminders_days-\d+", "reminders_days"),
        (r"(audit_time-table-\d+)", r"\1-up_to"),
        (r"(competence_areas-\d+-dimensions)-\d+", r"\1"),
        (
            r"((?:dimensions|metrics|competence_areas|benchmarks|audit_time-factors)-\d+)",
            r"\1-code",
        ),
        (r"((?:.*-)?(?:title|explanation))", r"\1-zh"),
        (r"(deadlines)(-minor)?", r"\1-minor-acknowledge"),
        (r"(deadlines-major)", r"\1-acknowledge"),
        (r"(status_words)", r"\1-active-zh"),
        (r"(status_words-[a-z]+)", r"\1-zh"),
        (r"cycle", "cycle-years"),
        (r"suspension", "suspension-max_months"),
        (r"decision", "decision-deciders"),
        (r"audit_time", "audit_time-table"),
        (r"site_sampling", "site_sampling-initial"),
        (r"certificate", "certificate-validity_months"),
    )
)


def steps_of(pointer: str) -> tuple[str, ...]:
    """Give the keys and numbers of a pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def part_of(pointer: str) -> Part:
    """Give the part in which a place is edited; what belongs nowhere stands with the frame."""
    return _PART_OF.get((*steps_of(pointer), "")[0], Part.FRAME)


def field_of(pointer: str) -> str:
    """Give the name of the form field in which a place is mended."""
    name = "-".join(steps_of(pointer))
    for shape, field in _ELSEWHERE:
        found = shape.fullmatch(name)
        if found:
            return found.expand(field)
    return name


def place(pointer: str) -> tuple[Text, ...]:
    """Say where a pointer leads, from the outside in: level 3, title in Chinese."""
    found: list[Text] = []
    names: list[str] = []
    for step in steps_of(pointer):
        if step.isdecimal():
            row = ROWS.get("/".join(names)) or label(names)
            found = [*found[:-1], T_("%(name)s %(n)s", name=Text(row), n=int(step) + 1)]
            continue
        names.append(step)
        found.append(Text(label(names)))
    return _told(found, names)


def label(names: Iterable[str]) -> str:
    """Name a field by the longest known tail of its place; a stranger keeps its own name."""
    steps = [name for name in names if not name.isdecimal()]
    tails = ("/".join(steps[n:]) for n in range(len(steps)))
    return next((LABELS[tail] for tail in tails if tail in LABELS), steps[-1] if steps else "")


def leaves(value: object, pointer: str = "") -> dict[str, object]:
    """Give every figure and text of a content by its pointer; what is missing and null are alike."""
    if isinstance(value, Mapping):
        pairs: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list | tuple):
        pairs = enumerate(value)
    else:
        return {} if value is None else {pointer: value}
    found: dict[str, object] = {}
    for key, inner in pairs:
        step = str(key).replace("~", "~0").replace("/", "~1")
        found |= leaves(inner, f"{pointer}/{step}")
    return found


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """Give each leaf that is not the same in both, by its pointer, as (before, after)."""
    old, new = leaves(before), leaves(after)
    return {
        pointer: (old.get(pointer), new.get(pointer))
        for pointer in {**old, **new}
        if old.get(pointer) != new.get(pointer)
    }


def taken(content: Mapping[str, object], part: Part) -> dict[str, object]:
    """Give what of a content belongs to a part."""
    return {key: content[key] for key in KEYS[part] if content.get(key) is not None}


def _told(found: list[Text], names: list[str]) -> tuple[Text, ...]:
    """Leave out a group whose field says it all: “title” before “title in Chinese”, “deadlines” before a grade."""
    if len(found) > 1 and names[-1] in {"zh", "en"} and names[-2] in {"title", "explanation"}:
        found = [*found[:-2], found[-1]]
    plain = {"rating", "cycle", "audit_time", "site_sampling", "certificate", "deadlines"}
    if len(found) > 1 and names[0] in plain | {"suspension", "decision", "status_words"}:
        found = found[1:]
    return tuple(found)


# -- the order in which a person writes a scheme -----------------------------------------------------------------------

_FIRST = (
    "format",
    "number",
    "up_to",
    "code",
    "dimension",
    "metric",
    "title",
    "zh",
    "en",
    "version",
    "standard",
)
_TOP = (
    "format",
    "code",
    "title",
    "version",
    "standard",
    *(key for keys in KEYS.values() for key in keys),
)


def ordered(content: Mapping[str, object]) -> dict[str, object]:
    """Give a content in the order in which it is written, whatever order it was kept in (PostgreSQL keeps none)."""
    ranks = {key: n for n, key in reversed(list(enumerate(_TOP)))}
    top = sorted(content.items(), key=lambda pair: ranks.get(pair[0], len(ranks)))
    return {key: _ordered(value) for key, value in top}


def _ordered(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    known = [*_FIRST, *LABELS]
    ranks = {key: n for n, key in reversed(list(enumerate(known)))}
    pairs = sorted(value.items(), key=lambda pair: (ranks.get(pair[0], len(known)), str(pair[0])))
    return {key: _ordered(inner) for key, inner in pairs}

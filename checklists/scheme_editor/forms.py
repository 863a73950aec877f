"""One form for each part of a scheme; the names of its fields are the places in the content.

Every field may stay empty: a draft is saved as it stands. What keeps it from review is told beside the fields.
"""

from typing import Any

from wtforms import FieldList, FormField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.widgets import HiddenInput

from checklists.measures.rules import Better, MetricKind, Unit
from checklists.procedures.rules import STATUSES, SurveillanceRule
from checklists.scheme_fields.forms import (
    Figures,
    TextLength,
    Ticks,
    number,
    open_option,
    option,
    word,
)
from checklists.scheme_parts.rules import LABELS, MOST_LEVELS, MOST_ROWS, Part
from core.forms import Form, prose
from core.words import N_

UNIT_NAMES = {
    Unit.PERCENT: N_("per cent"),
    Unit.HOURS: N_("hours"),
    Unit.MINUTES: N_("minutes"),
    Unit.POINTS: N_("points"),
    Unit.DAYS: N_("days"),
}
KIND_NAMES = {
    MetricKind.VALUE: N_("a value read off"),
    MetricKind.PROPORTION: N_("a share of cases"),
    MetricKind.NPS: N_("a net promoter score"),
}
BETTER_NAMES = {Better.HIGHER: N_("higher"), Better.LOWER: N_("lower")}
SURVEILLANCE_NAMES = {
    SurveillanceRule.EVERY_12_MONTHS: N_("so many months after the last"),
    SurveillanceRule.EACH_CALENDAR_YEAR: N_("once each calendar year"),
}
STATUS_WORDS = (*STATUSES, "reduced")


class Title(PlainForm):
    """A title in both languages."""

    zh = word("title/zh")
    en = word("title/en")


class Explanation(PlainForm):
    """An explanation in both languages."""

    zh = prose(LABELS["explanation/zh"], required=False, most=2000)
    en = prose(LABELS["explanation/en"], required=False, most=2000)


class StatusTitle(PlainForm):
    """A status in both languages."""

    zh = word("zh", 60)
    en = word("en", 60)


class LevelRow(PlainForm):
    """A level; its number follows from its place."""

    title = FormField(Title)
    cut = number("cut")


class DimensionRow(PlainForm):
    """A dimension."""

    code = word("code", 40)
    title = FormField(Title)
    weight = number("weight")
    quantity_share = number("quantity_share")


class MetricRow(PlainForm):
    """A metric with an anchor for each level."""

    code = word("code", 40)
    dimension = open_option("dimension")
    title = FormField(Title)
    unit = option("unit", UNIT_NAMES)
    kind = option("kind", KIND_NAMES)
    better = option("better", BETTER_NAMES)
    decimals = number("decimals")
    anchors = FieldList(number("anchors"), label=LABELS["anchors"], max_entries=MOST_LEVELS)
    explanation = FormField(Explanation)


class RatingGroup(PlainForm):
    """How scores become a level."""

    anchor_scores = FieldList(
        number("anchor_scores"), label=LABELS["anchor_scores"], max_entries=MOST_LEVELS
    )
    confidence = number("confidence")
    minimum_window_days = number("minimum_window_days")
    short_window_max_level = number("short_window_max_level")
    weakest_plus = number("weakest_plus")


class GradeGroup(PlainForm):
    """Days from raising a finding to each step."""

    acknowledge = number("acknowledge")
    response = number("response")
    implementation = number("implementation")


class DeadlinesGroup(PlainForm):
    """Deadlines by grade."""

    minor = FormField(GradeGroup, label=LABELS["deadlines/minor"])
    major = FormField(GradeGroup, label=LABELS["deadlines/major"])


class CycleGroup(PlainForm):
    """The rhythm of a cycle."""

    years = number("years")
    surveillance_rule = option("surveillance_rule", SURVEILLANCE_NAMES)
    surveillance_months = number("surveillance_months")
    surveillance_grace_days = number("surveillance_grace_days")
    recertification_lead_months = number("recertification_lead_months")


class SuspensionGroup(PlainForm):
    """Suspension."""

    max_months = number("max_months")


class DecisionGroup(PlainForm):
    """Decision."""

    deciders = number("deciders")


class TableRow(PlainForm):
    """A row of the audit-time table."""

    up_to = number("up_to")
    days = number("days")


class FactorRow(PlainForm):
    """A usual reason to add or take time."""

    code = word("code", 40)
    title = FormField(Title)
    share = number("share")


class TimeGroup(PlainForm):
    """Audit time."""

    table = FieldList(FormField(TableRow), label=LABELS["table"], max_entries=MOST_ROWS)
    factors = FieldList(FormField(FactorRow), label=LABELS["factors"], max_entries=MOST_ROWS)
    reduction_limit = number("reduction_limit")
    stage1_share = number("stage1_share")
    surveillance_share = number("surveillance_share")
    recertification_share = number("recertification_share")


class SitesGroup(PlainForm):
    """Site sampling."""

    initial = number("initial")
    surveillance = number("surveillance")
    recertification = number("recertification")
    random_share = number("random_share")


class AreaRow(PlainForm):
    """A technical area."""

    code = word("code", 40)
    title = FormField(Title)
    dimensions = Ticks(LABELS["competence_areas/dimensions"], choices=[], validate_choice=False)


class CertificateGroup(PlainForm):
    """Validity and number of certificates."""

    validity_months = number("validity_months")
    number_pattern = word(
        "number_pattern", 80,
        description=N_("{body} {scheme} {year} {serial} {renewal} are filled in; {serial:05d} has five digits."),
    )  # fmt: skip


class WordsGroup(PlainForm):
    """What the statuses of a certificate are called."""

    active = FormField(StatusTitle, label=LABELS["status_words/active"])
    suspended = FormField(StatusTitle, label=LABELS["status_words/suspended"])
    withdrawn = FormField(StatusTitle, label=LABELS["status_words/withdrawn"])
    cancelled = FormField(StatusTitle, label=LABELS["status_words/cancelled"])
    expired = FormField(StatusTitle, label=LABELS["status_words/expired"])
    reduced = FormField(StatusTitle, label=LABELS["status_words/reduced"])


class BenchmarkRow(PlainForm):
    """A figure to show a provider against."""

    code = word("code", 40)
    title = FormField(Title)
    metric = open_option("metric")
    value = number("value")
    unit = option("unit", UNIT_NAMES)
    better = option("better", BETTER_NAMES)
    within_hours = number("within_hours")


class PartForm(Form):
    """A part; ``seen`` is the digest of what its reader read, so that a late saving is noticed."""

    seen = StringField(widget=HiddenInput())

    def values(self) -> dict[str, Any]:
        """Give what was typed, in the shape of the content."""
        return {
            name: one.data
            for name, one in self._fields.items()
            if name not in {"seen", "csrf_token"}
        }


class Frame(PartForm):
    """Title and standard version."""

    title = FormField(Title)
    standard_version_id = SelectField(LABELS["standard"], coerce=int, choices=[])


class Levels(PartForm):
    """The levels."""

    levels = FieldList(FormField(LevelRow), label=LABELS["levels"], max_entries=MOST_LEVELS)


class Dimensions(PartForm):
    """The dimensions."""

    dimensions = FieldList(
        FormField(DimensionRow), label=LABELS["dimensions"], max_entries=MOST_ROWS
    )


class Metrics(PartForm):
    """The metrics."""

    metrics = FieldList(FormField(MetricRow), label=LABELS["metrics"], max_entries=MOST_ROWS)


class Rating(PartForm):
    """The rating rule."""

    rating = FormField(RatingGroup, label=LABELS["rating"])


class Deadlines(PartForm):
    """Deadlines and reminders."""

    deadlines = FormField(DeadlinesGroup, label=LABELS["deadlines"])
    reminders_days = Figures(
        LABELS["reminders_days"],
        [TextLength()],
        description=N_("Numbers with commas between them."),
    )


class Cycle(PartForm):
    """Cycle, suspension and decision."""

    cycle = FormField(CycleGroup, label=LABELS["cycle"])
    suspension = FormField(SuspensionGroup, label=LABELS["suspension"])
    major_verification_months = number("major_verification_months")
    restoration_months = number("restoration_months")
    decision = FormField(DecisionGroup, label=LABELS["decision"])
    cooling_off_years = number("cooling_off_years")
    retention_cycles = number("retention_cycles")
    report_comment_days = number("report_comment_days")


class Time(PartForm):
    """Audit time."""

    audit_time = FormField(TimeGroup, label=LABELS["audit_time"])


class Sites(PartForm):
    """Site sampling."""

    site_sampling = FormField(SitesGroup, label=LABELS["site_sampling"])


class Competence(PartForm):
    """Technical areas."""

    competence_areas = FieldList(
        FormField(AreaRow), label=LABELS["competence_areas"], max_entries=MOST_ROWS
    )


class Certificate(PartForm):
    """Certificates and the words for their statuses."""

    certificate = FormField(CertificateGroup, label=LABELS["certificate"])
    status_words = FormField(WordsGroup, label=LABELS["status_words"])


class Benchmarks(PartForm):
    """Figures to compare with."""

    benchmarks = FieldList(
        FormField(BenchmarkRow), label=LABELS["benchmarks"], max_entries=MOST_ROWS
    )


FORMS: dict[Part, type[PartForm]] = {
    Part.FRAME: Frame,
    Part.LEVELS: Levels,
    Part.DIMENSIONS: Dimensions,
    Part.METRICS: Metrics,
    Part.RATING: Rating,
    Part.DEADLINES: Deadlines,
    Part.CYCLE: Cycle,
    Part.TIME: Time,
    Part.SITES: Sites,
    Part.COMPETENCE: Competence,
    Part.CERTIFICATE: Certificate,
    Part.BENCHMARKS: Benchmarks,
}

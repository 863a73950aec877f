"""The form of a criterion: shape only."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import BooleanField, FieldList, FormField
from wtforms import Form as PlainForm
from wtforms.widgets import CheckboxInput, ListWidget

from checklists.editing.rules import FIELD_NAMES, cited, read_sources
from checklists.standards.models import Criterion
from checklists.standards.rules import (
    AREA_NAMES,
    LEVELS,
    METHOD_NAMES,
    STAGE_NAMES,
    Area,
    Stage,
)
from core.forms import CHOSEN, Expected, choice, choices, line, pick, prose, spoken, whole
from core.words import N_, Words

TITLE, TEXT = 240, 20_000


class CitationForm(PlainForm):
    """A law or standard that is cited; a row left empty is passed over."""

    code = line(N_("Law or standard"), required=False)
    clause = line(N_("Clause"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the law where a clause is given."""
        sound = bool(super().validate(extra_validators))
        if self.clause.data and not self.code.data:
            self.code.errors = [*self.code.errors, gettext("Fill this in.")]
            return False
        return sound


class CriterionForm(Expected):
    """A criterion with all its texts in both languages."""

    code = line(N_("Code"), most=40)
    title_en = line(FIELD_NAMES["title_en"], required=False, most=TITLE)
    title_zh = line(FIELD_NAMES["title_zh"], required=False, most=TITLE)
    requirement_en = prose(FIELD_NAMES["requirement_en"], required=False, most=TEXT)
    requirement_zh = prose(FIELD_NAMES["requirement_zh"], required=False, most=TEXT)
    guidance_en = prose(FIELD_NAMES["guidance_en"], required=False, most=TEXT)
    guidance_zh = prose(FIELD_NAMES["guidance_zh"], required=False, most=TEXT)
    evidence_en = prose(FIELD_NAMES["evidence_en"], required=False, most=TEXT)
    evidence_zh = prose(FIELD_NAMES["evidence_zh"], required=False, most=TEXT)
    dimension = choice(N_("Dimension"), (), validate_choice=False, default="")
    area = choice(N_("Area"), AREA_NAMES, validators=CHOSEN)
    stage = choice(N_("Stage"), STAGE_NAMES, validators=CHOSEN)
    level_from = whole(N_("From level"), 1, LEVELS, default=1)
    weight = whole(N_("Weight"), 1, 5, default=1, description=N_("1 to 5: how much it counts."))
    critical = BooleanField(
        N_("Critical"),
        description=N_("Without a positive answer to it there is no certificate."),
    )
    methods = choices(
        N_("Methods"),
        METHOD_NAMES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    sources = line(
        N_("Sources"),
        required=False,
        description=N_("Rows of requirements it comes from, such as S-03, I-05."),
    )
    citations = FieldList(FormField(CitationForm), label=N_("Citations"), max_entries=40)

    @classmethod
    def of(cls, one: Criterion, **options: Any) -> "CriterionForm":
        """Show a criterion, or what was sent about it."""
        plain = {name: getattr(one, name) for name in (*FIELD_NAMES, "revision")}
        return cls(data=plain | {"sources": ", ".join(one.sources)}, **options)

    def offer(self, dimensions: Iterable[tuple[str, str | Words]]) -> None:
        """Fill the choice of dimensions."""
        self.dimension.choices = [(code, spoken(name)) for code, name in dimensions]

    def rows_changed(self) -> bool:
        """Add or remove a citation where the person asked for that instead of saving."""
        if request.form.get("add_row"):
            if len(self.citations) < (self.citations.max_entries or 0):
                self.citations.append_entry()
            return True
        gone = request.form.get("remove_row")
        if gone:
            kept = [entry for entry in self.citations.entries if entry.name != gone]
            self.citations.entries = kept
        return bool(gone)

    def values(self, before: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
        """Give the columns of the criterion; ``before`` are the citations that stood there."""
        rows = [(entry.form.code.data, entry.form.clause.data) for entry in self.citations]
        given = [(code or "", clause or "") for code, clause in rows if code]
        plain = {
            name: self[name].data or ""
            for name in FIELD_NAMES
            if name not in {"sources", "citations", "methods", "critical", "level_from", "weight"}
        }
        return plain | {
            "area": Area(self.area.data),
            "stage": Stage(self.stage.data),
            "level_from": self.level_from.data,
            "weight": self.weight.data,
            "critical": self.critical.data,
            "methods": sorted(self.methods.data or ()),
            "sources": read_sources(self.sources.data or ""),
            "citations": cited(given, before),
        }


class NewCriterionForm(CriterionForm):
    """A new criterion, with the section it goes to."""

    section_id = pick(N_("Section"))

"""The audit report as a printed document (S-23, I-12).

The sheet carries finished words: whoever fills it has put names of kinds, roles and states into the sheet's language.
The template's own words go through gettext, so the caller renders within that locale.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from audit.findings.rules import FindingGrade
from core import pdf
from core.paper import Paper

RenderTemplate = Callable[..., str]

LONG = 6
NONCONFORMITIES = (FindingGrade.MAJOR, FindingGrade.MINOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """Where the audit was: ``how`` says on site or remote, ``dates`` when."""

    name: str
    address: str = ""
    how: str = ""
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A member of the team, with the role and the technical areas covered."""

    name: str
    role: str
    areas: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """An opening or closing meeting; ``people`` are name, position and whom they stand for.

    ``signatures`` are drawn paths in the order of the people; ``position`` and ``flags`` are finished sentences.
    """

    title: str
    held_at: datetime
    place: str = ""
    people: tuple[tuple[str, str, str], ...] = ()
    signatures: tuple[str, ...] = ()
    position: str = ""
    flags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionLine:
    """A dimension's result; ``c``, ``q`` and the scores are 0–100, ``rating`` 0–4, ``weight`` in percent."""

    name: str
    weight: float
    answers: int
    excluded: int = 0
    rating: float | None = None
    c: float | None = None
    q: float | None = None
    score: float | None = None
    level: str = ""
    before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """A measure as it entered the rating: the point seen, the value that counts and its score, in words."""

    dimension: str
    name: str
    seen: str
    counts: str
    basis: str
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPart:
    """The level and how it came about; ``steps`` are sentences in the order of the rule."""

    level: str
    total: float | None
    rule_version: str
    steps: tuple[str, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """A corrective action: what, who, until when, and how it is verified (S-24)."""

    text: str
    owner: str
    due_on: date | None = None
    verification: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as raised, with the client's answer to it."""

    number: str
    grade: FindingGrade
    criterion: str
    requirement: str
    statement: str
    evidence: str
    state: str = ""
    due_on: date | None = None
    correction: str = ""
    cause: str = ""
    actions: tuple[ActionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample taken in the fieldwork (I-08)."""

    what: str
    population: str
    size: str
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """A criterion with its rating, for the annex."""

    code: str
    text: str
    rating: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLine:
    """What the client says of the draft, and the reply."""

    person: str
    made_at: datetime
    text: str
    reply: str = ""
    replied_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Who signed, when, how (a second sign-in), and the digest of the content signed."""

    name: str
    role: str
    signed_at: datetime
    method: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSheet:
    """All that a report says; prose may hold several paragraphs. Without a signature it is a draft."""

    language: str
    number: str
    version: int
    audit_number: str
    body: str
    body_address: str = ""
    client: str
    client_code: str = ""
    client_address: str = ""
    kind: str
    criteria: str
    level_sought: str = ""
    objectives: str
    scope: str
    starts_on: date
    ends_on: date
    places: tuple[PlaceLine, ...] = ()
    methods: str = ""
    remote_share: int = 0
    days: str = ""
    team: tuple[TeamLine, ...] = ()
    meetings: tuple[MeetingLine, ...] = ()
    summary: str = ""
    deviations: str = ""
    significant_changes: str = ""
    unresolved: str = ""
    dimensions: tuple[DimensionLine, ...] = ()
    rating: RatingPart | None = None
    radar: str = ""
    findings: tuple[FindingLine, ...] = ()
    advice: str = ""
    earlier_actions: str = ""
    samples: tuple[SampleLine, ...] = ()
    sampling_note: str = ""
    use_of_marks: str = ""
    recommendation: str = ""
    conclusion: str = ""
    comments: tuple[CommentLine, ...] = ()
    answers: tuple[AnswerLine, ...] = ()
    signature: SignatureBlock | None = None
    zone: str = "Asia/Shanghai"

    def of(self, *grades: FindingGrade) -> tuple[FindingLine, ...]:
        """Give the findings of some grades, in the order of the grades given."""
        return tuple(line for grade in grades for line in self.findings if line.grade is grade)

    @property
    def nonconformities(self) -> tuple[FindingLine, ...]:
        """Give what has to be corrected, the gravest first."""
        return self.of(*NONCONFORMITIES)

    @property
    def long(self) -> bool:
        """Whether a reader needs a table of contents."""
        return len(self.findings) > LONG or bool(self.answers)


def report_html(sheet: ReportSheet, render_template: RenderTemplate) -> str:
    """Fill the template; ``render_template`` takes a template's name and its context."""
    paper = Paper(sheet.language, sheet.zone)
    html = render_template("documents/report.html", sheet=sheet, paper=paper, Grade=FindingGrade)
    return paper.finished(html)


def report_pdf(
    sheet: ReportSheet, render_template: RenderTemplate, *, created_at: datetime
) -> bytes:
    """Print a report as PDF. Raises ``core.pdf.DocumentUnavailable``."""
    return pdf.render(
        report_html(sheet, render_template),
        title=f"{sheet.number} · {sheet.client}",
        language=sheet.language,
        created_at=created_at,
        styles=("paper.css",),
        author=sheet.body,
    )

"""The audit plan as a printed document (S-21, I-06). The sheet carries finished words in its language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from core import pdf
from core.paper import Paper

RenderTemplate = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSite:
    """A site to visit: on site or remote, why it was chosen, when and for how long."""

    name: str
    address: str = ""
    how: str = ""
    chosen: str = ""
    first_on: date | None = None
    last_on: date | None = None
    days: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMember:
    """A member of the team, the role and duties, the technical areas covered."""

    name: str
    role: str
    duties: str = ""
    areas: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSlot:
    """A slot of the agenda."""

    starts_at: datetime
    minutes: int
    topic: str
    who: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSheet:
    """All that a plan says. ``issued`` and ``accepted`` are a name and an instant."""

    language: str
    number: str
    version: int
    body: str
    client: str
    client_code: str = ""
    kind: str
    criteria: str
    level_sought: str = ""
    objectives: str
    scope: str
    starts_on: date
    ends_on: date
    days: str = ""
    sites: tuple[PlanSite, ...] = ()
    methods: str = ""
    remote_share: int = 0
    tools: str = ""
    team: tuple[PlanMember, ...] = ()
    agenda: tuple[PlanSlot, ...] = ()
    contact: str = ""
    logistics: str = ""
    issued: tuple[str, datetime] | None = None
    accepted: tuple[str, datetime] | None = None
    zone: str = "Asia/Shanghai"

    def days_of_agenda(self) -> Iterator[tuple[datetime, list[PlanSlot]]]:
        """Give the agenda day by day in the zone of the plan: the first instant, then the slots."""
        zone = ZoneInfo(self.zone)
        slots = sorted(self.agenda, key=lambda slot: slot.starts_at)
        for _, day in groupby(slots, key=lambda slot: slot.starts_at.astimezone(zone).date()):
            of_day = list(day)
            yield of_day[0].starts_at, of_day


def plan_html(sheet: PlanSheet, render_template: RenderTemplate) -> str:
    """Fill the template; ``render_template`` takes a template's name and its context."""
    paper = Paper(sheet.language, sheet.zone)
    return render_template("documents/plan.html", sheet=sheet, paper=paper)


def plan_pdf(sheet: PlanSheet, render_template: RenderTemplate, *, created_at: datetime) -> bytes:
    """Print a plan as PDF. Raises ``core.pdf.DocumentUnavailable``."""
    return pdf.render(
        plan_html(sheet, render_template),
        title=f"{sheet.number} · {sheet.client}",
        language=sheet.language,
        created_at=created_at,
        styles=("paper.css",),
        author=sheet.body,
    )

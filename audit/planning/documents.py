"""The audit plan as it is kept when issued, and as a printed document (S-21, I-06).

What is kept holds both languages; the sheet carries finished words in its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from audit.planning.queries import AuditHead, Member, SiteRow, SlotRow
from core import pdf
from core.events import plain
from core.paper import Paper
from core.words import Words

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
    html = render_template("documents/plan.html", sheet=sheet, paper=paper)
    return paper.finished(html)


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


def content_of(
    head: AuditHead,
    *,
    team: Iterable[tuple[Member, Iterable[str]]],
    sites: Iterable[SiteRow],
    agenda: Iterable[SlotRow],
    more: Mapping[str, object],
) -> dict[str, Any]:
    """Gather all that a plan says, to be kept as it is issued; ``team`` pairs members with areas."""
    audit, engagement, scheme = head.audit, head.engagement, head.rules
    content = {
        "format": "assay-plan/1",
        "number": audit.number,
        "kind": audit.kind,
        "body": both(head.body),
        "client": both(head.client),
        "client_code": head.client_code or "",
        "standard": both(head.standard) | {"version": head.standard_version},
        "scheme": both(head.scheme) | {"version": scheme.version},
        "level_sought": both(scheme.level(audit.level_sought).title)
        | {"number": audit.level_sought},
        "scope": {"zh": engagement.scope_zh, "en": engagement.scope_en},
        "objectives": audit.objectives,
        "methods": audit.methods,
        "tools": audit.tools,
        "logistics": audit.logistics,
        "remote_share": audit.remote_share,
        "starts_on": audit.starts_on,
        "ends_on": audit.ends_on,
        "days": audit.days,
        "sites": [
            {
                "site_id": one.site_id,
                "name": both(one.name),
                "address": both(one.address),
                "headcount": one.headcount,
                "chosen": one.chosen,
            }
            for one in sites
            if one.chosen
        ],
        "site_seed": audit.site_seed,
        "team": [
            {
                "person_id": one.person_id,
                "name": one.name,
                "role": one.role,
                "areas": [both(scheme.competence_area(area).title) for area in areas],
            }
            for one, areas in team
        ],
        "agenda": [
            {
                "starts_at": one.item.starts_at,
                "minutes": one.item.minutes,
                "topic": one.item.topic,
                "who": one.person or "",
                "site_id": one.item.site_id,
                "where": both(one.site) if one.site else None,
            }
            for one in agenda
        ],
    }
    kept: dict[str, Any] = plain(content | dict(more))
    return kept


def both(words: Words) -> dict[str, str]:
    """Give a text in both languages for JSON."""
    return {"zh": words.zh, "en": words.en}

"""The issued plan printed in both languages, outside the web."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app, g, render_template
from flask_babel import gettext, ngettext

from audit.planning.documents import PlanMember, PlanSheet, PlanSite, PlanSlot, plan_pdf
from audit.planning.models import Audit, Plan
from audit.planning.rules import (
    CHOICE_NAMES,
    DUTIES,
    KIND_NAMES,
    ROLE_NAMES,
    AuditKind,
    SiteChoice,
    TeamRole,
)
from core.clock import local_date, utc_now
from core.jobs import Work
from core.speech import LANGUAGES
from core.words import Words
from evidence.issued.operations import document_store, keep, put


def print_plan(work: Work) -> None:
    """Print one issued plan in each language and keep it; what is there already stays."""
    with work.reading() as session:
        plan = session.get_one(Plan, work.payload["plan_id"])
        audit = session.get_one(Audit, plan.audit_id)
    store = document_store(work.settings)
    for done, language in enumerate(LANGUAGES, 1):
        with current_app.app_context():  # a locale of its own
            g.language = language
            sheet = sheet_of(plan, language)
            data = plan_pdf(sheet, render_template, created_at=plan.issued_at)
        stored = put(store, data)
        with work.changing() as session:
            keep(
                session,
                stored,
                plan,
                kind="plan",
                language=language,
                file_name=f"{audit.number}-plan-{plan.version}-{language[:2]}.pdf",
                owner_id=audit.body_id,
                now=utc_now(),
            )
        work.progress(done, len(LANGUAGES))


def sheet_of(plan: Plan, language: str) -> PlanSheet:
    """Write what was kept in the words of one language; needs that language's locale."""
    kept = plan.content

    def words(both: Mapping[str, Any] | None) -> str:
        return Words(both["zh"], both["en"]).in_language(language) if both else ""

    return PlanSheet(
        language=language,
        number=kept["number"],
        version=plan.version,
        body=words(kept["body"]),
        client=words(kept["client"]),
        client_code=kept["client_code"],
        kind=gettext(KIND_NAMES[AuditKind(kept["kind"])]),
        criteria=f"{words(kept['standard'])} {kept['standard']['version']}",
        level_sought=f"{kept['level_sought']['number']} {words(kept['level_sought'])}",
        objectives=kept["objectives"],
        scope=words(kept["scope"]),
        starts_on=date.fromisoformat(kept["starts_on"]),
        ends_on=date.fromisoformat(kept["ends_on"]),
        days=_days(kept["days"]),
        sites=tuple(
            PlanSite(
                name=words(one["name"]),
                address=words(one["address"]),
                how=_how(kept["remote_share"]),
                chosen=gettext(CHOICE_NAMES[SiteChoice(one["chosen"])]),
                **_stay(kept, one["site_id"]),
            )
            for one in kept["sites"]
        ),
        methods=kept["methods"],
        remote_share=kept["remote_share"],
        tools=kept["tools"],
        team=tuple(
            PlanMember(
                name=one["name"],
                role=gettext(ROLE_NAMES[TeamRole(one["role"])]),
                duties=gettext(DUTIES[TeamRole(one["role"])]),
                areas=("、" if language.startswith("zh") else ", ").join(map(words, one["areas"])),
            )
            for one in kept["team"]
        ),
        agenda=tuple(
            PlanSlot(
                starts_at=datetime.fromisoformat(one["starts_at"]),
                minutes=one["minutes"],
                topic=one["topic"],
                who=one["who"] or gettext("Whole team"),
                where=words(one["where"]),
            )
            for one in kept["agenda"]
        ),
        logistics=kept["logistics"],
        issued=(kept["issued_by"], plan.issued_at),
    )


def _how(remote_share: int) -> str:
    """Say where the audit takes place, by the share that is done remotely."""
    if remote_share == 0:
        return str(gettext("On site"))
    return str(gettext("Remote") if remote_share == 100 else gettext("On site and remote"))


def _stay(kept: Mapping[str, Any], site_id: int) -> dict[str, Any]:
    """Give a site's days and hours from its entries on the agenda; without any, the audit's days."""
    slots = [one for one in kept["agenda"] if one["site_id"] == site_id]
    days = [local_date(datetime.fromisoformat(one["starts_at"])) for one in slots]
    days = days or [date.fromisoformat(kept["starts_on"]), date.fromisoformat(kept["ends_on"])]
    minutes = sum(one["minutes"] for one in slots)
    return {
        "first_on": min(days),
        "last_on": max(days),
        "days": gettext("%(n)s hours", n=f"{minutes / 60:.3g}") if minutes else "",
    }


def _days(days: str) -> str:
    count = float(days)
    if count == int(count):
        return str(ngettext("%(num)s day", "%(num)s days", int(count)))
    return str(gettext("%(n)s days", n=f"{count:g}"))


HANDLERS = {"plan:document": print_plan}

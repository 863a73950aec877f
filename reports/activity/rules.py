"""Words for kinds of things and jobs, where they are shown, and which days a filter means. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.words import N_, Badge, Saying

KINDS: Mapping[str, str] = {
    "answer": N_("Answer"),
    "agenda_item": N_("Agenda item"),
    "application": N_("Application"),
    "audit": N_("Audit"),
    "case": N_("Appeal or complaint"),
    "capture": N_("Entry from a device"),
    "certificate": N_("Certificate"),
    "competence": N_("Competence"),
    "corrective_action": N_("Corrective action"),
    "decision": N_("Decision"),
    "declaration": N_("Declaration of interests"),
    "device": N_("Device"),
    "document": N_("Document"),
    "engagement": N_("Engagement"),
    "evidence": N_("Evidence"),
    "finding": N_("Finding"),
    "interest": N_("Interest"),
    "job": N_("Background work"),
    "letter": N_("Letter"),
    "meeting": N_("Meeting"),
    "membership": N_("Membership"),
    "organisation": N_("Organisation"),
    "person": N_("Person"),
    "programme": N_("Programme"),
    "rating": N_("Rating"),
    "report": N_("Report"),
    "sample": N_("Sample"),
    "scheme_version": N_("Scheme"),
    "service": N_("Service"),
    "site": N_("Site"),
    "standard_version": N_("Standard"),
    "team_member": N_("Team member"),
    "team_objection": N_("Objection to a member"),
}
PLACES: Mapping[str, tuple[str, str]] = {
    "application": ("applications.show", "application_id"),
    "audit": ("workspace.show", "audit_id"),
    "case": ("appeals.show", "case_id"),
    "certificate": ("certificates.show", "certificate_id"),
    "engagement": ("engagements.show", "engagement_id"),
    "organisation": ("organisations.show", "organisation_id"),
}
JOB_KINDS: Mapping[str, str] = {
    "certificate:document": N_("Certificate as PDF"),
    "events:verify": N_("Check of the event log"),
    "evidence:verify": N_("Check of the evidence"),
    "letter:send": N_("Letter"),
    "plan:document": N_("Audit plan as PDF"),
    "report:document": N_("Audit report as PDF"),
}
JOB_BADGES: Mapping[str, Badge] = {
    "queued": Badge("go", "wait", N_("Waiting")),
    "running": Badge("go", "going", N_("Running")),
    "done": Badge("good", "check", N_("Done")),
    "failed": Badge("bad", "cross", N_("Failed")),
}
SAYINGS = {
    "job:asked": Saying(N_("%(actor)s asked for a check of the event log")),
    "job:retried": Saying(N_("%(actor)s asked for failed work to be done again: %(label)s")),
}


def place(
    kind: str, key: int, within: str | None, within_key: int | None
) -> tuple[str, str, int] | None:
    """Give endpoint, name and value of the page of a thing, else of what it belongs to."""
    for one, one_key in ((kind, key), (within, within_key)):
        if one is not None and one in PLACES and one_key:
            endpoint, name = PLACES[one]
            return endpoint, name, one_key
    return None


def span(first: str, last: str, zone: str) -> tuple[datetime | None, datetime | None]:
    """Turn two days as typed (empty or unreadable: open) into instants: from the first, until after the last."""
    return _begin(_day(first), zone), _begin(_day(last), zone, after=1)


def _day(given: str) -> date | None:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    return found if 1950 <= found.year <= 2150 else None


def _begin(day: date | None, zone: str, after: int = 0) -> datetime | None:
    if day is None:
        return None
    begins = datetime.combine(day + timedelta(days=after), time(), ZoneInfo(zone))
    return begins.astimezone(UTC)

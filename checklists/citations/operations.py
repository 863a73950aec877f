"""Citations are checked, one by one or several that were looked up together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from checklists.citations.models import CitationCheck
from checklists.citations.rules import CheckOutcome, Pair
from core.errors import Invalid
from core.events import record
from core.permissions import Actor
from core.words import N_

EVENTS = {CheckOutcome.CONFIRMED: "citation:confirmed", CheckOutcome.DOUBTFUL: "citation:doubted"}
LONGEST = 240


def check(
    session: Session,
    actor: Actor,
    pairs: Sequence[Pair],
    *,
    outcome: CheckOutcome,
    note: str,
    now: datetime,
) -> list[CitationCheck]:
    """Keep who looked these citations up, when, and what came of it; an event for each (S-35)."""
    if not pairs:
        raise Invalid(N_("Choose the citations that you looked up."), "chosen")
    if outcome is CheckOutcome.DOUBTFUL and not note:
        raise Invalid(N_("Say what is doubtful, so that others need not look again."), "note")
    if any(len(part) > LONGEST for pair in pairs for part in pair):
        raise Invalid(N_("A citation this long cannot be checked: shorten its code or clause."))
    rows = [
        {
            "code": pair.code,
            "clause": pair.clause,
            "outcome": outcome,
            "note": note,
            "checked_by_id": actor.person_id,
            "body_id": actor.organisation_id,
            "checked_at": now,
        }
        for pair in pairs
    ]
    made = list(session.scalars(insert(CitationCheck).returning(CitationCheck), rows))
    for one in made:
        record(
            session,
            actor,
            EVENTS[outcome],
            one,
            now=now,
            owner_id=actor.organisation_id,
            label=Pair(one.code, one.clause).label[:LONGEST],
            after={"code": one.code, "clause": one.clause, "outcome": outcome},
            reason=note or None,
        )
    return made

"""Checks of citations as read; one check serves every version that cites the same clause."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from checklists.citations.models import CitationCheck
from checklists.citations.rules import Check, Cited, Pair
from core.permissions import Actor
from core.words import Words


def checks(session: Session, actor: Actor, codes: Iterable[str]) -> dict[Pair, tuple[Check, ...]]:
    """Give all checks of citations with these codes, newest first, in one statement.

    Who checked is named within their own organisation; others read the organisation's name.
    """
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    query = (
        select(CitationCheck, Person.name, Organisation.name_zh, Organisation.name_en)
        .join(Person, Person.id == CitationCheck.checked_by_id)
        .join(Organisation, Organisation.id == CitationCheck.body_id)
        .where(CitationCheck.code.in_(wanted))
        .order_by(CitationCheck.id.desc())
    )
    found: dict[Pair, tuple[Check, ...]] = {}
    for one, name, name_zh, name_en in session.execute(query):
        ours = one.body_id == actor.organisation_id
        who = Words(name, name) if ours else Words(name_zh, name_en)
        key = Pair(one.code, one.clause)
        made = Check(one.outcome, one.note, one.checked_at, who)
        found[key] = (*found.get(key, ()), made)
    return found


def of_criterion(
    session: Session, actor: Actor, citations: Iterable[Mapping[str, Any]]
) -> list[Cited]:
    """Give the citations of one criterion, each with what its checks came to."""
    rows = list(citations)
    known = checks(session, actor, [row["code"] for row in rows])
    return [
        Cited(pair, bool(row.get("verified")), known.get(pair, ()))
        for row in rows
        for pair in (Pair(row["code"], row.get("clause", "")),)
    ]

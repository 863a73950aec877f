"""Saving a part of a draft."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checklists.scheme_editor.queries import standard_choices
from checklists.scheme_editor.rules import changed, digest_of, merged
from checklists.scheme_parts.rules import Part
from checklists.schemes.operations import rewrite
from checklists.schemes.queries import VersionRow
from core.errors import Invalid, Stale
from core.permissions import Actor
from core.words import N_


def save(  # noqa: PLR0913 -- a part, what was typed and what was read before
    session: Session,
    actor: Actor,
    row: VersionRow,
    part: Part,
    values: Mapping[str, Any],
    *,
    seen: str,
    now: datetime,
) -> bool:
    """Save what was typed for a part, as it stands; gives whether anything changed.

    ``seen`` is the digest of the part as it was read: raises ``Stale`` where somebody changed it since.
    """
    version, _scheme, standard, _body = row
    if seen != digest_of(version.content, part):
        raise Stale(N_("Somebody else changed this while you were working on it."))
    given = dict(values)
    standard_id = given.pop("standard_version_id", None)
    moved = standard_id if standard_id not in {None, standard.id} else None
    if moved is not None:
        given["standard"] = _standard(session, actor, moved)
    content = merged(version.content, part, given)
    difference = changed(version.content, content, part)
    if not difference:
        return False
    rewrite(session, actor, row, content, difference, standard_version_id=moved, now=now)
    return True


def _standard(session: Session, actor: Actor, standard_version_id: int) -> dict[str, str]:
    for one, code in standard_choices(session, actor, None):
        if one.id == standard_version_id:
            return {"code": code, "version": one.version}
    raise Invalid(N_("Choose a standard version that is published."), "standard_version_id")

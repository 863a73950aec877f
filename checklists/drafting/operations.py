"""Drafts are begun, copied and titled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, text, update
from sqlalchemy.orm import Session, aliased

from checklists.drafting.queries import Draft
from checklists.drafting.rules import check_code
from checklists.standards.models import (
    Criterion,
    Section,
    Standard,
    StandardVersion,
)
from core.db import claiming, expect
from core.errors import Invalid
from core.events import Recorded, changes, record
from core.permissions import Actor
from core.words import N_, T_

UNIQUE_NUMBER = "uq_standard_versions_standard_id_version"
_EDITOR = text(
    "INSERT INTO standard_editors (standard_version_id, person_id) VALUES (:version, :person) "
    "ON CONFLICT DO NOTHING"
)
_UNSEEN: dict[str, Any] = {"synchronize_session": False}


def begin(
    session: Session,
    actor: Actor,
    code: str,
    version: str,
    texts: Mapping[str, str],
    *,
    now: datetime,
) -> StandardVersion:
    """Begin a new standard with an empty draft; ``texts`` are titles and summaries in both languages."""
    check_code(code, "code")
    standard = Standard(code=code, title_zh=texts["title_zh"], title_en=texts["title_en"])
    taken = Invalid(
        N_(
            "A standard with this code is there already. Begin a new version of it, or choose another code."
        ),
        "code",
    )
    with claiming(session, "uq_standards_code", taken):
        session.add(standard)
    made = _draft(session, actor, standard.id, version, texts, now=now)
    _drafted(session, actor, made, code, now=now)
    return made


def copy(
    session: Session, actor: Actor, base: StandardVersion, code: str, version: str, *, now: datetime
) -> StandardVersion:
    """Begin a new version of a standard as a copy of another, sections and criteria with it.

    The rows are copied by the database: as many statements for 1,200 criteria as for ten.
    """
    texts = {
        name: getattr(base, name) for name in ("title_zh", "title_en", "summary_zh", "summary_en")
    }
    made = _draft(
        session, actor, base.standard_id, version, texts, now=now, based_on_id=base.id,
        criteria_count=base.criteria_count,
    )  # fmt: skip
    _copied(session, base.id, made.id)
    _drafted(session, actor, made, code, now=now, based_on=base.version)
    return made


def retitle(
    session: Session,
    actor: Actor,
    draft: Draft,
    values: Mapping[str, str],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Change a draft's number, titles and summaries; ``Stale`` where somebody else did so meanwhile."""
    version = draft.version
    expect(version, revision)
    check_code(values["version"], "version")
    with claiming(session, UNIQUE_NUMBER, _number_taken(values["version"])):
        before, after = changes(version, values)
    if not after:
        return
    touched(session, actor, draft)
    record(
        session, actor, "standard:changed", version, now=now, owner_id=version.body_id,
        label=draft.label, before=before, after=after,
    )  # fmt: skip
    session.flush()


def touched(session: Session, actor: Actor, draft: Draft, *, count: bool = False) -> None:
    """Note who changed a draft, that it is no longer the file it came from and, if asked, its criteria.

    The version's revision stays: it belongs to its own texts, not to those of its criteria.
    """
    if not draft.known:
        keys = {"version": draft.version.id, "person": actor.person_id}
        session.execute(_EDITOR, keys)  # another request of the same person may have come first
    values: dict[str, Any] = {}
    if draft.version.source_sha256 is not None:
        values["source_sha256"] = None
    if count:
        values["criteria_count"] = (
            select(func.count())
            .select_from(Criterion)
            .where(Criterion.standard_version_id == draft.version.id)
            .scalar_subquery()
        )
    if values:
        session.execute(
            update(StandardVersion)
            .where(StandardVersion.id == draft.version.id)
            .values(values)
            .execution_options(**_UNSEEN)
        )
        session.expire(draft.version, list(values))


def tell(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    name: str,
    draft: Draft,
    subject: Recorded,
    *,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Record an event about a part of a draft."""
    record(
        session,
        actor,
        name,
        subject,
        now=now,
        within=draft.version,
        owner_id=draft.version.body_id,
        label=getattr(subject, "code", ""),
        before=before,
        after=after,
    )
    session.flush()


def _draft(
    session: Session,
    actor: Actor,
    standard_id: int,
    version: str,
    texts: Mapping[str, str],
    *,
    now: datetime,
    **more: Any,
) -> StandardVersion:
    check_code(version, "version")
    made = StandardVersion(
        standard_id=standard_id,
        version=version,
        created_at=now,
        body_id=actor.organisation_id,
        drafted_by_id=actor.person_id,
        **texts,
        **more,
    )
    with claiming(session, UNIQUE_NUMBER, _number_taken(version)):
        session.add(made)
    return made


def _drafted(
    session: Session,
    actor: Actor,
    made: StandardVersion,
    code: str,
    *,
    now: datetime,
    **after: object,
) -> None:
    record(
        session, actor, "standard:drafted", made, now=now, owner_id=made.body_id,
        label=f"{code} {made.version}", after={"version": made.version, **after},
    )  # fmt: skip


def _copied(session: Session, old: int, new: int) -> None:
    """Copy sections, then criteria into the sections of the same code."""
    plain = [Section.code, Section.title_zh, Section.title_en, Section.position]
    session.execute(
        insert(Section).from_select(
            ["standard_version_id", "revision", *(column.key for column in plain)],
            select(literal(new), literal(1), *plain).where(Section.standard_version_id == old),
        )
    )
    there, here = aliased(Section), aliased(Section)
    skip = {"id", "standard_version_id", "section_id", "revision"}
    texts = [column for column in Criterion.__table__.columns if column.key not in skip]
    session.execute(
        insert(Criterion).from_select(
            [
                "standard_version_id",
                "section_id",
                "revision",
                *(column.key for column in texts),
            ],
            select(literal(new), here.id, literal(1), *texts)
            .join(there, there.id == Criterion.section_id)
            .join(here, (here.standard_version_id == new) & (here.code == there.code))
            .where(Criterion.standard_version_id == old)
            .order_by(Criterion.position),
        )
    )


def _number_taken(version: str) -> Invalid:
    text = T_("This standard has a version %(version)s already.", version=version)
    return Invalid(text, "version")

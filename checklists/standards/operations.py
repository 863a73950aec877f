"""The steps of a version; standards that come in as packs, whole or not at all."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.queries import Case
from checklists.standards.rules import (
    LIFECYCLE,
    PackSection,
    StandardPack,
    StandardState,
    VersionFacts,
    parse_standard,
)
from core.errors import StepRefused
from core.events import changes, record
from core.permissions import Actor
from core.words import T_


def import_pack(
    session: Session,
    actor: Actor | None,
    data: Mapping[str, Any],
    *,
    now: datetime,
    publish: bool = True,
    lenient: bool = False,
) -> StandardVersion:
    """Read a standard pack and store it as a new version: published by the operator, or as a draft of the actor's body.

    ``data`` is parsed YAML or JSON of the form ``assay-standard/1``. Raises ``PackError`` with every problem, and
    ``StepRefused`` where this version is there already with another content; the same content gives what is there.
    ``lenient`` is for what others wrote (see ``parse_standard``).
    """
    pack = parse_standard(data, lenient=lenient)
    sha256 = content_digest(data)
    standard = session.scalar(select(Standard).where(Standard.code == pack.code))
    if standard is None:
        standard = Standard(code=pack.code, title_zh=pack.title.zh, title_en=pack.title.en)
        session.add(standard)
        session.flush()
    known = session.scalar(
        select(StandardVersion).where(
            StandardVersion.standard_id == standard.id, StandardVersion.version == pack.version
        )
    )
    if known is not None:
        return _same_or_refuse(known, sha256)
    version = _draft(standard, pack, sha256, now=now)
    if actor and not publish:
        version.body_id, version.drafted_by_id = actor.organisation_id, actor.person_id
    session.add(version)
    session.flush()
    _store_criteria(session, version, pack)
    if publish:
        supersede(session, actor, version, pack.code, now=now)
        version.state, version.published_at = StandardState.PUBLISHED, now
        session.flush()
    record(
        session,
        actor,
        "standard:published" if publish else "standard:imported",
        version,
        now=now,
        owner_id=version.body_id,
        label=f"{pack.code} {pack.version}",
        after={"criteria": version.criteria_count, "sha256": sha256},
    )
    return version


def take(
    session: Session, actor: Actor, case: Case, action: str, *, reason: str = "", now: datetime
) -> None:
    """Take one step in the life of a version (S-34); ``case`` was read with a lock.

    Raises ``StepRefused`` with every condition that is not met, ``NotAllowed`` for a wrong role.
    """
    version = case.version
    state = LIFECYCLE.take(version.state, action, case.facts, actor)
    if state is StandardState.PUBLISHED:
        supersede(session, actor, version, case.code, now=now)
    values = {"state": state} | _signed(action, actor, now)
    before, after = changes(version, values)
    record(
        session,
        actor,
        f"standard:{PAST[action]}",
        version,
        now=now,
        owner_id=version.body_id,
        label=case.label,
        before=before,
        after=after,
        reason=reason or None,
    )
    session.flush()


PAST = {
    "submit": "submitted",
    "recall": "recalled",
    "return": "returned",
    "approve": "approved",
    "reopen": "reopened",
    "publish": "published",
}
_UNSIGNED: dict[str, Any] = dict.fromkeys(
    ("submitted_by_id", "submitted_at", "approved_by_id", "approved_at")
)


def _signed(action: str, actor: Actor, now: datetime) -> dict[str, Any]:
    """Give who and when of a step; back in the draft nobody has submitted or approved."""
    who = {
        "submit": {"submitted_by_id": actor.person_id, "submitted_at": now},
        "approve": {"approved_by_id": actor.person_id, "approved_at": now},
        "publish": {"published_by_id": actor.person_id, "published_at": now},
    }
    return who.get(action, _UNSIGNED)


def supersede(
    session: Session, actor: Actor | None, by: StandardVersion, code: str, *, now: datetime
) -> StandardVersion | None:
    """Let the published version of a standard give way to one about to be published; give the one before."""
    state = LIFECYCLE.take(StandardState.PUBLISHED, "supersede", VersionFacts(), None)
    before = session.scalar(
        update(StandardVersion)
        .where(
            StandardVersion.standard_id == by.standard_id,
            StandardVersion.state == StandardState.PUBLISHED,
            StandardVersion.id != by.id,
        )
        .values(state=state, superseded_at=now, revision=StandardVersion.revision + 1)
        .returning(StandardVersion)
        .execution_options(populate_existing=True)
    )
    if before is not None:
        record(
            session,
            actor,
            "standard:superseded",
            before,
            now=now,
            owner_id=before.body_id or by.body_id,
            label=f"{code} {before.version}",
            before={"state": StandardState.PUBLISHED},
            after={"state": state, "by": by.version},
        )
    return before


def content_digest(data: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a pack's canonical JSON."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _same_or_refuse(known: StandardVersion, sha256: str) -> StandardVersion:
    if known.source_sha256 == sha256:
        return known
    raise StepRefused(
        T_(
            "Version %(version)s is there already with another content. A published version never "
            "changes: give the new one its own number.",
            version=known.version,
        )
    )


def _draft(
    standard: Standard, pack: StandardPack, sha256: str, *, now: datetime
) -> StandardVersion:
    return StandardVersion(
        standard_id=standard.id,
        version=pack.version,
        state=StandardState.DRAFT,
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        summary_zh=pack.summary.zh,
        summary_en=pack.summary.en,
        source_sha256=sha256,
        criteria_count=len(pack.criteria),
        created_at=now,
    )


def _store_criteria(session: Session, version: StandardVersion, pack: StandardPack) -> None:
    sections = [
        {
            "standard_version_id": version.id,
            "code": section.code,
            "title_zh": section.title.zh,
            "title_en": section.title.en,
            "position": place,
        }
        for place, section in enumerate(pack.sections, 1)
    ]
    made = session.execute(insert(Section).returning(Section.code, Section.id), sections)
    keys = {row.code: row.id for row in made}
    rows: list[dict[str, Any]] = []
    for section in pack.sections:
        rows.extend(_criteria_rows(version.id, keys[section.code], section, len(rows)))
    session.execute(insert(Criterion), rows)


def _criteria_rows(
    version_id: int, section_id: int, section: PackSection, before: int
) -> list[dict[str, Any]]:
    return [
        {
            "standard_version_id": version_id,
            "section_id": section_id,
            "position": before + place,
            "code": one.code,
            "dimension": one.dimension,
            "area": one.area,
            "stage": one.stage,
            "level_from": one.level_from,
            "weight": one.weight,
            "critical": one.critical,
            "methods": [method.value for method in one.methods],
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "requirement_zh": one.requirement.zh,
            "requirement_en": one.requirement.en,
            "guidance_zh": one.guidance.zh,
            "guidance_en": one.guidance.en,
            "evidence_zh": one.evidence.zh,
            "evidence_en": one.evidence.en,
            "sources": list(one.sources),
            "citations": [
                {"code": cited.code, "clause": cited.clause, "verified": cited.verified}
                for cited in one.citations
            ],
        }
        for place, one in enumerate(section.criteria, 1)
    ]

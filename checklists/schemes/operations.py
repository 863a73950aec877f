"""Schemes come in as packs; the two that ship are loaded once."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.rules import SchemeRules, SchemeState, parse_scheme
from checklists.standards import operations as standards
from checklists.standards.models import Standard, StandardVersion
from core.errors import Invalid, StepRefused
from core.events import record
from core.permissions import Actor
from core.words import T_

PACKS = Path(__file__).resolve().parent.parent / "packs"
# What ships: code, version, file. The first standard is the one the first scheme assesses against.
SHIPPED_STANDARDS = (
    ("ITSL-2025", "2025.2", "it-service-level-2025.yaml"),
    ("ISO20000-READY", "2018.1", "iso-20000-1-readiness.yaml"),
    ("ITSP-DUTIES", "2025.1", "it-service-duties.yaml"),
)
SHIPPED_SCHEMES = (("ITSL", 2, "it-service-scheme-2025.yaml"),)


def import_pack(
    session: Session, actor: Actor | None, data: Mapping[str, Any], *, now: datetime
) -> SchemeVersion:
    """Read a scheme pack (``assay-scheme/1``) and publish it as a new version; the one before is superseded.

    Raises ``PackError`` with every problem; ``Invalid`` where its standard version is not there; ``StepRefused`` where
    this version is there with another content.
    """
    rules = parse_scheme(data)
    standard_version_id = _standard(session, rules)
    sha256 = standards.content_digest(data)
    scheme = session.scalar(select(Scheme).where(Scheme.code == rules.code))
    if scheme is None:
        scheme = Scheme(code=rules.code, title_zh=rules.title.zh, title_en=rules.title.en)
        session.add(scheme)
        session.flush()
    known = session.scalar(
        select(SchemeVersion).where(
            SchemeVersion.scheme_id == scheme.id, SchemeVersion.version == rules.version
        )
    )
    if known is not None:
        if known.content_sha256 != sha256:
            raise StepRefused(
                T_("This version of the scheme is there already with another content.")
            )
        return known
    session.execute(
        update(SchemeVersion)
        .where(SchemeVersion.scheme_id == scheme.id, SchemeVersion.state == SchemeState.PUBLISHED)
        .values(state=SchemeState.SUPERSEDED)
    )
    made = SchemeVersion(
        scheme_id=scheme.id,
        standard_version_id=standard_version_id,
        version=rules.version,
        state=SchemeState.PUBLISHED,
        content=dict(data),
        content_sha256=sha256,
        created_at=now,
        published_at=now,
    )
    session.add(made)
    session.flush()
    label = f"{rules.code} {rules.version}"
    record(session, actor, "scheme:published", made, now=now, label=label, after={"sha256": sha256})
    return made


def load_packs(
    session: Session, *, now: datetime, standards_too: int = len(SHIPPED_STANDARDS)
) -> SchemeVersion:
    """Load the standards and the scheme that ship with the product; the second time changes nothing.

    ``standards_too``: how many of the standards, the scheme's own first.
    """
    for _code, _version, name in SHIPPED_STANDARDS[:standards_too]:
        standards.import_pack(session, None, read(PACKS / name), now=now)
    made = [
        import_pack(session, None, read(PACKS / name), now=now)
        for _code, _version, name in SHIPPED_SCHEMES
    ]
    return made[0]


def packs_are_loaded(session: Session) -> bool:
    """Say, in two statements and without reading a file, whether everything that ships is there."""
    standards_there = {
        tuple(row)
        for row in session.execute(
            select(Standard.code, StandardVersion.version).join(
                StandardVersion, StandardVersion.standard_id == Standard.id
            )
        )
    }
    schemes_there = {
        tuple(row)
        for row in session.execute(
            select(Scheme.code, SchemeVersion.version).join(
                SchemeVersion, SchemeVersion.scheme_id == Scheme.id
            )
        )
    }
    return {(code, version) for code, version, _ in SHIPPED_STANDARDS} <= standards_there and {
        (code, version) for code, version, _ in SHIPPED_SCHEMES
    } <= schemes_there


def read(path: Path) -> dict[str, Any]:
    """Parse a pack's YAML, safely, with the fast parser where it is there."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parsed = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 -- both are the safe loader
    return dict(parsed)


def _standard(session: Session, rules: SchemeRules) -> int:
    found = session.scalar(
        select(StandardVersion.id)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            Standard.code == rules.standard.code, StandardVersion.version == rules.standard.version
        )
    )
    if found is None:
        raise Invalid(
            T_(
                "The scheme assesses against %(code)s %(version)s, which is not here. Import it first.",
                code=rules.standard.code,
                version=rules.standard.version,
            )
        )
    return found

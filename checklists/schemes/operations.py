"""Schemes: packs that ship are loaded once; a body makes its own, and takes its versions through their steps."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from checklists.packs.rules import CODE
from checklists.scheme_parts.rules import MOST_ROWS
from checklists.schemes import queries
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import VersionRow
from checklists.schemes.rules import (
    LIFECYCLE,
    SchemeRules,
    SchemeState,
    parse_scheme,
    read_scheme,
)
from checklists.standards import operations as standards
from checklists.standards.models import Standard, StandardVersion
from core.db import claiming, expect
from core.errors import Invalid, NotAllowed, StepRefused
from core.events import record
from core.lifecycle import unmet
from core.permissions import Actor, Permission, allowed
from core.words import N_, T_

PACKS = Path(__file__).resolve().parent.parent / "packs"
# What ships: code, version, file. The first standard is the one the first scheme assesses against.
SHIPPED_STANDARDS = (
    ("ITSL-2025", "2025.2", "it-service-level-2025.yaml"),
    ("ISO20000-READY", "2018.1", "iso-20000-1-readiness.yaml"),
    ("ITSP-DUTIES", "2025.1", "it-service-duties.yaml"),
)
SHIPPED_SCHEMES = (("ITSL", 2, "it-service-scheme-2025.yaml"),)


def import_pack(
    session: Session, actor: Actor | None, data: object, *, now: datetime
) -> SchemeVersion:
    """Read a scheme pack (``assay-scheme/1``) and publish it as a new version; the one before is superseded.

    Raises ``PackError`` with every problem; ``Invalid`` where its standard version is not there; ``StepRefused`` where
    this version is there with another content.
    """
    rules = parse_scheme(data)
    content = dict(cast("Mapping[str, Any]", data))
    standard_version_id = _standard(session, rules)
    sha256 = standards.content_digest(content)
    scheme = session.scalar(select(Scheme).where(Scheme.code == rules.code))
    if scheme is None:
        scheme = Scheme(code=rules.code, title_zh=rules.title.zh, title_en=rules.title.en)
        session.add(scheme)
        session.flush()
    if scheme.body_id is not None:
        raise StepRefused(
            T_(
                "%(code)s is the scheme of a certification body, which alone changes it.",
                code=rules.code,
            )
        )
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
        .values(state=SchemeState.SUPERSEDED, revision=SchemeVersion.revision + 1)
    )
    made = SchemeVersion(
        scheme_id=scheme.id,
        standard_version_id=standard_version_id,
        version=rules.version,
        state=SchemeState.PUBLISHED,
        content=content,
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


# -- schemes of a body -------------------------------------------------------------------------------------------------

PAST = {
    "submit": "submitted",
    "approve": "approved",
    "return": "returned",
    "recall": "recalled",
    "publish": "published",
    "reopen": "reopened",
}


def make_own(
    session: Session,
    actor: Actor,
    given: VersionRow,
    *,
    code: str,
    title: tuple[str, str],
    now: datetime,
) -> SchemeVersion:
    """Begin a scheme of the actor's body from any version it may see; gives its first draft."""
    _may_edit(actor)
    scheme = _new_scheme(session, actor, code, title)
    version, _scheme, _standard, _body = given
    content = dict(version.content) | {"title": {"zh": title[0], "en": title[1]}}
    return _draft(
        session, actor, scheme, content, (version.standard_version_id, version.id), now=now
    )


def start_draft(
    session: Session, actor: Actor, given: VersionRow, *, now: datetime
) -> SchemeVersion:
    """Begin the next version of a scheme of the actor's body, with the content of the given one."""
    _may_edit(actor)
    version, scheme, _standard, _body = given
    if scheme.body_id != actor.organisation_id:
        raise NotAllowed(
            N_("This scheme is not yours. Make your own scheme from it, and change that one.")
        )
    based = (version.standard_version_id, version.id)
    return _draft(session, actor, scheme, dict(version.content), based, now=now)


def import_draft(
    session: Session, actor: Actor, data: object, *, code: str, now: datetime
) -> SchemeVersion:
    """Read a scheme pack as a draft: of the body's scheme of this code, or of a new one.

    ``code`` replaces the pack's own. Raises ``PackError`` with every problem and writes nothing then.
    """
    _may_edit(actor)
    rules = parse_scheme(data)
    if any(len(rows) > MOST_ROWS for rows in _lists(data)):
        raise Invalid(T_("A list in the file has more than %(n)s entries.", n=MOST_ROWS), "pack")
    wanted = code or rules.code
    standard_version_id = _standard(session, rules)
    scheme = session.scalar(
        select(Scheme).where(Scheme.code == wanted, Scheme.body_id == actor.organisation_id)
    )
    if scheme is None:
        scheme = _new_scheme(session, actor, wanted, (rules.title.zh, rules.title.en))
    based = (standard_version_id, None)
    content = dict(cast("Mapping[str, Any]", data))
    return _draft(session, actor, scheme, content, based, past="imported", now=now)


def take_step(  # noqa: PLR0913 -- a step with what it was read with and why
    session: Session,
    actor: Actor,
    row: VersionRow,
    action: str,
    *,
    reason: str = "",
    revision: int | None = None,
    now: datetime,
) -> SchemeVersion:
    """Take a version one step further; ``reason`` is asked for by ``return`` and ``reopen``."""
    version, scheme, _standard, _body = row
    expect(version, revision)
    read, problems = read_scheme(version.content)
    known = queries.facts(session, actor, row, read, problems)
    before = version.state
    after = LIFECYCLE.take(before, action, known, actor)
    if action in {"return", "reopen"} and not reason.strip():
        raise Invalid(N_("Say why."), "reason")
    if action == "publish":
        _supersede(session, actor, scheme, now=now)
        scheme.title_zh, scheme.title_en = read.title.zh, read.title.en
    version.state = after
    _sign(version, action, actor, now)
    session.flush()
    _tell(
        session, actor, scheme, version, PAST[action], now=now,
        before={"state": before}, after={"state": after, "sha256": version.content_sha256},
        reason=reason.strip() or None,
    )  # fmt: skip
    return version


def rewrite(  # noqa: PLR0913 -- the content and what its event tells
    session: Session,
    actor: Actor,
    row: VersionRow,
    content: Mapping[str, Any],
    changed: Mapping[str, tuple[object, object]],
    *,
    standard_version_id: int | None = None,
    now: datetime,
) -> None:
    """Give a draft a new content; ``changed`` is what differs, by pointer, for the event."""
    version, scheme, _standard, _body = row
    _may_edit(actor)
    if version.state is not SchemeState.DRAFT:
        raise StepRefused(T_("Only a draft can be changed. Take it back from the review first."))
    version.content = dict(content)
    version.content_sha256 = standards.content_digest(content)
    if standard_version_id is not None:
        version.standard_version_id = standard_version_id
    _wrote(session, version, actor)
    session.flush()
    _tell(
        session, actor, scheme, version, "edited", now=now,
        before={pointer: pair[0] for pointer, pair in changed.items()},
        after={pointer: pair[1] for pointer, pair in changed.items()},
    )  # fmt: skip


def _may_edit(actor: Actor) -> None:
    if not allowed(actor, Permission.SCHEME_EDIT):
        raise NotAllowed(N_("Your role does not allow this step."))


def _new_scheme(session: Session, actor: Actor, code: str, title: tuple[str, str]) -> Scheme:
    if not CODE.fullmatch(code):
        raise Invalid(N_("Use letters, digits, hyphens and full stops, at most 40."), "code")
    scheme = Scheme(code=code, title_zh=title[0], title_en=title[1], body_id=actor.organisation_id)
    taken = T_("The code %(code)s is taken. Choose another one.", code=code)
    with claiming(session, "uq_schemes_code", Invalid(taken, "code")):
        session.add(scheme)
    return scheme


def _draft(  # noqa: PLR0913 -- what a version consists of
    session: Session,
    actor: Actor,
    scheme: Scheme,
    content: dict[str, Any],
    based: tuple[int, int | None],
    *,
    past: str = "drafted",
    now: datetime,
) -> SchemeVersion:
    last = session.scalar(
        select(func.max(SchemeVersion.version)).where(SchemeVersion.scheme_id == scheme.id)
    )
    content |= {"code": scheme.code, "version": (last or 0) + 1}
    version = SchemeVersion(
        scheme_id=scheme.id,
        standard_version_id=based[0],
        based_on_id=based[1],
        version=content["version"],
        state=SchemeState.DRAFT,
        content=content,
        content_sha256=standards.content_digest(content),
        created_at=now,
        drafted_by_id=actor.person_id,
    )
    open_id = queries.open_version(session, scheme.id)
    if open_id is not None:
        raise _one_is_open(open_id)
    with claiming(session, "uq_scheme_versions_one_open", _one_is_open(None)):
        session.add(version)
    _tell(session, actor, scheme, version, past, now=now, after={"sha256": version.content_sha256})
    return version


def _one_is_open(version_id: int | None) -> StepRefused:
    words = T_("A version of this scheme is being worked on already")
    proof = None if version_id is None else ("schemes.show", {"version_id": version_id})
    return StepRefused(
        N_("There is one draft of a scheme at a time."), [unmet("one_open", words, proof=proof)]
    )


def _lists(value: object) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    inner = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    for one in inner:
        yield from _lists(one)


def _wrote(session: Session, version: SchemeVersion, actor: Actor) -> None:
    session.execute(
        text(
            "INSERT INTO scheme_editors (scheme_version_id, person_id) VALUES (:version, :person) "
            "ON CONFLICT (scheme_version_id, person_id) DO NOTHING"
        ),
        {"version": version.id, "person": actor.person_id},
    )


def _sign(version: SchemeVersion, action: str, actor: Actor, now: datetime) -> None:
    """Note who took the step; what a step takes back is forgotten, and stays in the events."""
    if action == "submit":
        version.submitted_by_id, version.submitted_at = actor.person_id, now
    elif action == "approve":
        version.approved_by_id, version.approved_at = actor.person_id, now
    elif action == "publish":
        version.published_at = now
    else:
        version.submitted_by_id = version.submitted_at = None
        version.approved_by_id = version.approved_at = None


def _supersede(session: Session, actor: Actor, scheme: Scheme, *, now: datetime) -> None:
    old = session.scalar(
        select(SchemeVersion).where(
            SchemeVersion.scheme_id == scheme.id, SchemeVersion.state == SchemeState.PUBLISHED
        )
    )
    if old is not None:
        old.state = SchemeState.SUPERSEDED
        session.flush()
        states = {"state": SchemeState.PUBLISHED}, {"state": SchemeState.SUPERSEDED}
        _tell(session, actor, scheme, old, "superseded", now=now, before=states[0], after=states[1])


def _tell(
    session: Session, actor: Actor, scheme: Scheme, version: SchemeVersion, past: str, **more: Any
) -> None:
    label = f"{scheme.code} {version.version}"
    record(session, actor, f"scheme:{past}", version, label=label, owner_id=scheme.body_id, **more)

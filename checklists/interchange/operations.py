"""An import is received, arranged, confirmed, written or put away."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from checklists.columns.rules import Arrangement, signature
from checklists.incoming.rules import Choices, Found, Unreadable, next_version
from checklists.interchange import queries
from checklists.interchange.models import KnownColumns, StandardImport
from checklists.interchange.rules import KEPT_FOR, MOST_OPEN, OPEN, ImportState
from checklists.interchange.storage import Opened, read_file
from checklists.outgoing.rules import as_pack
from checklists.standards.models import StandardVersion
from checklists.standards.operations import import_pack
from core.db import expect
from core.errors import Invalid, StepRefused
from core.events import changes, record
from core.jobs import enqueue
from core.permissions import Actor, OrganisationKind, Role
from core.words import N_, T_

JOB = "standard:import"


@dataclass(frozen=True, slots=True)
class Importer:
    """Who confirmed an import, while the worker writes it."""

    person_id: int
    name: str
    organisation_id: int
    organisation_kind: OrganisationKind = OrganisationKind.BODY
    roles: frozenset[Role] = frozenset()


def receive(
    session: Session, actor: Actor, opened: Opened, content: bytes, *, now: datetime
) -> StandardImport:
    """Keep a file that could be opened until its import is confirmed, with proposals for what it does not say.

    Raises ``Unreadable`` for a document that is no standard at all, such as another model of OSCAL.
    """
    waiting = session.scalar(
        select(func.count(StandardImport.id)).where(
            StandardImport.body_id == actor.organisation_id, StandardImport.state.in_(OPEN)
        )
    )
    if (waiting or 0) >= MOST_OPEN:
        message = N_("%(n)s imports wait to be confirmed. Confirm or discard one of them first.")
        raise Invalid(T_(message, n=waiting), "file")
    columns = _remembered(session, actor, opened) or opened.proposed
    made = StandardImport(
        body_id=actor.organisation_id,
        person_id=actor.person_id,
        file_name=opened.file_name[:240] or "–",
        form=opened.form,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        choices=_first_choices(session, opened, columns).plain(),
        columns=columns.plain() if columns else None,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(made)
    session.flush()
    after = {"sha256": made.sha256, "size": made.size, "form": made.form}
    _record(session, actor, "import:received", made, now=now, after=after)
    return made


def assign(  # noqa: PLR0913 -- a change, its maker, its moment
    session: Session,
    actor: Actor,
    one: StandardImport,
    opened: Opened,
    given: Arrangement,
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Say what the columns of a table are; the body's next table with the same head starts from that."""
    _expect_pending(one)
    expect(one, revision)
    head = signature(opened.head(given))
    known = _known(session, one.body_id, head)
    if known is None:
        known = KnownColumns(body_id=one.body_id, signature=head, columns={}, used_at=now)
        session.add(known)
    known.columns, known.used_at = given.plain(), now
    _arrange(session, actor, one, {"columns": given.plain()}, now=now)


def arrange(
    session: Session,
    actor: Actor,
    one: StandardImport,
    choices: Choices,
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Say what the file does not: names, language, what stands in for missing fields."""
    _expect_pending(one)
    expect(one, revision)
    _arrange(session, actor, one, {"choices": choices.plain()}, now=now)


def confirm(  # noqa: PLR0913 -- a change, its maker, its moment
    session: Session,
    actor: Actor,
    one: StandardImport,
    choices: Choices,
    found: Found,
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Have an import written by the worker, as it was shown; refuses what has problems or is taken."""
    _expect_pending(one)
    expect(one, revision)
    if found.pack is None:
        raise Unreadable(found.problems)
    if found.pack.version in queries.versions_of(session, found.pack.code):
        raise taken(session, found)
    one.choices, one.state = choices.plain(), ImportState.CONFIRMED
    enqueue(session, JOB, {"import_id": one.id}, now=now, subject=one, owner_id=one.body_id)
    after = {"code": found.pack.code, "version": found.pack.version}
    _record(session, actor, "import:confirmed", one, now=now, after=after)


def taken(session: Session, found: Found) -> Invalid:
    """Say that a version is there already, and which number is free."""
    code, version = found.data["code"], found.data["version"]
    free = next_version(version, queries.versions_of(session, code))
    message = N_("Version %(version)s of %(code)s is there already. %(free)s is free.")
    return Invalid(T_(message, version=version, code=code, free=free), "version")


def finish(
    session: Session, one: StandardImport, found: Found, *, now: datetime
) -> StandardVersion:
    """Write a confirmed import as a draft of its body, whole, in this transaction."""
    if one.state is not ImportState.CONFIRMED:
        raise StepRefused(N_("This import is not waiting to be written."))
    if found.pack is None:
        raise Unreadable(found.problems)
    if found.pack.version in queries.versions_of(session, found.pack.code):
        raise taken(session, found)
    person = session.get_one(Person, one.person_id)
    importer = Importer(person.id, person.name, one.body_id)
    version = import_pack(
        session, importer, as_pack(found.pack), now=now, publish=False, lenient=True
    )
    one.state, one.standard_version_id, one.finished_at = ImportState.DONE, version.id, now
    one.content = None
    _record(session, importer, "import:finished", one, now=now, after={"version": version.id})
    return version


def give_back(session: Session, one: StandardImport, *, now: datetime) -> None:
    """Let an import that could not be written wait again; its page says why."""
    one.state = ImportState.PENDING
    _record(session, None, "import:returned", one, now=now)


def discard(
    session: Session, actor: Actor, one: StandardImport, *, revision: int | None, now: datetime
) -> None:
    """Put an import away; its bytes go."""
    _expect_pending(one)
    expect(one, revision)
    _close(session, actor, one, ImportState.DISCARDED, "import:discarded", now=now)


def expire(session: Session, *, now: datetime) -> int:
    """Put away what nobody confirmed in time; give how many."""
    old = list(
        session.scalars(
            select(StandardImport).where(
                StandardImport.state == ImportState.PENDING, StandardImport.expires_at <= now
            )
        )
    )
    for one in old:
        _close(session, None, one, ImportState.EXPIRED, "import:expired", now=now)
    return len(old)


def _close(
    session: Session,
    actor: Actor | None,
    one: StandardImport,
    state: ImportState,
    name: str,
    *,
    now: datetime,
) -> None:
    one.state, one.content, one.finished_at = state, None, now
    _record(session, actor, name, one, now=now)


def _arrange(
    session: Session, actor: Actor, one: StandardImport, new: dict[str, object], *, now: datetime
) -> None:
    before, after = changes(one, new)
    if not after:
        return
    for name, value in new.items():
        setattr(one, name, value)
    _record(session, actor, "import:arranged", one, now=now, before=before, after=after)


def _expect_pending(one: StandardImport) -> None:
    if one.state is not ImportState.PENDING:
        raise StepRefused(N_("This import is no longer waiting to be confirmed."))


def _first_choices(session: Session, opened: Opened, columns: Arrangement | None) -> Choices:
    """Propose a version that is free, where the file's own is not."""
    if columns is not None and not columns.complete:
        return Choices()
    data = read_file(opened, Choices(), columns).data
    code, version = data.get("code"), data.get("version")
    if not isinstance(code, str) or not isinstance(version, str):
        return Choices()
    free = next_version(version, queries.versions_of(session, code))
    return Choices(version="" if free == version else free)


def _remembered(session: Session, actor: Actor, opened: Opened) -> Arrangement | None:
    if opened.proposed is None:
        return None
    head = signature(opened.head(opened.proposed))
    known = _known(session, actor.organisation_id, head)
    return (
        None
        if known is None
        else Arrangement.read({**known.columns, "sheet": opened.proposed.sheet})
    )


def _known(session: Session, body_id: int, head: str) -> KnownColumns | None:
    return session.scalar(
        select(KnownColumns).where(KnownColumns.body_id == body_id, KnownColumns.signature == head)
    )


def _record(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor | None,
    name: str,
    one: StandardImport,
    *,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    record(
        session,
        actor,
        name,
        one,
        now=now,
        owner_id=one.body_id,
        label=one.file_name,
        before=before,
        after=after,
    )
    session.flush()

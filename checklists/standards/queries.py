"""Standards as read: what is published by everybody who has signed in, what is not yet by its body."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased, load_only

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from checklists.standards.models import (
    Criterion,
    Section,
    Standard,
    StandardEditor,
    StandardVersion,
)
from checklists.standards.rules import StandardState, VersionFacts
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed

AT_WORK = (Permission.STANDARD_EDIT, Permission.STANDARD_REVIEW, Permission.STANDARD_PUBLISH)
ISSUED = (StandardState.PUBLISHED, StandardState.SUPERSEDED)
NO_DIMENSION = "-"  # how a condition asks for criteria that no dimension is assigned to
TEXTS = ("title", "requirement", "guidance", "evidence")


@dataclass(frozen=True, slots=True)
class Part:
    """A section with those of its criteria that fit the conditions."""

    section: Section
    criteria: list[Criterion]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a reader filters criteria by; empty fields filter nothing.

    ``lacks`` is the language (``zh``, ``en``) in which a text is wanting that the other language has.
    """

    words: str = ""
    dimension: str = ""
    area: str = ""
    stage: str = ""
    level: int | None = None
    critical: bool = False
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A version with all that its page and its steps look at.

    ``at_work`` says that the actor is one of the people who bring it about, and may read who did what. ``lacking``
    counts the criteria that lack a translation, by language.
    """

    version: StandardVersion
    code: str
    facts: VersionFacts
    at_work: bool
    body: Organisation | None = None
    base: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people call the version: the standard's code and the version's number."""
        return f"{self.code} {self.version.version}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How many criteria there are by level, dimension, area and stage, and how many are critical."""

    level: Counter[int] = field(default_factory=Counter)
    dimension: Counter[str] = field(default_factory=Counter)
    area: Counter[str] = field(default_factory=Counter)
    stage: Counter[str] = field(default_factory=Counter)
    critical: int = 0


def is_at_work(actor: Actor, version: StandardVersion) -> bool:
    """Say whether the actor belongs to those who edit, review or publish a version."""
    here = version.body_id is None or version.body_id == actor.organisation_id
    return here and _works_on_standards(actor)


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Give the condition on ``StandardVersion`` for what an actor may know of (``None``: the operator, everything).

    Published and superseded versions are common to the installation. What stands before that is seen by people of the
    body that drafted it (of any body where it has none) who edit, review or publish.
    """
    if actor is None:
        return true()
    issued = StandardVersion.state.in_(ISSUED)
    if not _works_on_standards(actor):
        return issued
    ours = StandardVersion.body_id == actor.organisation_id
    return or_(issued, StandardVersion.body_id.is_(None), ours)


def versions(session: Session, actor: Actor | None) -> Sequence[Row[StandardVersion, str]]:
    """List every version with its standard's code, newest first."""
    query = (
        select(StandardVersion, Standard.code.label("code"))
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(visible(actor))
        .order_by(Standard.code, StandardVersion.id.desc())
    )
    return session.execute(query).all()


def found(
    actor: Actor, words: str, state: StandardState | None
) -> Select[StandardVersion, str, Organisation]:
    """Select the versions that fit, with code and body; for ``core.pages.paginate``."""
    query = (
        select(StandardVersion, Standard.code.label("code"), Organisation)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .outerjoin(Organisation, Organisation.id == StandardVersion.body_id)
        .where(visible(actor))
        .order_by(Standard.code, StandardVersion.id.desc())
    )
    if state is not None:
        query = query.where(StandardVersion.state == state)
    if words:
        pattern = like(words.lower())
        columns = (
            Standard.code,
            StandardVersion.version,
            StandardVersion.title_zh,
            StandardVersion.title_en,
        )
        query = query.where(or_(*(func.lower(one).like(pattern, escape="\\") for one in columns)))
    return query


def waiting(session: Session, actor: Actor) -> Sequence[Row[StandardVersion, str]]:
    """List the versions of the actor's own body that stand between two people, oldest first."""
    states = {
        Permission.STANDARD_REVIEW: StandardState.IN_REVIEW,
        Permission.STANDARD_PUBLISH: StandardState.APPROVED,
    }
    mine = [state for permission, state in states.items() if allowed(actor, permission)]
    if not mine:
        return []
    query = (
        select(StandardVersion, Standard.code.label("code"))
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.state.in_(mine), visible(actor))
        .order_by(StandardVersion.submitted_at, StandardVersion.id)
    )
    return session.execute(query).all()


def version(session: Session, actor: Actor | None, version_id: int) -> tuple[StandardVersion, str]:
    """Give a version with its standard's code; raises ``NotFound``."""
    row = session.execute(
        select(StandardVersion, Standard.code)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.id == version_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def case_of(session: Session, actor: Actor, version_id: int, *, lock: bool = False) -> Case:
    """Give a version with its facts in one statement; ``lock`` keeps others from changing it. Raises ``NotFound``."""
    tally = _tally(version_id)
    base = aliased(StandardVersion)
    people = {
        name: aliased(Person, name=name)
        for name in ("drafted", "submitted", "approved", "published")
    }
    query: Select[*tuple[Any, ...]] = (
        select(
            StandardVersion,
            Standard.code,
            Organisation,
            base.version.label("base"),
            *tally.c,
            _empty_sections(version_id).label("empty_sections"),
            _edited(version_id, actor).label("is_editor"),
            *(people[name].name.label(f"{name}_by") for name in people),
        )
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .outerjoin(Organisation, Organisation.id == StandardVersion.body_id)
        .outerjoin(base, base.id == StandardVersion.based_on_id)
        .outerjoin(tally, true())
        .where(StandardVersion.id == version_id, visible(actor))
    )
    for name, person in people.items():
        query = query.outerjoin(person, person.id == getattr(StandardVersion, f"{name}_by_id"))
    if lock:
        query = query.with_for_update(of=StandardVersion, key_share=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _case(row, actor)


def _case(row: Row[*tuple[Any, ...]], actor: Actor) -> Case:
    one: StandardVersion = row.StandardVersion
    at_work = is_at_work(actor, one)
    facts = VersionFacts(
        version_id=one.id,
        titled=bool(one.title_zh or one.title_en),
        criteria=row.criteria or 0,
        untitled=row.untitled or 0,
        unworded=row.unworded or 0,
        empty_sections=row.empty_sections,
        is_author=one.drafted_by_id == actor.person_id,
        is_editor=row.is_editor,
        is_submitter=one.submitted_by_id == actor.person_id,
        editable=at_work
        and one.state is StandardState.DRAFT
        and allowed(actor, Permission.STANDARD_EDIT),
    )
    names = {name: getattr(row, f"{name}_by") or "" for name in _PEOPLE} if at_work else {}
    lacking = {"zh": row.lacks_zh or 0, "en": row.lacks_en or 0}
    return Case(one, row.code, facts, at_work, row.Organisation, row.base, names, lacking)


_PEOPLE = ("drafted", "submitted", "approved", "published")


def lacks(language: str) -> ColumnElement[bool]:
    """Give the condition for criteria with a text that the other language has and this one has not."""
    other = "en" if language == "zh" else "zh"
    return or_(
        *(
            and_(
                getattr(Criterion, f"{stem}_{language}") == "",
                getattr(Criterion, f"{stem}_{other}") != "",
            )
            for stem in TEXTS
        )
    )


def wordless() -> ColumnElement[bool]:
    """Give the condition for criteria without a title, or without a requirement, in both languages."""
    return or_(_neither("title"), _neither("requirement"))


def spread(session: Session, version_id: int) -> Spread:
    """Count the criteria of a version by what they are about, in one statement."""
    columns = (Criterion.level_from, Criterion.dimension, Criterion.area, Criterion.stage)
    query = (
        select(*columns, Criterion.critical, func.count().label("n"))
        .where(Criterion.standard_version_id == version_id)
        .group_by(*columns, Criterion.critical)
    )
    made = Spread()
    critical = 0
    for row in session.execute(query):
        made.level[row.level_from] += row.n
        made.dimension[row.dimension] += row.n
        made.area[row.area] += row.n
        made.stage[row.stage] += row.n
        critical += row.n if row.critical else 0
    return Spread(made.level, made.dimension, made.area, made.stage, critical)


def parts(session: Session, standard_version_id: int, conditions: Conditions) -> list[Part]:
    """Give the sections with the criteria that fit, in order; sections without any are left out."""
    query = (
        select(Section, Criterion)
        .join(Criterion, Criterion.section_id == Section.id)
        .where(Section.standard_version_id == standard_version_id, *fits(conditions))
        .order_by(Criterion.position)
        .options(load_only(*_LISTED, raiseload=True))
    )
    made: dict[int, Part] = {}
    for section, one in session.execute(query):
        made.setdefault(section.id, Part(section, [])).criteria.append(one)
    return list(made.values())


_LISTED = (
    Criterion.code,
    Criterion.level_from,
    Criterion.dimension,
    Criterion.critical,
    Criterion.title_zh,
    Criterion.title_en,
    Criterion.requirement_zh,
    Criterion.requirement_en,
)


def criteria(session: Session, standard_version_id: int) -> Sequence[Criterion]:
    """Give all criteria of a version in order."""
    query = select(Criterion).where(Criterion.standard_version_id == standard_version_id)
    return session.scalars(query.order_by(Criterion.position)).all()


def criterion(session: Session, version_id: int, code: str) -> tuple[Criterion, Section]:
    """Give one criterion by its code with its section; raises ``NotFound``."""
    row = session.execute(
        select(Criterion, Section)
        .join(Section, Section.id == Criterion.section_id)
        .where(Criterion.standard_version_id == version_id, Criterion.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def neighbours(session: Session, one: Criterion) -> Mapping[int, str]:
    """Give the codes of the criteria just before and after one, by position."""
    query = select(Criterion.position, Criterion.code).where(
        Criterion.standard_version_id == one.standard_version_id,
        Criterion.position.in_((one.position - 1, one.position + 1)),
    )
    return {row.position: row.code for row in session.execute(query)}


def fits(conditions: Conditions) -> list[ColumnElement[bool]]:
    """Give the conditions on ``Criterion`` for what a reader asked for."""
    asked: list[ColumnElement[bool]] = []
    for column, value in (
        (Criterion.dimension, conditions.dimension),
        (Criterion.area, conditions.area),
        (Criterion.stage, conditions.stage),
    ):
        if value:
            asked.append(column == ("" if value == NO_DIMENSION else value))
    if conditions.level is not None:
        asked.append(Criterion.level_from <= conditions.level)
    if conditions.critical:
        asked.append(Criterion.critical.is_(True))
    if conditions.lacks:
        asked.append(lacks(conditions.lacks))
    if conditions.words:
        asked.append(_says(conditions.words))
    return asked


def _works_on_standards(actor: Actor) -> bool:
    body = actor.organisation_kind is OrganisationKind.BODY
    return body and any(allowed(actor, permission) for permission in AT_WORK)


def _neither(stem: str) -> ColumnElement[bool]:
    return and_(getattr(Criterion, f"{stem}_zh") == "", getattr(Criterion, f"{stem}_en") == "")


def _tally(version_id: int) -> Subquery[Any]:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    return (
        select(
            func.count(Criterion.id).label("criteria"),
            counted(_neither("title")).label("untitled"),
            counted(_neither("requirement")).label("unworded"),
            counted(lacks("zh")).label("lacks_zh"),
            counted(lacks("en")).label("lacks_en"),
        )
        .where(Criterion.standard_version_id == version_id)
        .subquery()
    )


def _empty_sections(version_id: int) -> ColumnElement[int]:
    return (
        select(func.count(Section.id))
        .where(
            Section.standard_version_id == version_id,
            ~exists().where(Criterion.section_id == Section.id),
        )
        .scalar_subquery()
    )


def _edited(version_id: int, actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        StandardEditor.standard_version_id == version_id,
        StandardEditor.person_id == actor.person_id,
    )


def _says(words: str) -> ColumnElement[bool]:
    pattern = like(words.lower())
    columns = (
        Criterion.code,
        Criterion.title_zh,
        Criterion.title_en,
        Criterion.requirement_zh,
        Criterion.requirement_en,
    )
    return or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))

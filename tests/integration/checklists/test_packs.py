"""Packs become standards and schemes, whole or not at all."""

import copy

import pytest
from sqlalchemy import func, select

from checklists.packs.rules import PackError
from checklists.schemes import operations as schemes
from checklists.schemes import queries as scheme_queries
from checklists.schemes.models import SchemeVersion
from checklists.schemes.rules import SchemeState
from checklists.standards import operations as standards
from checklists.standards import queries
from checklists.standards.models import Criterion, Section, StandardVersion
from core.errors import Invalid, StepRefused
from core.events import Event, verify
from tests.factories.checklists import LONG_AGO, published_scheme, standard_data


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_shipped_packs_load_once(session):
    """S-01 S-02 S-03: levels, dimensions and metrics are data of the version that was loaded."""
    first = published_scheme(session)
    session.commit()
    again = published_scheme(session)
    session.commit()
    assert again.id == first.id
    assert count(session, StandardVersion) == 1
    assert count(session, Criterion) >= 60
    rules = scheme_queries.rules(session, first.id)
    assert [level.title.zh for level in rules.levels] == [
        "基础级",
        "标准级",
        "卓越级",
        "领先级",
        "卓越领先级",
    ]
    assert len(rules.dimensions) == 5
    assert verify(session) == (2, None)


def test_one_import_is_one_event(session):
    """S-05: the event names the number of criteria and the digest of what came in."""
    version = standards.import_pack(session, None, standard_data(12), now=LONG_AGO)
    session.commit()
    (event,) = session.scalars(select(Event))
    assert event.name == "standard:published"
    assert event.after == {"criteria": 12, "sha256": version.source_sha256}


def test_a_damaged_pack_leaves_nothing(session):
    """I-27: all or nothing."""
    data = standard_data(12)
    data["sections"][0]["criteria"][3]["level_from"] = 9
    with pytest.raises(PackError) as told:
        standards.import_pack(session, None, data, now=LONG_AGO)
    session.commit()
    assert told.value.problems[0].pointer == "/sections/0/criteria/3/level_from"
    assert [count(session, model) for model in (StandardVersion, Section, Criterion, Event)] == [
        0,
        0,
        0,
        0,
    ]


def test_a_published_version_never_changes(session):
    """S-34: another content under the same version is refused; the same content is what is there."""
    data = standard_data(12)
    first = standards.import_pack(session, None, data, now=LONG_AGO)
    assert standards.import_pack(session, None, copy.deepcopy(data), now=LONG_AGO).id == first.id
    data["summary"]["en"] = "Something else"
    with pytest.raises(StepRefused):
        standards.import_pack(session, None, data, now=LONG_AGO)


def test_a_new_scheme_version_supersedes(session):
    """S-02: the version before stays, superseded."""
    first = published_scheme(session)
    data = copy.deepcopy(first.content) | {"version": 2}
    second = schemes.import_pack(session, None, data, now=LONG_AGO)
    session.commit()
    states = dict(session.execute(select(SchemeVersion.id, SchemeVersion.state)).all())
    assert states == {first.id: SchemeState.SUPERSEDED, second.id: SchemeState.PUBLISHED}


def test_a_scheme_needs_its_standard(session):
    """S-02: nothing is stored where the standard version is not there."""
    data = schemes.read(schemes.PACKS / schemes.SHIPPED_SCHEMES[0][2])
    with pytest.raises(Invalid, match="Import it first"):
        schemes.import_pack(session, None, data, now=LONG_AGO)


def test_filters_and_search(session):
    """S-06: criteria are found by area, dimension, level, words; wildcards are taken literally."""
    version = standards.import_pack(session, None, standard_data(120), now=LONG_AGO)

    def codes(**conditions):
        parts = queries.parts(session, version.id, queries.Conditions(**conditions))
        return [one.code for part in parts for one in part.criteria]

    assert len(codes()) == 120
    assert len(codes(dimension="response")) == 24
    assert len(codes(area="people")) == 30
    assert codes(words="thing 7.") == ["S1.7"]
    assert codes(words="%") == []
    assert all(code.startswith("S") for code in codes(level=1, critical=True))

"""Organisations, sites and services, on both databases."""

import pytest
from sqlalchemy import func, select

from accounts.organisations import operations, queries
from accounts.organisations.models import ClientLink, Organisation, Service, Site
from accounts.organisations.queries import Wanted
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import CREDIT_CODES, NOW, organisation, service, site, user

SITE = {
    "name_zh": "总部",
    "name_en": "Head office",
    "address_zh": "测试路1号",
    "address_en": "",
    "headcount": 12,
    "is_central": False,
}
SERVICE = {"name_zh": "桌面支持", "name_en": "", "description": "d", "agreement": "a"}


@pytest.fixture
def world(session):
    """Two bodies, two providers, a regulator; the first provider is the first body's client."""
    kinds = OrganisationKind
    bodies = [organisation(session, kinds.BODY) for _ in range(2)]
    providers = [organisation(session) for _ in range(2)]
    regulator = organisation(session, kinds.REGULATOR)
    operations.link_client(session, bodies[0].id, providers[0].id, NOW)
    session.commit()
    return bodies, providers, regulator


def actor_in(session, where, *roles):
    actor = user(session, where, *roles)[1]
    session.commit()
    return actor


def events(session):
    session.commit()
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def seen(session, actor):
    page = queries.listed(session, actor, Wanted(), 1)
    return {row.id for row in page.items}


def test_who_sees_whom(session, world):
    """I-32: a body never sees another body's clients, a provider never another provider."""
    bodies, providers, regulator = world
    expected = [
        (bodies[0], {bodies[0].id, providers[0].id}),
        (bodies[1], {bodies[1].id}),
        (providers[0], {providers[0].id, bodies[0].id, bodies[1].id}),
        (providers[1], {providers[1].id, bodies[0].id, bodies[1].id}),
        (regulator, {row.id for row in (*bodies, *providers, regulator)}),
    ]
    everything = [*bodies, *providers, regulator]
    for where, visible in expected:
        actor = actor_in(session, where)
        assert seen(session, actor) == visible
        for row in everything:
            if row.id in visible:
                assert queries.organisation(session, actor, row.id) is row
            else:
                with pytest.raises(NotFound):
                    queries.organisation(session, actor, row.id)


def test_of_a_body_a_provider_sees_the_name_only(session, world):
    """I-32: to apply, a name suffices."""
    bodies, providers, regulator = world
    manager = actor_in(session, providers[0])
    assert not queries.known_wholly(manager, bodies[0])
    assert queries.known_wholly(manager, providers[0])
    assert queries.known_wholly(actor_in(session, bodies[0]), providers[0])
    assert queries.known_wholly(actor_in(session, regulator), providers[1])
    assert {row.id for row in queries.bodies(session)} == {row.id for row in bodies}


def test_a_link_is_made_once(session, world):
    """I-32: applying again changes nothing."""
    bodies, providers, _ = world
    operations.link_client(session, bodies[0].id, providers[0].id, NOW)
    operations.link_client(session, bodies[1].id, providers[0].id, NOW)
    session.commit()
    assert session.scalar(select(func.count(ClientLink.id))) == 2


def test_the_list_is_searched_and_sorted(session, world):
    """I-32: search in names and codes, taken literally, within what may be seen."""
    inspector = actor_in(session, world[2])
    organisation(session, name_en="100% Care", credit_code=CREDIT_CODES[0], name_zh="甲")
    session.commit()

    def names(**wanted):
        return [row.name_en for row in queries.all_listed(session, inspector, Wanted(**wanted))]

    assert names(words="100%") == ["100% Care"]
    assert names(words=CREDIT_CODES[0].lower()) == ["100% Care"]
    assert names(words="_") == []
    assert len(names(kind=OrganisationKind.BODY)) == 2
    assert names(sort="-name") == names(sort="name")[::-1]


def test_what_is_known_changes_with_one_event(session, world):
    """I-01: the holder keeps its own data; the event says what it was."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    new = {
        "name_zh": provider.name_zh,
        "name_en": "New name",
        "credit_code": CREDIT_CODES[0].lower(),
    }
    operations.change(session, actor, provider, new, revision=1, now=NOW)
    assert events(session) == ["organisation:changed"]
    assert (provider.name_en, provider.credit_code, provider.revision) == (
        "New name",
        CREDIT_CODES[0],
        2,
    )
    operations.change(session, actor, provider, new, revision=2, now=NOW)
    assert events(session) == ["organisation:changed"]
    with pytest.raises(Stale):
        operations.change(session, actor, provider, new, revision=1, now=NOW)


def test_who_may_not_change_it(session, world):
    """S-32: only one's own organisation, only with the role for it."""
    bodies, providers, _ = world
    new = {"name_zh": "x", "name_en": "x", "credit_code": CREDIT_CODES[0]}
    for where, role, error in (
        (bodies[0], Role.ADMINISTRATOR, NotFound),
        (providers[1], Role.MANAGER, NotFound),
        (providers[0], Role.MEMBER, NotAllowed),
    ):
        with pytest.raises(error):
            operations.change(
                session, actor_in(session, where, role), providers[0], new, revision=None, now=NOW
            )


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": "12"}, "credit_code"),
        ({"credit_code": CREDIT_CODES[1]}, "credit_code"),
    ],
)
def test_wrong_values_are_told_beside_the_field(session, world, new, field):
    """I-22: no name, no code, a wrong one, another's (named constraint)."""
    _, providers, _ = world
    providers[1].credit_code = CREDIT_CODES[1]
    actor = actor_in(session, providers[0])
    whole = {"name_zh": "名", "name_en": "n", "credit_code": CREDIT_CODES[0]} | new
    with pytest.raises(Invalid) as refused:
        operations.change(session, actor, providers[0], whole, revision=1, now=NOW)
    assert refused.value.field == field
    session.commit()  # the transaction lives on, and nothing was changed
    session.refresh(providers[0])
    assert providers[0].credit_code is None


def kept(session, actor, **values):
    row = Site(organisation_id=actor.organisation_id, is_central=False)
    operations.save_site(session, actor, row, SITE | values, revision=None, now=NOW)
    session.commit()
    return row


def central(session, where):
    return [row.name_en for row in queries.sites(session, where.id) if row.is_central]


def test_exactly_one_site_is_the_central_one(session, world):
    """I-04: the first site holds the central function until another takes over."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    first = kept(session, actor, name_en="First")
    second = kept(session, actor, name_en="Second")
    assert central(session, provider) == ["First"]
    operations.save_site(
        session,
        actor,
        second,
        SITE | {"name_en": "Second", "is_central": True},
        revision=1,
        now=NOW,
    )
    session.commit()
    session.expire_all()
    assert central(session, provider) == ["Second"]
    assert (first.revision, second.revision) == (2, 2)
    assert events(session) == ["site:added", "site:added", "site:changed"]


def test_the_database_keeps_one_central_site(session, world):
    """I-04: where two sites become central at once, the second is told (named constraint)."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    site(session, provider, is_central=True, name_en="First")
    session.commit()
    row = Site(organisation_id=provider.id, is_central=True)  # as if the first had not been seen
    with pytest.raises(Invalid) as refused:
        operations.save_site(session, actor, row, SITE, revision=None, now=NOW)
    assert refused.value.field == "is_central"


def test_closing_a_site(session, world):
    """I-04, I-30: a closed site stays on record; the central one closes last."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    first, second = kept(session, actor, name_en="First"), kept(session, actor, name_en="Second")
    with pytest.raises(StepRefused) as refused:
        operations.close_site(session, actor, first, revision=1, now=NOW)
    assert [reason.code for reason in refused.value.reasons] == ["another_is_central"]
    with pytest.raises(Stale):
        operations.close_site(session, actor, second, revision=7, now=NOW)
    for row in (second, first):
        operations.close_site(session, actor, row, revision=1, now=NOW)
        session.commit()
    assert queries.sites(session, provider.id) == []
    assert len(queries.sites(session, provider.id, closed=True)) == 2
    with pytest.raises(StepRefused):
        operations.save_site(session, actor, first, SITE, revision=None, now=NOW)
    third = kept(session, actor, name_en="Third")
    assert third.is_central


def test_services_come_change_and_end(session, world):
    """S-15: a service with its agreement, in the provider's own words."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    row = Service(organisation_id=provider.id)
    operations.save_service(session, actor, row, SERVICE, revision=None, now=NOW)
    session.commit()
    operations.save_service(session, actor, row, SERVICE | {"agreement": "b"}, revision=1, now=NOW)
    session.commit()
    operations.end_service(session, actor, row, revision=2, now=NOW)
    assert events(session) == ["service:added", "service:changed", "service:ended"]
    told = session.scalars(select(Event).where(Event.name == "service:changed")).one()
    assert (told.before, told.after) == ({"agreement": "a"}, {"agreement": "b"})
    assert (told.within_kind, told.within_id, told.subject_label) == (
        "organisation",
        provider.id,
        "桌面支持",
    )
    assert queries.services(session, provider.id) == []
    with pytest.raises(StepRefused):
        operations.end_service(session, actor, row, revision=None, now=NOW)


def test_sites_and_services_of_others(session, world):
    """S-32: what belongs to another organisation is not there, and cannot be changed."""
    _, providers, _ = world
    stranger = actor_in(session, providers[1])
    theirs = site(session, providers[0]), service(session, providers[0])
    session.commit()
    for read, row in zip((queries.own_site, queries.own_service), theirs, strict=True):
        with pytest.raises(NotFound):
            read(session, stranger, row.id)
    with pytest.raises(NotFound):
        operations.save_site(session, stranger, theirs[0], SITE, revision=None, now=NOW)
    with pytest.raises(NotFound):
        operations.end_service(session, stranger, theirs[1], revision=None, now=NOW)


def test_the_command_line_adds_organisations(session):
    """S-32: an installation gets its first certification body by a command."""
    values = {"name_zh": "华信", "name_en": "", "credit_code": CREDIT_CODES[0], "code": "HXC"}
    row = operations.add(session, OrganisationKind.BODY, values, now=NOW)
    assert events(session) == ["organisation:added"]
    assert (row.kind, row.code) == (OrganisationKind.BODY, "HXC")
    for change, field in (
        ({"code": None}, "code"),
        ({"code": "HXC", "credit_code": ""}, "code"),
        ({"code": "NEW"}, "credit_code"),
        ({"name_zh": ""}, "name_zh"),
    ):
        with pytest.raises(Invalid) as refused:
            operations.add(session, OrganisationKind.BODY, values | change, now=NOW)
        assert refused.value.field == field
    assert session.scalar(select(func.count(Organisation.id))) == 1


def test_who_changed_it_last(session, world):
    """I-30: a conflict names the other person."""
    provider = world[1][0]
    actor = actor_in(session, provider)
    assert queries.last_change(session, provider) is None
    new = {"name_zh": "新", "name_en": "n", "credit_code": CREDIT_CODES[0]}
    operations.change(session, actor, provider, new, revision=1, now=NOW)
    session.commit()
    kept(session, actor)
    assert queries.last_change(session, provider).name == "organisation:changed"

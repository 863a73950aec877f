"""Organisations, sites and services as pages."""

import csv
import io

import pytest
from sqlalchemy import select

from accounts.organisations.models import Organisation, Service, Site
from core.permissions import Permission, Role, holders
from tests.factories.accounts import CREDIT_CODES, service, site

ORGANISATION = {
    "name_zh": "云帆",
    "name_en": "Yunfan",
    "credit_code": CREDIT_CODES[0],
    "address_zh": "文三路90号",
    "address_en": "",
    "contact_email": "service@example.org",
    "contact_phone": "0571-1",
    "revision": "1",
}
SITE = {
    "name_zh": "分部",
    "name_en": "Branch office",
    "address_zh": "测试路9号",
    "address_en": "",
    "headcount": "7",
    "revision": "1",
}
SERVICE = {
    "name_zh": "桌面",
    "name_en": "Desk",
    "description": "d",
    "agreement": "a",
    "revision": "1",
}
OWN = [
    "/edit",
    "/sites/new",
    "/sites/{site}",
    "/sites/{site}/close",
    "/services/new",
    "/services/{service}",
    "/services/{service}/end",
]


@pytest.fixture
def manager(client, world):
    """The manager of the provider, signed in."""
    return client.sign_in("manager@example.org")


def at(world, path=""):
    return f"/organisations/{world.provider}" + path.format(**world.ids)


SEES = [
    ("administrator", {"body", "provider"}),
    ("planner", {"body", "provider"}),
    ("manager", {"provider", "body", "other"}),
    ("member", {"provider", "body", "other"}),
    ("inspector", {"body", "other", "provider", "stranger", "regulator"}),
]


@pytest.mark.parametrize(("role", "visible"), SEES)
def test_who_sees_whom(client, world, role, visible):
    """I-32: list, page and export show what the scope allows, and answer 404 for the rest."""
    client.sign_in(f"{role}@example.org")
    listed = client.get("/organisations").text
    exported = client.get("/organisations/list.csv").text
    names = {"body": "Huaxin", "other": "Donghai", "provider": "Yunfan", "stranger": "Stranger"}
    for key in ("body", "other", "provider", "stranger", "regulator"):
        status = client.get(f"/organisations/{world.ids[key]}").status_code
        assert status == (200 if key in visible else 404), key
        if key in names and key != "body":  # the rail names the body one acts for
            assert (f'/organisations/{world.ids[key]}"' in listed) is (key in visible)
            assert (names[key] in exported) is (key in visible)


def test_of_a_body_a_provider_sees_the_name_only(manager, world):
    """I-32: no code, no address, no people of a body."""
    world.change(
        Organisation.__table__.update().values(address_zh="秘密路1号", accreditation="CNAS")
    )
    text = manager.get(f"/organisations/{world.body}").text
    assert "Huaxin" in text
    assert "秘密路" not in text
    assert "CNAS" not in text
    rows = list(csv.reader(io.StringIO(manager.get("/organisations/list.csv").text)))
    assert [row[4] for row in rows if "Huaxin" in row] == [""]


def test_a_body_reads_its_client_but_not_its_people(client, world):
    """I-32: sites and services, not what happened among the client's people."""
    client.sign_in("planner@example.org")
    text = client.get(at(world)).text
    assert "Head office" in text
    assert "Desktop support" in text
    assert "Timeline" not in text
    assert "/edit" not in text


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("role", ["planner", "member", "inspector", "administrator"])
@pytest.mark.parametrize("method", ["get", "send"])
def test_only_ones_own_organisation_is_changed(client, world, path, role, method):
    """S-32, quality 2: without the role 403, of another organisation 404."""
    client.sign_in(f"{role}@example.org")
    may = Role(role) in holders(Permission.ORGANISATION_MANAGE)
    assert getattr(client, method)(at(world, path)).status_code == (404 if may else 403)


@pytest.mark.parametrize("path", ["/sites/{foreign_site}", "/services/{foreign_service}"])
def test_a_foreign_part_under_ones_own_address(manager, world, path):
    """Quality 2: the key of another's site or service is not found."""
    for more in ("", "/close" if "site" in path else "/end"):
        assert manager.get(at(world, path) + more).status_code == 404
        assert manager.send(at(world, path) + more, SITE | SERVICE).status_code == 404


def test_what_is_known_is_changed(manager, world):
    """I-01, I-22: the code is kept compact; one event."""
    form = ORGANISATION | {"credit_code": CREDIT_CODES[0].lower() + " "}
    assert manager.send(at(world, "/edit"), form).headers["Location"] == at(world)
    text = manager.get(at(world)).text
    assert CREDIT_CODES[0] in text
    assert "service@example.org" in text
    assert world.events()[1:] == ["organisation:changed"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_zh": "", "name_en": " "}, "name_zh"),
        ({"name_zh": "x" * 300}, "name_zh"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": "123"}, "credit_code"),
        ({"credit_code": CREDIT_CODES[1]}, "credit_code"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_phone": "1" * 100}, "contact_phone"),
        ({"address_zh": "x" * 300}, "address_zh"),
    ],
)
def test_wrong_values_are_told_beside_the_field(manager, world, wrong, field):
    """Quality 9, I-22: 422 with words beside the field, a taken code too; the rest is kept."""
    world.change(
        Organisation.__table__.update()
        .where(Organisation.id == world.stranger)
        .values(credit_code=CREDIT_CODES[1])
    )
    answer = manager.send(at(world, "/edit"), ORGANISATION | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="文三路90号"' in answer.text or field == "address_zh"
    assert world.events() == ["person:signed_in"]


def test_two_who_change_the_same(manager, world, app):
    """Quality 4: the later one sees both texts and chooses; nothing is lost silently."""
    other = app.test_client().sign_in("manager@example.org")
    other.send(at(world, "/edit"), ORGANISATION | {"name_en": "Their name"})
    mine = ORGANISATION | {"name_en": "My name"}
    answer = manager.send(at(world, "/edit"), mine)
    assert answer.status_code == 409
    assert "Two people changed this" in answer.text
    assert "Their name" in answer.text
    assert "My name" in answer.text
    theirs = manager.send(at(world, "/edit"), mine | {"keep": "theirs"})
    assert theirs.headers["Location"] == at(world)
    assert "Their name" in manager.get(at(world)).text
    revision = answer.text.partition('name="revision" type="hidden" value="')[2][0]
    assert revision == "2"
    form = mine | {"keep": "mine", "revision": revision}
    assert manager.send(at(world, "/edit"), form).status_code == 302
    assert "My name" in manager.get(at(world)).text
    assert world.events().count("organisation:changed") == 2


def test_sites_are_added_changed_and_closed(manager, world):
    """I-01, I-04: headcount and central function; closing asks first and stays on record."""
    sites = at(world) + "#sites"
    assert manager.send(at(world, "/sites/new"), SITE).headers["Location"] == sites
    assert "Branch office" in manager.get(at(world)).text
    form = SITE | {"name_en": "New centre", "is_central": "y"}
    assert manager.send(at(world, "/sites/{site2}"), form).status_code == 302
    assert world.get(select(Site.name_en).where(Site.is_central)) == "New centre"
    close = at(world, "/sites/{site}/close")
    assert "It stays on record" in manager.get(close).text
    assert manager.send(close, {"revision": "1"}).status_code == 409  # it was changed meanwhile
    assert manager.send(close, {"revision": "2"}).headers["Location"] == sites
    assert "Head office" in manager.get(at(world)).text
    assert manager.send(close, {"revision": "3"}).status_code == 409
    assert world.events()[1:] == ["site:added", "site:changed", "site:closed"]


def test_the_central_site_closes_last(manager, world):
    """I-04: the page has no button then, and the refusal says what to do first."""
    text = manager.get(at(world, "/sites/{site}/close")).text
    assert "Make another site the central one first." in text
    assert 'name="revision"' not in text
    answer = manager.send(at(world, "/sites/{site}/close"), {"revision": "1"})
    assert answer.status_code == 409
    assert "Make another site the central one first." in answer.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"address_zh": ""}, "address_zh"),
        ({"headcount": ""}, "headcount"),
        ({"headcount": "-1"}, "headcount"),
        ({"headcount": "many"}, "headcount"),
        ({"headcount": "9" * 40}, "headcount"),
        ({"headcount": "1.5"}, "headcount"),
    ],
)
def test_wrong_sites_are_told_beside_the_field(manager, world, wrong, field):
    """Quality 9: wrong values answer 422 with words beside the field."""
    before = world.count(Site)
    answer = manager.send(at(world, "/sites/new"), SITE | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert world.count(Site) == before


def test_services_are_added_changed_and_ended(manager, world):
    """S-15: content and agreement in the provider's own words; hostile text is only text."""
    evil = "<script>alert(1)</script>"
    form = SERVICE | {"description": evil}
    assert manager.send(at(world, "/services/new"), form).status_code == 302
    assert evil not in manager.get(at(world)).text
    url = at(world, "/services/{service}")
    assert manager.send(url, SERVICE | {"agreement": "new"}).status_code == 302
    assert manager.send(url, SERVICE | {"agreement": "late"}).status_code == 409
    assert manager.send(url + "/end", {"revision": "2"}).status_code == 302
    assert manager.send(url, SERVICE | {"revision": "3"}).status_code == 409
    assert world.events()[1:] == ["service:added", "service:changed", "service:ended"]
    assert world.get(select(Service.agreement).where(Service.id == world.service)) == "new"


@pytest.mark.parametrize(
    "query", ["q=%00", "kind=x&sort=y&page=z", "page=-5", "_method=x&endpoint=y"]
)
def test_hostile_conditions_break_nothing(manager, world, query):
    """Quality 9: whatever stands in the address, the list answers."""
    assert manager.get(f"/organisations?{query}").status_code == 200


def test_the_list_is_filtered(client, world):
    """I-32: by words and kind; nothing found says so."""
    client.sign_in("inspector@example.org")
    assert "1 entry" in client.get("/organisations?q=yunfan").text
    assert "2 entries" in client.get("/organisations?kind=body").text
    assert "No organisation fits" in client.get("/organisations?q=100%25").text


def test_the_number_of_statements_does_not_grow(manager, world, count_statements):
    """Quality, shape: at most 8 statements a page, with 2 sites or 40; 6 and a few for the event a save."""

    def numbers():
        counted = []
        for url in ("/organisations", at(world), at(world, "/edit"), at(world, "/sites/{site}")):
            with count_statements() as sent:
                assert manager.get(url).status_code == 200
            counted.append(len(sent))
        return counted

    before = numbers()
    where = world.session.get(Organisation, world.provider)
    for _ in range(40):
        site(world.session, where)
        service(world.session, where)
    world.session.commit()
    assert numbers() == before
    assert max(before) <= 8
    with count_statements() as sent:
        manager.send(at(world, "/edit"), ORGANISATION)
    assert len(sent) <= 8

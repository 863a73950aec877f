"""Members, invitations and registration as pages."""

import csv
import io
import re

import pytest
from sqlalchemy import select, update

from accounts.people.models import Letter, Membership, MembershipRole, Person
from accounts.people.queries import letter_token
from core.jobs import run_due
from core.mail import kept, mail_folder
from tests.factories.accounts import member, organisation, person

INVITATION = {"email": "new@example.org", "name": "Li", "language": "en", "roles": ["auditor"]}
READERS = ["administrator", "planner", "auditor", "decider", "officer", "manager", "member"]


@pytest.fixture
def administrator(client, world):
    """The administrator of the first body, signed in."""
    return client.sign_in("administrator@example.org")


def link_of(app, world):
    letter = world.get(select(Letter).order_by(Letter.id.desc()))
    return "/invitations/" + letter_token(app.config["SECRET_KEY"], letter.kind, letter.id)


@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_people_of_their_organisation(client, world, role):
    """S-32: members see their own colleagues, and nobody else's."""
    client.sign_in(f"{role}@example.org")
    text = client.get("/people").text
    own = "Planner" if role in READERS[:5] else "Manager"
    assert f"{own.lower()}@example.org" in text
    assert "foreign@example.org" not in text
    manages = role in {"administrator", "manager"}
    assert ("Invite somebody" in text) is manages
    assert client.get(f"/people/{world.foreign_member}").status_code == 404


@pytest.mark.parametrize(
    "role", ["planner", "auditor", "decider", "officer", "member", "inspector"]
)
@pytest.mark.parametrize(
    "url",
    [
        "/people/invite",
        "/people/{auditor}/roles",
        "/people/{auditor}/end",
        "/people/invitations/1/send-again",
        "/people/invitations/1/withdraw",
    ],
)
def test_who_manages_nobody(client, world, role, url):
    """S-32: least privilege; quality 2: the route refuses, not only the page."""
    client.sign_in(f"{role}@example.org")
    assert client.send(url.format(auditor=world.auditor)).status_code == 403


@pytest.mark.parametrize("url", ["/people", "/people.csv", "/people/1", "/people/invite"])
def test_a_visitor_is_asked_to_sign_in(client, world, url):
    """S-32: nobody sees people without a session."""
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in?next={url}")


def test_the_list_is_searched_filtered_and_sorted(administrator, world):
    """S-32: search and conditions stay in the address."""
    assert "1 entry" in administrator.get("/people?q=planner").text
    assert "1 entry" in administrator.get("/people?role=decider").text
    assert "Nobody fits" in administrator.get("/people?state=ended").text
    text = administrator.get("/people?sort=-name").text
    assert text.index("Planner</a>") < text.rindex("Administrator</a>")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%ff",
        "q=" + "x" * 3000,
        "page=-1",
        "page=99999999999999999999999",
        "page=x",
        "sort=nonsense",
        "role=x&state=y",
        "_method=POST&endpoint=x&_scheme=y&_anchor=z",
        "q=%27%3B+DROP+TABLE+people",
    ],
)
def test_hostile_conditions_break_nothing(administrator, world, query):
    """Quality 9: whatever stands in the address, the list answers."""
    assert administrator.get(f"/people?{query}").status_code == 200


def test_the_export_carries_no_formulas(administrator, world):
    """Quality 8, I-27: the spreadsheet holds the list, and no text of people is a formula."""
    world.change(
        update(Person).where(Person.email == "planner@example.org").values(name='=HYPERLINK("x")')
    )
    answer = administrator.get("/people.csv?role=planner")
    assert answer.headers["Content-Disposition"] == "attachment; filename=people.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["Person", "E-mail address", "Roles"]
    assert rows[1][:3] == ['\'=HYPERLINK("x")', "planner@example.org", "Planner"]
    assert len(rows) == 2


def test_inviting_and_joining(administrator, world, app):
    """S-32: invited by mail, joined by the link, one event each; then the new member works there."""
    assert administrator.send("/people/invite", INVITATION).headers["Location"] == "/people"
    with app.app_context():
        run_due(app.extensions["sessions"], app.extensions["settings"], app.extensions["handlers"])
        (mail,) = kept(mail_folder(app.extensions["settings"]))[0]
    assert (mail.to, mail.subject) == ("new@example.org", "Huaxin invites you to Assay")
    assert "as: Auditor." in mail.text
    link = re.search(r"http://localhost(/invitations/\S+)", mail.text)[1]
    newcomer = app.test_client()
    assert "You are invited as: Auditor." in newcomer.get(link + "?lang=en").text
    answer = newcomer.send(link, {"name": "Li Xiang", "new_password": "a long sentence"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Li Xiang" in newcomer.get("/people").text
    assert newcomer.get(link).status_code == 404
    expected = ["person:signed_in", "invitation:sent", "membership:began", "person:signed_in"]
    assert world.events() == expected


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.c\r\nBcc: x@example.org"}, "email"),
        ({"email": "auditor@example.org"}, "email"),
        ({"email": "x" * 300 + "@example.org"}, "email"),
        ({"name": "x" * 200}, "name"),
        ({"language": "fr"}, "language"),
        ({"roles": []}, "roles"),
        ({"roles": ["manager"]}, "roles"),
        ({"roles": ["auditor", "nonsense"]}, "roles"),
    ],
)
def test_wrong_invitations_are_told_beside_the_field(administrator, world, wrong, field):
    """Quality 9: wrong values answer 422 with words beside the field, and nothing is sent."""
    answer = administrator.send("/people/invite", INVITATION | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert world.count(Letter) == 0


def test_inviting_twice(administrator, world):
    """S-32: an open invitation is sent again from the list, not written twice."""
    administrator.send("/people/invite", INVITATION)
    answer = administrator.send("/people/invite", INVITATION | {"email": "NEW@example.org"})
    assert (answer.status_code, "open invitation" in answer.text) == (422, True)


def test_invitations_are_sent_again_and_withdrawn(administrator, world, app):
    """S-32: from the list; a withdrawn link opens nothing; others' invitations are not there."""
    administrator.send("/people/invite", INVITATION)
    link, key = link_of(app, world), world.get(select(Letter.id))
    assert "new@example.org" in administrator.get("/people").text
    stranger = app.test_client().sign_in("manager@example.org")
    for verb in ("send-again", "withdraw"):
        assert stranger.send(f"/people/invitations/{key}/{verb}").status_code == 404
    assert administrator.send(f"/people/invitations/{key}/send-again").status_code == 302
    assert app.test_client().get(link).status_code == 200
    assert administrator.send(f"/people/invitations/{key}/withdraw").status_code == 302
    assert app.test_client().get(link).status_code == 404
    assert administrator.send(f"/people/invitations/{key}/withdraw").status_code == 404


def test_joining_with_an_account_one_has(administrator, world, app):
    """Domain: who has an account proves it by the password or by being signed in."""
    administrator.send("/people/invite", INVITATION | {"email": "manager@example.org"})
    link = link_of(app, world)
    visitor = app.test_client()
    assert "You have an account already" in visitor.get(link + "?lang=en").text
    assert visitor.send(link, {"password": "wrong"}).status_code == 422
    assert visitor.send(link, {"password": "assay-demo"}).status_code == 302
    assert "Huaxin" in visitor.get("/account").text
    assert world.events()[-2:] == ["membership:began", "person:signed_in"]


def test_joining_while_signed_in(administrator, world, app):
    """Domain: one button joins who is signed in; nobody else joins with it."""
    administrator.send("/people/invite", INVITATION | {"email": "manager@example.org"})
    link = link_of(app, world)
    another = app.test_client().sign_in("member@example.org")
    assert another.send(link).status_code == 422  # asks for the invited person's password
    me = app.test_client().sign_in("manager@example.org")
    assert "You are signed in as manager@example.org" in me.get(link).text
    assert me.send(link).headers["Location"] == "/account#places"
    assert "Huaxin" in me.get("/account").text


def test_guessing_a_password_at_an_invitation_slows_down(administrator, world, app):
    """Quality 9: the invitation is no way around the patience of the sign-in."""
    administrator.send("/people/invite", INVITATION | {"email": "manager@example.org"})
    link, visitor = link_of(app, world), app.test_client()
    for _ in range(5):
        assert visitor.send(link, {"password": "guess"}).status_code == 422
    answer = visitor.send(link + "?lang=en", {"password": "assay-demo"})
    assert "Too many tries" in answer.text
    assert (
        visitor.send("/sign-in", {"email": "manager@example.org", "password": "x"}).status_code
        == 429
    )


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"new_password": "short"}, {"name": "a\x00"}, {"new_password": "x" * 900}],
)
def test_joining_with_wrong_values(administrator, world, app, wrong):
    """Quality 9: the invitation stays open until everything is right."""
    administrator.send("/people/invite", INVITATION)
    link = link_of(app, world)
    answer = app.test_client().send(link, {"name": "Li", "new_password": "a long sentence"} | wrong)
    assert answer.status_code == 422
    assert world.get(select(Letter.used_at)) is None


def test_changing_roles(administrator, world):
    """S-32: roles change with one event; a late change is refused."""
    url = f"/people/{world.auditor}"
    text = administrator.get(url).text
    assert "Keep these roles" in text
    form = {"roles": ["auditor", "planner"], "revision": "1"}
    assert administrator.send(f"{url}/roles", form).headers["Location"] == url
    assert "Auditor" in administrator.get(url).text
    assert administrator.send(f"{url}/roles", form | {"roles": ["decider"]}).status_code == 409
    assert world.events()[1:] == ["membership:roles_changed"]


@pytest.mark.parametrize("roles", [[], ["manager"], ["nonsense"], ["auditor\x00"]])
def test_wrong_roles_are_told_beside_the_field(administrator, world, roles):
    """S-32: only the roles of this kind of organisation, at least one."""
    answer = administrator.send(f"/people/{world.auditor}/roles", {"roles": roles})
    assert (answer.status_code, 'id="roles-error"' in answer.text) == (422, True)


def test_the_last_administrator_stays(administrator, world):
    """S-32: the page says why there is no way, and the route refuses with the reason."""
    url = f"/people/{world.administrator}"
    text = administrator.get(url).text
    assert "the only one who can manage the people here" in text
    assert f'action="{url}/end"' not in text
    for verb, form in (("roles", {"roles": ["planner"]}), ("end", {"reason": "Bye"})):
        answer = administrator.send(f"{url}/{verb}", form)
        assert answer.status_code == 409
        assert "the only one who can manage the people here" in answer.text
    assert world.events() == ["person:signed_in"]


def test_ending_a_membership(administrator, world, app):
    """S-32: with a reason, on record; the person is out at once."""
    auditor = app.test_client().sign_in("auditor@example.org")
    url = f"/people/{world.auditor}"
    assert administrator.send(f"{url}/end", {"reason": "  "}).status_code == 422
    assert administrator.send(f"{url}/end", {"reason": "Moved on"}).headers["Location"] == "/people"
    assert auditor.get("/people").status_code == 403
    text = administrator.get(url).text
    assert "Moved on" in text
    assert "Keep these roles" not in text
    assert administrator.send(f"{url}/end", {"reason": "Again"}).status_code == 409
    assert "auditor@example.org" in administrator.get("/people?state=ended").text


def test_members_of_others_cannot_be_touched(administrator, world):
    """S-32: a foreign membership is not there, whatever is asked of it."""
    for verb, form in (("roles", {"roles": ["auditor"]}), ("end", {"reason": "x"})):
        assert administrator.send(f"/people/{world.foreign_member}/{verb}", form).status_code == 404
    assert administrator.get("/people/99999999999999999999").status_code == 404
    assert (
        world.get(select(Membership.ended_at).where(Membership.id == world.foreign_member)) is None
    )


def test_the_number_of_statements_does_not_grow(administrator, world, count_statements):
    """Quality, shape: at most 8 statements a page and 6 a save, with 1 colleague or 60."""

    def numbers():
        counted = []
        for url in ("/people", f"/people/{world.auditor}", "/people/invite", "/people.csv"):
            with count_statements() as sent:
                assert administrator.get(url).status_code == 200
            counted.append(len(sent))
        return counted

    before = numbers()
    where = world.body
    session = world.session
    body = session.get(type(organisation(session)), where)
    for _ in range(60):
        member(session, person(session, password=None), body)
    session.commit()
    assert numbers() == before
    assert max(before) <= 8


def test_the_command_line(app, world):
    """S-32: an installation gets its first people by commands, and closes accounts at once."""
    run = app.test_cli_runner()
    added = run.invoke(
        args=["organisations", "add", "--kind", "body", "--name-en", "New", "--code", "NEW"]
    )
    key = added.output.strip()
    invited = run.invoke(
        args=[
            "people",
            "invite",
            "First@Example.org",
            "--organisation",
            key,
            "--role",
            "administrator",
            "--language",
            "en",
        ]
    )
    link = invited.output.strip().removeprefix("http://localhost")
    client = app.test_client()
    assert client.send(link, {"name": "F", "new_password": "a long sentence"}).status_code == 302
    assert client.get("/people").status_code == 200
    assert run.invoke(args=["people", "disable", "first@example.org"]).exit_code == 0
    assert client.get("/people").status_code == 302
    assert run.invoke(args=["people", "enable", "first@example.org"]).exit_code == 0
    again = ["people", "invite", "a@example.org", "--organisation", "99", "--role", "auditor"]
    assert run.invoke(args=again).exit_code == 1
    assert run.invoke(args=["people", "disable", "x@example.org"]).exit_code == 1
    twice = ["organisations", "add", "--kind", "body", "--name-en", "Two", "--code", "NEW"]
    assert run.invoke(args=twice).exit_code == 1
    held = world.all(select(MembershipRole.role).order_by(MembershipRole.id.desc()))
    assert held[0].value == "administrator"

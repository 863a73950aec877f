"""One's own account: settings, password, sessions, organisations."""

import pytest
from sqlalchemy import select

from accounts.people.models import Person, SignIn

GOOD = {"name": "New Name", "language": "en", "time_zone": "Europe/Berlin", "theme": "dark"}


@pytest.fixture
def member(client, world):
    """Somebody signed in."""
    return client.sign_in("manager@example.org")


def test_settings_hold_at_once(member, world):
    """A person chooses name, language, time zone and colours."""
    assert member.send("/account/settings", GOOD).status_code == 302
    text = member.get("/account").text
    assert 'data-bs-theme="dark"' in text
    assert "New Name" in text
    assert world.events()[-1] == "person:settings_changed"
    who = world.get(select(Person).where(Person.email == "manager@example.org"))
    assert who.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 200},
        {"name": "a\x07b"},
        {"language": "fr"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"theme": "pink"},
    ],
)
def test_wrong_settings_are_told_and_kept_on_the_page(member, world, wrong):
    """Quality 9: wrong values answer 422, and nothing is changed."""
    answer = member.send("/account/settings", GOOD | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "person:settings_changed" not in world.events()


def test_the_password_changes_with_the_old_one(member, world):
    """Quality 9: a new password ends the other sessions, not this one."""
    other = member.application.test_client()
    other.sign_in("manager@example.org")
    wrong = {"password": "wrong", "new_password": "a long sentence"}
    answer = member.send("/account/password", wrong)
    assert (answer.status_code, "This is not your password." in answer.text) == (422, True)
    right = {"password": "assay-demo", "new_password": "a long sentence"}
    assert member.send("/account/password", right).status_code == 302
    assert member.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert world.events().count("person:password_changed") == 1


@pytest.mark.parametrize(
    "new", ["", "short", "1234567890", "x" * 900, "manager@example.org", "a\x00" * 10]
)
def test_a_weak_password_is_told_beside_its_field(member, world, new):
    """S-32: the reason stands beside the field; no password is ever sent back."""
    answer = member.send("/account/password", {"password": "assay-demo", "new_password": new})
    assert answer.status_code == 422
    assert 'id="new_password-error"' in answer.text
    assert 'value="assay-demo"' not in answer.text


def test_guessing_the_old_password_slows_down(member, world):
    """Quality 9: a page left open does not let others guess the password."""
    for _ in range(5):
        member.send("/account/password", {"password": "no", "new_password": "a long sentence"})
    answer = member.send(
        "/account/password", {"password": "assay-demo", "new_password": "a long sentence"}
    )
    assert (answer.status_code, "Too many tries" in answer.text) == (422, True)


def test_sessions_are_listed_and_ended(member, world):
    """Quality 9: a person sees where they are signed in and ends what they do not know."""
    others = [member.application.test_client().sign_in("manager@example.org") for _ in range(2)]
    stranger = member.application.test_client().sign_in("planner@example.org")
    text = member.get("/account").text
    assert text.count("End this session") == 2
    assert text.count("End all others") == 1
    keys = world.all(select(SignIn.id).order_by(SignIn.id))
    assert member.send(f"/account/sessions/{keys[3]}/end").status_code == 404  # a stranger's
    assert member.send(f"/account/sessions/{keys[1]}/end").status_code == 302
    assert others[0].get("/account").status_code == 302
    assert others[1].get("/account").status_code == 200
    assert member.send("/account/sessions/end-others").status_code == 302
    assert others[1].get("/account").status_code == 302
    assert stranger.get("/account").status_code == 200
    assert world.events().count("person:sessions_ended") == 2


def test_acting_for_another_organisation(client, world):
    """Domain: a person acts for one organisation at a time; the rail says for which."""
    client.sign_in("both@example.org")
    assert "Huaxin" in client.get("/account").text
    assert client.send("/act-for", {"membership": world.second_place}).headers["Location"] == "/"
    text = client.get("/account").text
    assert text.index("Donghai") < text.index("Huaxin")
    for foreign in (world.foreign_member, "0", "x", "9" * 40, ""):
        assert client.send("/act-for", {"membership": foreign}).status_code == 404
    assert world.events() == ["person:signed_in", "person:acted_for"]


def test_each_page_has_few_statements(member, world, count_statements):
    """Quality, shape: at most 8 statements a page, whatever the number of sessions."""
    for _ in range(5):
        member.application.test_client().sign_in("manager@example.org")
    with count_statements() as sent:
        member.get("/account")
    assert len(sent) <= 4
    with count_statements() as sent:
        member.application.test_client().get("/sign-in")
    assert sent == []

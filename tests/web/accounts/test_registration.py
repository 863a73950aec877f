"""A provider registers itself."""

import re

import pytest

from accounts.people.models import Letter
from core.jobs import run_due
from core.mail import kept, mail_folder
from tests.factories.accounts import CREDIT_CODES

REGISTRATION = {
    "name_zh": "云帆",
    "name_en": "Yunfan",
    "credit_code": CREDIT_CODES[0],
    "person_name": "Zhao Min",
    "email": "boss@example.org",
    "language": "en",
}


def test_a_provider_registers_itself(client, world, app):
    """I-01, I-22: organisation and letter; the link makes the first manager."""
    answer = client.send("/register?lang=en", REGISTRATION)
    assert (answer.status_code, "boss@example.org" in answer.text) == (200, True)
    with app.app_context():
        run_due(app.extensions["sessions"], app.extensions["settings"], app.extensions["handlers"])
        (mail,) = kept(mail_folder(app.extensions["settings"]))[0]
    assert mail.subject == "Complete the registration of Yunfan"
    link = re.search(r"http://localhost(/invitations/\S+)", mail.text)[1]
    assert client.get(link).status_code == 200
    form = {"name": "Zhao Min", "new_password": "a long sentence"}
    assert client.send(link, form).status_code == 302
    text = client.get("/people").text
    assert "boss@example.org" in text
    assert "Invite somebody" in text
    assert world.events() == ["organisation:registered", "membership:began", "person:signed_in"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"name_zh": "x" * 500}, "name_zh"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": "91110000600037341M"}, "credit_code"),
        ({"credit_code": "\x00" * 18}, "credit_code"),
        ({"person_name": ""}, "person_name"),
        ({"email": "nobody"}, "email"),
        ({"language": "fr"}, "language"),
    ],
)
def test_wrong_registrations_are_told_beside_the_field(client, world, wrong, field):
    """I-22, quality 9: wrong values answer 422 with words beside the field, and keep the rest."""
    answer = client.send("/register", REGISTRATION | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Zhao Min"' in answer.text or field == "person_name"
    assert world.count(Letter) == 0


def test_a_code_that_is_taken(client, world):
    """I-22, I-32: the way leads to that organisation's manager; nothing else is disclosed."""
    client.send("/register", REGISTRATION)
    answer = client.send("/register?lang=en", REGISTRATION | {"email": "other@example.org"})
    assert answer.status_code == 422
    assert "Ask its manager to invite you." in answer.text
    assert "boss@example.org" not in answer.text


def test_registering_slows_down(client, world):
    """Quality 9: from one address only so many registrations, refused ones too."""
    for number in range(10):
        wrong = {"credit_code": CREDIT_CODES[0], "email": f"x{number}@example.org"}
        client.send("/register", REGISTRATION | wrong)
    answer = client.send("/register", REGISTRATION | {"credit_code": CREDIT_CODES[1]})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0

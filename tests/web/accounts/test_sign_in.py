"""Signing in and out, throttling, language, resets."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from accounts.people.models import Letter, Person, SignIn, SignInAttempt
from accounts.people.queries import letter_token
from core.clock import utc_now
from core.jobs import run_due
from core.mail import kept, mail_folder

MANAGER = "manager@example.org"


def start(client, email=MANAGER, password="assay-demo", **more):
    return client.send("/sign-in", {"email": email, "password": password, **more})


def test_signing_in_and_out(client, world):
    """S-32: whoever signs in works, whoever signs out no longer does; each leaves one event."""
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"
    answer = start(client, next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert MANAGER in client.get("/account").text
    assert client.send("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/account").status_code == 302
    assert world.events() == ["person:signed_in", "person:signed_out"]


def test_the_session_is_new_at_the_sign_in(client, world):
    """Quality 9: nothing of the browser's former session stays (no fixation)."""
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "x"
        before = session.get("csrf_token")
    start(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before
        token = session["_user_id"]
    assert world.get(select(SignIn.token_sha256)) != token


def test_signing_out_ends_the_session_on_the_server(client, world):
    """Quality 9: a copied cookie is worthless after the sign-out."""
    start(client)
    cookie = client.get_cookie("session").value
    client.send("/sign-out")
    client.set_cookie("session", cookie)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/ok\r\nX-Bad: 1",
        "http:evil.example",
        "",
    ],
)
def test_no_foreign_redirect(client, world, target):
    """Quality 10: after the sign-in the way leads to this site only."""
    assert start(client, next=target).headers["Location"] == "/"


def test_wrong_password_and_unknown_email_look_alike(client, world):
    """Quality 9: nothing on the page tells whether the e-mail is known."""
    pages = []
    for email in (MANAGER, "nobody@example.org"):
        answer = start(client, email=email, password="not this one")
        assert answer.status_code == 422
        page = re.sub(r'csrf_token" value="[^"]+"|nonce="[^"]+"|nonce-[^\']+', "", answer.text)
        pages.append(page.replace(email, "X"))
        assert "E-mail address and password do not fit together." in answer.text
    assert pages[0] == pages[1]
    assert world.events() == []
    assert world.count(SignInAttempt) == 2  # they count although the answer was a refusal


def test_a_closed_account_looks_like_an_unknown_one(client, world):
    """Quality 9: a closed account cannot sign in, and is not told apart."""
    world.change(update(Person).values(disabled_at=utc_now()))
    assert "do not fit together" in start(client).text


def test_guessing_slows_down_and_says_until_when(client, world):
    """Quality 9: five failures, then 429 with Retry-After, even with the right password."""
    for _ in range(5):
        assert start(client, password="guess").status_code == 422
    answer = start(client)
    assert answer.status_code == 429
    assert 25 <= int(answer.headers["Retry-After"]) <= 30
    assert "Too many tries. Try again in" in answer.text
    assert MANAGER in answer.text  # what was typed stays
    assert world.count(SignInAttempt) == 5  # a try that was told to wait does not prolong the wait
    world.change(update(SignInAttempt).values(at=utc_now() - timedelta(seconds=40)))
    assert start(client).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": "", "password": ""},
        {"email": "x" * 5000, "password": "y"},
        {"email": MANAGER, "password": "y" * 5000},
        {"email": "a\x00b@example.org", "password": "y"},
        {"email": "<script>alert(1)</script>", "password": "'; DROP TABLE people; --"},
        {"email": "\ud800".encode("utf-8", "surrogatepass"), "password": b"\xff\xfe"},
    ],
)
def test_hostile_sign_ins_answer_422(client, world, data):
    """Quality 9: whatever is typed, the form comes back with words beside the field."""
    answer = client.send("/sign-in", data)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_without_a_token_nothing_is_done(client, world):
    """Quality 10: every mutating request carries a token of this session."""
    for url in ("/sign-in", "/language", "/reset", "/register"):
        assert (
            client.post(url, data={"email": MANAGER, "password": "assay-demo"}).status_code == 400
        )
    assert world.events() == []


def test_a_demonstration_lists_its_accounts(client, world, app, settings, monkeypatch):
    """A demonstration shows who can sign in; another installation does not."""
    assert "demo.example" not in client.get("/sign-in").text
    monkeypatch.setitem(app.extensions, "settings", replace(settings, demo=True))
    text = client.get("/sign-in").text
    for name in (
        "admin",
        "planner",
        "lead",
        "auditor",
        "decider",
        "officer",
        "manager",
        "member",
        "inspector",
    ):
        assert f"{name}@demo.example" in text
    assert "assay-demo" in text


def test_who_belongs_nowhere_sees_that(client, world):
    """S-32: without membership only one's own account is open, and says why."""
    answer = start(client, email="nowhere@example.org", next="/people")
    assert answer.headers["Location"] == "/account"
    assert "You belong to no organisation yet" in client.get("/account").text
    assert client.get("/people").status_code == 403
    assert client.get("/organisations").status_code == 403
    assert client.send("/language", {"language": "en"}).status_code == 302


def test_the_use_of_a_session_is_noted_now_and_then(client, world, count_statements):
    """Quality 9: idle sessions end; noting the use costs one statement every ten minutes."""
    start(client)
    with count_statements() as sent:
        client.get("/account")
    usual = len(sent)
    world.change(update(SignIn).values(seen_at=utc_now() - timedelta(minutes=11)))
    with count_statements() as sent:
        assert client.get("/account").status_code == 200
    assert len(sent) == usual + 1
    assert utc_now() - world.get(select(SignIn.seen_at)) < timedelta(minutes=1)
    world.change(update(SignIn).values(seen_at=utc_now() - timedelta(hours=12)))
    assert client.get("/account").status_code == 302


def test_the_language_is_kept_in_the_cookie(client, world):
    """The language of a visitor travels in a cookie; a link can ask for it."""
    assert 'lang="en"' in client.get("/sign-in", headers={"Accept-Language": "en"}).text[:200]
    chinese = {"Accept-Language": "zh-CN"}
    assert 'lang="zh-CN"' in client.get("/sign-in", headers=chinese).text[:200]
    answer = client.send("/language", {"language": "en", "next": "/sign-in?next=/account"})
    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert 'lang="en"' in client.get("/sign-in").text[:200]
    assert 'lang="zh-CN"' in client.get("/sign-in?lang=zh_CN").text[:200]
    assert 'lang="zh-CN"' in client.get("/sign-in").text[:200]
    assert client.get("/sign-in?lang=xx").status_code == 200


def test_the_language_is_kept_with_the_person(client, world):
    """A choice made once holds on every device; it leaves one event."""
    start(client)
    client.send("/language", {"language": "zh_CN", "next": "https://evil.example"})
    other = client.application.test_client()
    other.sign_in(MANAGER)
    assert 'lang="zh-CN"' in other.get("/account").text[:200]
    client.send("/language", {"language": "zh_CN"})
    assert world.events().count("person:settings_changed") == 1


def test_a_database_that_is_away_answers_503(client, world, monkeypatch):
    """Reliability: while nobody can be recognised the page says so, and nobody is signed out."""

    def away(*_given):
        raise OperationalError("SELECT", {}, Exception("away"))

    start(client)
    with monkeypatch.context() as broken:
        broken.setattr("accounts.people.queries.visitor", away)
        assert client.get("/account").status_code == 503
        assert client.send("/language", {"language": "en"}).status_code == 503
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("language", ["", "fr", "en\x00", "../../etc"])
def test_an_unknown_language_is_refused(client, world, language):
    """A language that is not there answers 422."""
    assert client.send("/language", {"language": language}).status_code == 422


def sent_mail(app):
    run_due(app.extensions["sessions"], app.extensions["settings"], app.extensions["handlers"])
    return kept(mail_folder(app.extensions["settings"]))[0]


def test_a_password_is_set_by_a_letter(client, world, app):
    """S-32: the letter comes in the reader's language; its link sets a password, once."""
    answer = client.send("/reset", {"email": MANAGER.upper() + " "})
    assert answer.headers["Location"] == "/sign-in"
    assert "a letter is on its way" in client.get("/sign-in?lang=en").text
    with app.app_context():
        (mail,) = sent_mail(app)
    assert (mail.to, mail.subject) == (MANAGER, "A new password for Assay")
    link = re.search(r"http://localhost(/reset/\S+)", mail.text)[1]
    assert client.get(link).status_code == 200
    assert client.send(link, {"new_password": "short"}).status_code == 422
    assert client.send(link, {"new_password": "a long sentence"}).headers["Location"] == "/sign-in"
    assert client.get(link).status_code == 404
    assert "no longer works" in client.get(link).text
    assert start(client).status_code == 422
    assert start(client, password="a long sentence").status_code == 302
    assert world.events().count("person:password_reset") == 1


def test_a_letter_in_chinese(client, world, app):
    """The letter speaks the language its reader chose."""
    world.change(update(Person).values(language="zh_CN"))
    client.send("/reset", {"email": MANAGER})
    with app.app_context():
        sent_mail(app)
        letter = world.get(select(Letter))
        assert letter.language == "zh_CN"
    (mail,), _ = kept(mail_folder(app.extensions["settings"]))
    assert mail.subject == "重设Assay密码"


def test_nobody_learns_whether_an_email_is_known(client, world, app):
    """Quality 9: the answer to a request for a letter is always the same."""
    answers = [client.send("/reset", {"email": email}) for email in (MANAGER, "x@example.org")]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    with app.app_context():
        assert [mail.to for mail in sent_mail(app)] == [MANAGER]


def test_letters_cannot_be_asked_for_without_end(client, world):
    """Quality 9: after three requests for one address the next ones wait."""
    for _ in range(3):
        assert client.send("/reset", {"email": MANAGER}).status_code == 302
    answer = client.send("/reset", {"email": MANAGER})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60
    assert world.count(Letter) == 3


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.org", "x@example.org\x00", "a" * 300]
)
def test_what_is_no_email_gets_no_letter(client, world, email):
    """Quality 9: wrong values answer 422 with words beside the field."""
    assert client.send("/reset", {"email": email}).status_code == 422


@pytest.mark.parametrize("token", ["x", "1.abc", "%00", "a" * 3000, "..%2f..%2fetc"])
def test_a_forged_link_opens_nothing(client, world, token):
    """Quality 9: a link that nobody sent leads to a page that says so."""
    assert client.get(f"/reset/{token}").status_code == 404
    assert client.send(f"/reset/{token}", {"new_password": "a long sentence"}).status_code == 404


def test_a_letter_that_was_used_is_not_sent(client, world, app):
    """A handler that runs late or twice sends nothing that no longer works."""
    client.send("/reset", {"email": MANAGER})
    letter = world.get(select(Letter))
    link = "/reset/" + letter_token(app.config["SECRET_KEY"], letter.kind, letter.id)
    client.send(link, {"new_password": "a long sentence"})
    with app.app_context():
        assert sent_mail(app) == []

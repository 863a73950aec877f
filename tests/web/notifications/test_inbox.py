"""Messages as pages and as mail."""

from email import message_from_bytes
from email.policy import default

import pytest
from babel.support import Translations

from audit.planning.rules import AuditKind
from core.events import record
from core.mail import kept, mail_folder
from notifications.models import Delivery
from tests.database import ROOT
from tests.factories.audits import planned, world


@pytest.fixture
def session(app):
    with app.extensions["sessions"]() as session:
        yield session


@pytest.fixture
def stage(session):
    made = world(session)
    session.commit()
    return made


def catalogue_has(message):
    """Say whether the Chinese catalogue was merged already."""
    found = Translations.load(str(ROOT / "translations"), ["zh_CN"])
    return found.gettext(message) != message


def tell(app):
    with app.app_context():
        app.extensions["round"]()


@pytest.fixture
def told(app, session, stage):
    from core.clock import utc_now

    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    record(
        session, stage.planner, "audit:plan_issued", audit, now=utc_now(), owner_id=stage.body.id
    )
    session.commit()
    tell(app)
    one = session.query(Delivery).one()
    session.commit()
    return one


def test_a_message_is_read_and_leads_to_its_thing(client, stage, session, told):
    """S-25: the inbox lists it, opening marks it and shows the audit."""
    client.sign_in(stage.person(stage.manager).email)
    assert client.get("/inbox/").status_code == 200
    assert "Unread" in client.page.text
    answer = client.get(f"/inbox/{told.id}")
    assert answer.status_code == 302
    assert answer.location.startswith("/audits/")
    session.refresh(told)
    assert told.read_at is not None
    client.get("/inbox/?show=unread")
    assert "Everything is read" in client.page.text


def test_nobody_opens_the_messages_of_others(client, stage, told):
    """S-32: foreign and missing look the same."""
    client.sign_in(stage.person(stage.member).email)
    assert client.get(f"/inbox/{told.id}").status_code == 404
    assert client.get("/inbox/999999999999999999999").status_code == 404
    assert client.get("/inbox/?page=x&show=%00").status_code == 200


@pytest.mark.parametrize(
    ("language", "word"), [("zh_CN", "在Assay中打开"), ("en", "Open in Assay")]
)
def test_mail_speaks_the_readers_language(app, session, stage, settings, language, word):
    """S-25: plain and HTML, in the language of whoever reads it, with the address of the thing."""
    from core.clock import utc_now

    stage.person(stage.manager).language = language
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    record(
        session, stage.planner, "audit:plan_issued", audit, now=utc_now(), owner_id=stage.body.id
    )
    session.commit()
    tell(app)
    mails, total = kept(mail_folder(settings))
    assert total == 1
    assert f"{settings.base_url}/audits/{audit.id}" in mails[0].text
    assert audit.number in mails[0].subject
    if language == "en" or catalogue_has("Open in Assay"):
        assert word in mails[0].text


def test_hostile_names_cannot_break_a_message(app, session, stage, settings):
    """S-32: line breaks and markup in a label stay words."""
    from core.clock import utc_now

    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    label = "X\r\nBcc: thief@example.org <b>%(secret)s</b>"
    record(
        session, stage.planner, "audit:plan_issued", audit,
        now=utc_now(), owner_id=stage.body.id, label=label,
    )  # fmt: skip
    session.commit()
    tell(app)
    assert session.query(Delivery).one().state == "sent"
    mail = message_from_bytes(
        next(mail_folder(settings).glob("*.eml")).read_bytes(), policy=default
    )
    assert mail["Bcc"] is None
    assert "<b>" not in mail.get_body(("html",)).get_content()


def test_the_page_needs_few_statements(client, stage, told, count_statements):
    """Quality 4: at most eight statements a page."""
    client.sign_in(stage.person(stage.manager).email)
    with count_statements() as sent:
        assert client.get("/inbox/").status_code == 200
    assert len(sent) <= 8

"""Every round of the worker: events become messages, messages are sent in their reader's language."""

from flask import current_app, g, render_template
from flask_babel import gettext
from sqlalchemy.orm import Session, sessionmaker

from core.clock import utc_now
from core.jobs import Handler
from core.mail import Mail, mailer
from core.settings import Settings
from notifications.operations import Message, fan_out, send_due
from notifications.rules import AUDIENCES, FOLLOW, Thing, place

HANDLERS: dict[str, Handler] = {}


def tell(sessions: sessionmaker[Session], settings: Settings) -> int:
    """Tell what happened to whom it concerns; give how many messages went out."""
    now = utc_now()
    fan_out(sessions, now=now)
    return send_due(sessions, mailer(settings), lambda message: compose(settings, message), now=now)


def compose(settings: Settings, message: Message) -> Mail:
    """Write one message, plain and HTML."""
    event = message.event
    audience = AUDIENCES[event.name]
    with current_app.app_context():  # a locale of its own
        g.language = message.language
        values = {"label": event.subject_label, "actor": event.actor_name or gettext("The clock")}
        parts = {
            "greeting": gettext("Good day, %(name)s,", name=message.name)
            if message.name
            else gettext("Good day,"),
            "subject": gettext(audience.subject, **values),
            "lines": [gettext(audience.body, **values)],
            "link": link(settings, message),
            "button": gettext("Open in Assay"),
            "html_lang": "zh-CN" if message.language.startswith("zh") else "en",
        }
        plain = render_template("mail/notice.txt", **parts)
        html = render_template("mail/notice.html", **parts)
    return Mail(message.email, str(parts["subject"]), plain, html)


def link(settings: Settings, message: Message) -> str:
    """Give the address of what a message is about; somebody without account follows with a code."""
    event = message.event
    thing = Thing(event.subject_kind, event.subject_id, event.within_kind, event.within_id)
    found = place(event.name, thing) if message.person_id is not None else (FOLLOW, {})
    if found is None or found[0] not in current_app.view_functions:
        return settings.base_url + "/"
    return settings.base_url + current_app.url_map.bind("localhost").build(*found)


EVERY_ROUND = [tell]

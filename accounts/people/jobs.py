"""Letters with one-time links: composed in the reader's language, sent outside the web."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, render_template
from flask_babel import get_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import Letter, Person
from accounts.people.queries import letter_token
from accounts.people.rules import LetterKind
from core.clock import utc_now
from core.jobs import Work
from core.mail import Mail, mailer
from core.permissions import ROLE_NAMES, Role
from core.settings import Settings
from core.speech import day_long, say
from core.words import Words


@dataclass(frozen=True, slots=True)
class Contents:
    """What a letter says, read in one go."""

    letter_id: int
    kind: LetterKind
    email: str
    name: str
    language: str
    roles: tuple[Role, ...]
    expires_at: datetime
    organisation: Words
    inviter: str


def send_letter(work: Work) -> None:
    """Send one letter; one that was used or withdrawn meanwhile is not sent."""
    with work.reading() as session:
        contents = _contents(session, work.payload["letter_id"])
    if contents is not None:
        mailer(work.settings).send(compose(work.settings, contents))


def _contents(session: Session, letter_id: int) -> Contents | None:
    row = session.execute(
        select(Letter, Organisation, Person.name)
        .outerjoin(Organisation, Organisation.id == Letter.organisation_id)
        .outerjoin(Person, Person.id == Letter.invited_by_id)
        .where(
            Letter.id == letter_id,
            Letter.used_at.is_(None),
            Letter.withdrawn_at.is_(None),
            Letter.expires_at > utc_now(),
        )
    ).first()
    if row is None:
        return None
    letter, organisation, inviter = row
    return Contents(
        letter_id=letter.id,
        kind=letter.kind,
        email=letter.email,
        name=letter.name,
        language=letter.language,
        roles=tuple(Role(role) for role in letter.roles),
        expires_at=letter.expires_at,
        organisation=Words(organisation.name_zh, organisation.name_en)
        if organisation
        else Words("", ""),
        inviter=inviter or "",
    )


def compose(settings: Settings, contents: Contents) -> Mail:
    """Write the message in the language of the letter, plain and HTML."""
    endpoint = "people.reset" if contents.kind is LetterKind.RESET else "access.accept"
    token = letter_token(settings.secret_key, contents.kind, contents.letter_id)
    path = current_app.url_map.bind("localhost").build(endpoint, {"token": token})
    with current_app.app_context():  # a locale of its own
        g.language = contents.language
        subject, lines, button = _words(contents)
        parts = {
            "greeting": gettext("Good day, %(name)s,", name=contents.name)
            if contents.name
            else gettext("Good day,"),
            "lines": lines,
            "link": settings.base_url + path,
            "button": button,
            "until": _until(contents),
            "html_lang": "zh-CN" if contents.language.startswith("zh") else "en",
        }
        text = render_template("mail/letter.txt", **parts)
        html = render_template("mail/letter.html", **parts)
    return Mail(contents.email, subject, text, html)


def _words(contents: Contents) -> tuple[str, list[str], str]:
    """Give subject, paragraphs and the words of the link."""
    if contents.kind is LetterKind.RESET:
        return (
            gettext("A new password for Assay"),
            [
                gettext("Somebody asked for a new password for your account in Assay."),
                gettext("If it was not you, do nothing: your password stays as it is."),
            ],
            gettext("Set a new password"),
        )
    name = say(contents.organisation)
    if not contents.inviter:
        return (
            gettext("Complete the registration of %(organisation)s", organisation=name),
            [
                gettext(
                    "%(organisation)s was registered in Assay with this address.", organisation=name
                )
            ],
            gettext("Set your password and begin"),
        )
    comma = "、" if str(get_locale()).startswith("zh") else ", "
    roles = comma.join(gettext(ROLE_NAMES[role]) for role in contents.roles)
    return (
        gettext("%(organisation)s invites you to Assay", organisation=name),
        [
            gettext(
                "%(person)s invites you to work for %(organisation)s in Assay, as: %(roles)s.",
                person=contents.inviter,
                organisation=name,
                roles=roles,
            )
        ],
        gettext("Accept the invitation"),
    )


def _until(contents: Contents) -> str:
    if contents.kind is LetterKind.RESET:
        return str(gettext("The link works once, within one hour."))
    return str(gettext("The link works once, until %(day)s.", day=day_long(contents.expires_at)))


HANDLERS = {"letter:send": send_letter}

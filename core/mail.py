"""Mail: to an SMTP server where one is configured, otherwise to files that the administrator can read."""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from core.clock import utc_now
from core.settings import Settings

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person, plain and HTML."""

    to: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A message as the administrator reads it: ``name`` is its file."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str


class Mailer(Protocol):
    """Sends one message or raises ``OSError`` / ``smtplib.SMTPException``."""

    def send(self, mail: Mail) -> None:
        """Hand the message over."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Speaks to the configured server."""

    settings: Settings

    def send(self, mail: Mail) -> None:
        """Deliver to the server, encrypted where it is not on this machine's loopback or TLS is not switched off."""
        settings = self.settings
        with smtplib.SMTP(
            settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT_SECONDS
        ) as server:
            if settings.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(compose(mail, settings.mail_from))


@dataclass(frozen=True, slots=True)
class FileMailer:
    """Writes each message to a file of its own."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> None:
        """Write the message under a name that sorts by time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{utc_now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"
        temporary = self.folder / f".{name}"
        temporary.write_bytes(compose(mail, self.sender).as_bytes(policy=policy.SMTP))
        temporary.replace(self.folder / name)


def mailer(settings: Settings) -> Mailer:
    """Choose by the settings."""
    if settings.smtp_host:
        return SmtpMailer(settings)
    return FileMailer(mail_folder(settings), settings.mail_from)


def mail_folder(settings: Settings) -> Path:
    """Give the folder where messages lie when no server is configured."""
    return settings.data_dir / "mail"


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Build the message; header injection is refused by ``EmailMessage`` itself."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].partition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def kept(folder: Path, *, limit: int = 50, offset: int = 0) -> tuple[list[KeptMail], int]:
    """List the messages in the folder, newest first, with their total number."""
    names = sorted((path.name for path in folder.glob("2*.eml")), reverse=True)
    chosen = names[offset : offset + limit]
    return [mail for mail in (read(folder, name) for name in chosen) if mail], len(names)


def read(folder: Path, name: str) -> KeptMail | None:
    """Read one message; ``None`` for a name that is not in the folder."""
    path = folder / Path(name).name
    with contextlib.suppress(OSError):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        date = message["Date"]
        return KeptMail(
            name=path.name,
            to=str(message["To"]),
            subject=str(message["Subject"]),
            sent_at=date.datetime.astimezone(UTC) if date else utc_now(),
            text=str(body.get_content()) if body else "",
        )
    return None

"""Handing evidence out. The routes stand with the audits, which know who may ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import FileWrapper

from core.errors import DomainError
from core.words import T_, Badge, Text
from evidence.files.forms import file_store, init_app
from evidence.files.queries import Item
from evidence.files.rules import BADGES, CLASS_NAMES, EvidenceState, icon_of
from evidence.files.storage import StoredFile, open_store

CHECKED_UP_TO = 64 * 1024 * 1024
BLOCK = 256 * 1024
POLICY = "sandbox; default-src 'none'"

bp = Blueprint("files", __name__)


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    """Receive uploads in the installation's store."""
    app = cast("Flask", state.app)
    init_app(app, open_store(app.extensions["settings"]))


class Damaged(DomainError):
    """What is kept is not what was handed over; it is named and never served (500)."""

    status = 500


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece of evidence as ``components/tiles.html`` shows it."""

    href: str
    name: str
    icon: str
    shows: str
    klass: Text
    size: int
    sha256: str
    who: str
    at: datetime
    state: Badge | None


def tile(item: Item, href: str) -> Tile:
    """Describe a piece of evidence for a page; ``href`` is where it is handed out."""
    evidence, blob = item.evidence, item.blob
    return Tile(
        href=href,
        name=evidence.title,
        icon=icon_of(blob.media_type),
        shows=evidence.shows,
        klass=Text(CLASS_NAMES[evidence.confidentiality]),
        size=blob.size,
        sha256=blob.sha256,
        who=item.who,
        at=evidence.handed_over_at,
        state=BADGES[item.state] if item.state is EvidenceState.VOID else None,
    )


def attachment(item: Item) -> Response:
    """Answer with the file, to be saved and never shown inside the product.

    Answers 206 to a range (416 beyond the end), 304 to its own ETag, the digest. Up to 64 MB the
    content is compared with its digest first, beyond that by size; raises ``Damaged``.
    """
    evidence, blob = item.evidence, item.blob
    stored = StoredFile(blob.sha256, blob.size)
    response = Response(
        FileWrapper(_sound(stored, evidence.file_name), BLOCK),
        content_type=blob.media_type,
        direct_passthrough=True,
    )
    response.content_length = blob.size
    response.headers["Content-Disposition"] = disposition(evidence.file_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(blob.sha256)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=blob.size)
    except HTTPException:  # 416: no such part
        response.close()
        raise
    return response


def disposition(file_name: str) -> str:
    """Name an attachment for old clients in ASCII and for others in UTF-8 (RFC 6266, RFC 8187)."""
    plain = "".join(
        sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in file_name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def _sound(stored: StoredFile, name: str) -> BinaryIO:
    """Open a content that was found whole."""
    store = file_store()
    check = store.verify if stored.size <= CHECKED_UP_TO else store.exists
    if check(stored):
        return store.open(stored.sha256)
    current_app.logger.error("damaged or missing: %s (%s)", stored.sha256, name)
    raise Damaged(
        T_("“%(name)s” is damaged or missing in the store and is not handed out.", name=name)
    )

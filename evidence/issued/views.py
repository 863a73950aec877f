"""Handing out an issued document; the route and its permission belong to the page of the thing."""

from flask import Response, request
from flask_babel import gettext

from core.errors import Unavailable
from core.web import settings
from core.words import N_
from evidence.files.storage import StoredFile
from evidence.issued.models import IssuedDocument
from evidence.issued.operations import document_store


def send(document: IssuedDocument, *, inline: bool = False) -> Response:
    """Answer with the document's bytes, checked against their digest first.

    A damaged or missing file is named, never served. ``inline`` is for a reader's own window: these are documents the
    product made itself, not uploads.
    """
    store = document_store(settings())
    if not store.verify(StoredFile(document.sha256, document.size)):
        raise Unavailable(
            N_("The file of this document is damaged or missing. Tell the body that issued it.")
        )
    with store.open(document.sha256) as file:
        data = file.read()
    response = Response(data, mimetype=document.media_type)
    kind = "inline" if inline else "attachment"
    response.headers.set("Content-Disposition", kind, filename=document.file_name)
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    )
    response.set_etag(document.sha256)
    response.make_conditional(request)
    return response


def preparing() -> Unavailable:
    """Say that a document is still being made."""
    return Unavailable(gettext("The document is being prepared. Try again in a moment."))

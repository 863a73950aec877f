"""Files that come in with a form or as a bare body: hashed and synced while they arrive."""

import contextlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, cast

from flask import Flask, Request, current_app
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser

from core.forms import Form, choice, line, prose
from core.words import N_
from evidence.files.rules import CLASS_NAMES, EvidenceClass
from evidence.files.storage import FileStore, Incoming, TooLarge
from evidence.kinds.rules import KIND_OF_EXTENSION

FORM_ROOM = 1024 * 1024  # beside the file: the other fields and the marks between them
PUBLIC_LIMIT = 1024 * 1024
_BUFFER = 256 * 1024
_EXTENSION = "evidence_files"


def init_app(app: Flask, store: FileStore) -> None:
    """Receive every file of every form in the store; a public page takes small bodies only."""
    app.extensions[_EXTENSION] = store
    app.request_class = StreamingRequest


def file_store() -> FileStore:
    """Give the store of this application."""
    return cast("FileStore", current_app.extensions[_EXTENSION])


class _Parts(MultiPartParser):
    """Reads in larger pieces than Werkzeug: a third less time for large files."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.buffer_size = min(_BUFFER, (self.max_form_memory_size or _BUFFER) // 2)


class _Parser(FormDataParser):
    def _parse_multipart(
        self,
        stream: IO[bytes],
        mimetype: str,  # noqa: ARG002 -- Werkzeug's signature
        content_length: int | None,
        options: dict[str, str],
    ) -> tuple[IO[bytes], Any, Any]:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            msg = "Missing boundary"
            raise ValueError(msg)
        parts = _Parts(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        form, files = parts.parse(stream, boundary, content_length)
        return stream, form, files


class StreamingUploads(Request):
    """A request whose files are hashed while the form is parsed, and synced before a view asks.

    What a view does not keep goes when the request ends; a body that is too large (413), breaks off
    or cannot be read (400) leaves nothing.
    """

    form_data_parser_class = _Parser
    _incoming: list[Incoming]

    @property
    def max_content_length(self) -> int | None:
        """Limit the body: a file and the rest of its form, little on pages open to anyone."""
        if self._max_content_length is not None:
            return self._max_content_length
        return PUBLIC_LIMIT if self._is_public() else file_store().limit + FORM_ROOM

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def receive(self) -> Incoming:
        """Take a bare body (``PUT`` of a photo from the field) as a file, sealed."""
        with self._nothing_left():
            incoming = self._begin()
            incoming.take(self.stream)
            if self.content_length not in {None, incoming.size}:  # the sender went away
                raise ClientDisconnected
            incoming.seal()
            return incoming

    def close(self) -> None:
        """End the request and whatever came in without being kept."""
        super().close()
        self._drop()

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        with self._nothing_left():
            super()._load_form_data()
            whole = {id(file.stream) for _, file in self.files.items(multi=True)}
            for incoming in self.__dict__.get("_incoming", ()):
                if id(incoming) in whole:
                    incoming.seal()
                else:  # the form broke off inside it
                    incoming.close()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self._is_public():
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        return cast("IO[bytes]", self._begin())

    def _begin(self) -> Incoming:
        incoming = file_store().begin()
        self.__dict__.setdefault("_incoming", []).append(incoming)
        return incoming

    def _drop(self) -> None:
        for incoming in self.__dict__.pop("_incoming", ()):
            incoming.close()

    @contextlib.contextmanager
    def _nothing_left(self) -> Iterator[None]:
        """Remove what came in when a body is refused, and keep an error page from reading on."""
        try:
            yield
        except BaseException as error:
            self._drop()
            nothing: ImmutableMultiDict[str, Any] = ImmutableMultiDict()
            self.__dict__.update(stream=BytesIO(), form=nothing, files=nothing)
            if isinstance(error, RequestEntityTooLarge):
                raise TooLarge(file_store().limit) from None
            raise

    def _is_public(self) -> bool:
        view = current_app.view_functions.get(self.endpoint or "")
        return view is None or not vars(view).get("permissions")


class StreamingRequest(StreamingUploads):
    """The request class of the application."""


class EvidenceForm(Form):
    """A file and what it shows."""

    file = FileField(
        N_("File"),
        [FileRequired(message=N_("Choose a file."))],
        render_kw={"accept": ",".join(f".{extension}" for extension in KIND_OF_EXTENSION)},
    )
    title = line(N_("Title"))
    shows = prose(N_("What it shows"), most=2000)
    confidentiality = choice(
        N_("Confidentiality"), CLASS_NAMES, default=EvidenceClass.CONFIDENTIAL.value
    )

    @property
    def incoming(self) -> Incoming:
        """Give the file as it came in, sealed; only after the form was found valid."""
        return cast("Incoming", self.file.data.stream)

    def about(self) -> dict[str, Any]:
        """Give what ``operations.hand_over`` wants to know of the file, by name."""
        return {
            "file_name": self.file.data.filename or "",
            "title": self.title.data,
            "shows": self.shows.data,
            "confidentiality": EvidenceClass(self.confidentiality.data),
        }

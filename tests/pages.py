"""A client that reads every page it is given and complains about what a person would stumble over."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form")
SILENT = {"hidden", "submit", "button", "reset", "image"}  # inputs that need no label
Attributes = dict[str, str]


class Page(HTMLParser):
    """What matters of a page: its elements in order, its title, its text, its forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.whole = "<html" in html[:300]
        self.elements: list[tuple[str, Attributes]] = []
        self.forms: list[tuple[Attributes, list[Attributes]]] = []
        self.title = ""
        self.text = ""
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        attributes["_inside_label"] = "yes" if "label" in self._open else ""
        self.elements.append((tag, attributes))
        if tag == "form":
            self.forms.append((attributes, []))
        elif tag in {"input", "select", "textarea", "button"} and "form" in self._open:
            self.forms[-1][1].append(attributes)
        if tag == "svg" or (tag not in VOID and "svg" not in self._open):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if "svg" in self._open and tag != "svg":
            return
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        elif tag not in VOID:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data
        elif not {"script", "style"} & set(self._open):
            self.text += data

    def complaints(self) -> list[str]:
        """List what is wrong with the page; empty when all is well."""
        found = [*self.faults, *self._identifiers(), *self._policy(), *self._fields()]
        if self.whole:
            tags = Counter(tag for tag, _ in self.elements)
            language = next((each.get("lang") for tag, each in self.elements if tag == "html"), "")
            found += ["no title"] if not self.title.strip() else []
            found += [f"{tags['h1']} headings of the first level"] if tags["h1"] != 1 else []
            found += ["no language"] if not language else []
            found += [f"{tags['main']} main parts"] if tags["main"] != 1 else []
        return found

    def _identifiers(self) -> list[str]:
        ids = Counter(each["id"] for _, each in self.elements if each.get("id"))
        found = [f"id {name} stands {times} times" for name, times in ids.items() if times > 1]
        if self.whole:
            found += [
                f"{tag} {name}={word!r} leads nowhere"
                for tag, each in self.elements
                for name in REFERENCES
                for word in each.get(name, "").split()
                if word not in ids
            ]
        return found

    def _policy(self) -> list[str]:
        return [
            f"{tag} has {name}"
            for tag, each in self.elements
            for name in each
            if name == "style" or name.startswith("on")
        ]

    def _fields(self) -> list[str]:
        labels = {each.get("for") for tag, each in self.elements if tag == "label"}
        found = [
            f"{tag} {each.get('name')} has no label"
            for tag, each in self.elements
            if tag in {"input", "select", "textarea"}
            and each.get("type") not in SILENT
            and not (each["_inside_label"] or each.get("id") in labels)
            and not (each.get("aria-label") or each.get("aria-labelledby"))
        ]
        found += ["img has no alt" for tag, e in self.elements if tag == "img" and "alt" not in e]
        found += [
            f"form {form.get('action')} has no CSRF token"
            for form, fields in self.forms
            if form.get("method", "").lower() == "post"
            and not any(each.get("name") == "csrf_token" for each in fields)
        ]
        return found


class Reader(FlaskClient):
    """A browser without a screen. ``page`` is the last page it read; a page with faults fails the test."""

    page: Page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"  # a request may say otherwise

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request and read the answer."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            self.page = Page(response.text)
            complaints = self.page.complaints()
            assert complaints == [], f"{response.request.path}: {complaints}"
        return response

    def send(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form with this session's CSRF token; ``client.post`` sends exactly what it is given."""
        return self.post(url, data={"csrf_token": self.csrf_token(), **(data or {})}, **options)

    def csrf_token(self) -> str:
        """Give a token that is valid for this session."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf_token", "0" * 40)
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(secret))

    def sign_in(self, email: str, password: str = "assay-demo") -> "Reader":
        """Sign in through the page, as a person would."""
        response = self.send("/sign-in", {"email": email, "password": password})
        assert response.status_code == 302, f"{email} could not sign in"
        return self

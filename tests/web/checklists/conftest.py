"""A body with its own scheme behind pages: everybody can sign in, and look."""

import copy
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest

from checklists.schemes import operations, queries
from checklists.schemes.models import SchemeVersion
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import world
from tests.web.checklists.shelf import shelf

__all__ = ["shelf"]


class Typed(HTMLParser):
    """What a browser would send of the page's main form: every field with its value, buttons aside."""

    def __init__(self, html):
        super().__init__()
        self.values, self._inside, self._select, self._area = {}, False, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):  # noqa: C901 -- one branch for each kind of field
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "data-guard" in given
        if not self._inside:
            return
        name, kind = given.get("name"), given.get("type")
        if tag == "input" and name and kind not in {"submit", "checkbox"}:
            self.values[name] = given.get("value", "")
        elif tag == "input" and kind == "checkbox" and "checked" in given:
            self.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area, self.values[name] = name, ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "form":
            self._inside = False

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data


class Desk:
    """A body's scheme as a draft made from the common one, its people, and a client that signs in as any of them."""

    def __init__(self, app, client):
        self.app, self.client = app, client
        self.sessions = app.extensions["sessions"]
        with self.sessions() as session:
            self.world = world(session)
            rival = organisation(session, OrganisationKind.BODY)
            self.emails = {
                name: self.world.person(getattr(self.world, name)).email
                for name in ("planner", "leader", "decider", "administrator", "officer", "manager")
            }
            self.emails["rival"] = user(session, rival, Role.PLANNER, name="Rival")[0].email
            other, self.other = user(session, self.world.body, Role.PLANNER, name="Other planner")
            self.emails["other"] = other.email
            self.common_id = self.world.scheme_version.id
            row = queries.version(session, self.world.planner, self.common_id)
            made = operations.make_own(
                session,
                self.world.planner,
                row,
                code="OWN",
                title=("自己的方案", "Our scheme"),
                now=NOW,
            )
            session.commit()
            self.draft_id, self.scheme_id = made.id, made.scheme_id
        self.url = f"/schemes/{self.draft_id}"

    def as_(self, name):
        """Sign in as somebody; gives the client."""
        with self.client.session_transaction() as cookie:
            cookie.clear()
        return self.client.sign_in(self.emails[name])

    @contextmanager
    def rows(self):
        """Look at, or change, what is stored behind the pages' back."""
        with self.sessions() as session:
            yield session
            session.commit()

    @property
    def content(self):
        """Give the draft's content as it is stored now."""
        with self.sessions() as session:
            return copy.deepcopy(session.get_one(SchemeVersion, self.draft_id).content)

    @property
    def state(self):
        """Give the draft's state as it is stored now."""
        with self.sessions() as session:
            return session.get_one(SchemeVersion, self.draft_id).state

    def typed(self, part, **changed):
        """Open a part and give what its form would send, with some fields typed over."""
        page = self.client.get(f"{self.url}/parts/{part}")
        assert page.status_code == 200
        found = {
            name: value.strip("\r\n") if isinstance(value, str) else value
            for name, value in Typed(page.text).values.items()
            if name != "csrf_token"
        }
        strange = set(changed) - set(found) - {"onward", "add_row", "remove_row", "keep"}
        assert not strange, strange
        return found | changed

    def save(self, part, typed):
        """Send a part."""
        return self.client.send(f"{self.url}/parts/{part}", typed, follow_redirects=False)


@pytest.fixture
def desk(app, client):
    """A draft of a body's own scheme."""
    return Desk(app, client)

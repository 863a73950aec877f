"""The permission matrix: every role × every route × {own, foreign, missing} object, from the URL map (S-32, quality 2).

Nothing is listed by hand but how to find an object for each kind of key in an address; a route with a key that is not
known here fails, and so does one without a permission mark.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from core.permissions import GRANTS, Role
from tests.web.objects import ACCOUNTS, MISSING, Finder

pytestmark = pytest.mark.demonstration

BUNDLED = (".static",)


def rules(app) -> Iterator[tuple[Rule, str, tuple[Any, ...]]]:
    """Give every rule with one of its methods and the permissions it names."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.endswith(BUNDLED):
            continue
        marks = vars(app.view_functions[rule.endpoint])["permissions"]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, marks


def ask(client, method: str, url: str):
    """Make a request with an empty form and this session's token; what it would change is not kept."""
    if method == "GET":
        return client.open(url, method="GET", follow_redirects=False)
    return client.send(url, {}, follow_redirects=False)


@pytest.fixture
def unchanging(monkeypatch):
    """Give what lets no request change the database from then on: the walk's order does not matter."""
    from core import web

    def undo(response):
        from flask import g

        if "session" in g:
            g.session.rollback()
        return response

    return lambda: monkeypatch.setattr(web, "_finish_transaction", undo)


def test_every_route_names_its_permission_or_is_public(app):
    """quality 2: a view without a mark is a bug that this finds."""
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static"
        and not endpoint.endswith(BUNDLED)
        and "permissions" not in vars(view)
    ]
    assert bare == []


def test_nobody_reaches_a_guarded_page_without_signing_in(app, client, unchanging):
    """S-32: without a session every guarded route leads to the sign-in, whatever its keys."""
    unchanging()
    finder = Finder(app, None)
    for rule, method, marks in rules(app):
        if not marks:
            continue
        for url in finder.urls(rule, MISSING):
            answer = ask(client, method, url)
            assert answer.status_code == 302, (method, url)
            assert "/sign-in" in answer.location, (method, url)


@pytest.mark.parametrize("role", list(Role))
def test_roles_and_objects(app, client, unchanging, role):
    """S-32: 403 without the permission; 404 for what is foreign or missing; own pages answer."""
    client.sign_in(f"{ACCOUNTS[role]}@demo.example")
    unchanging()
    finder = Finder(app, role)
    tried = 0
    for rule, method, marks in rules(app):
        if rule.endpoint in {"people.sign_out", "people.end_other_sessions", "people.end_session"}:
            continue
        allowed = not marks or any(mark in GRANTS[role] for mark in marks)
        for kind in ("own", "foreign", "missing"):
            for url in finder.urls(rule, kind):
                answer = ask(client, method, url)
                answer.close()
                tried += 1
                where = (role.value, method, url, kind, answer.status_code)
                assert answer.status_code < 500 or answer.status_code == 503, where
                if not allowed:
                    assert answer.status_code == 403, where
                elif marks and kind != "own":
                    assert answer.status_code == 404, where
                elif kind == "own":
                    # 403 is possible here too: what only the team leader may do is a condition on the person.
                    assert answer.status_code in {200, 302, 304, 403, 404, 409, 422, 429, 503}, (
                        where
                    )
    assert tried > 100


def test_the_inspector_changes_nothing(app, client, unchanging):
    """I-32: a regulator reads all and changes nothing but the own account."""
    client.sign_in("inspector@demo.example")
    unchanging()
    finder = Finder(app, Role.INSPECTOR)
    own = {"people", "notifications"}
    for rule, method, marks in rules(app):
        if method == "GET" or not marks or rule.endpoint.partition(".")[0] in own:
            continue
        for url in finder.urls(rule, "own"):
            assert ask(client, method, url).status_code in {403, 404}, (method, url)


def test_an_organisation_one_does_not_act_for_is_foreign(app, client, unchanging):
    """S-32: somebody who belongs to two bodies sees, at each time, the one acted for."""
    from audit.planning.models import Audit

    client.sign_in("lead@demo.example")
    unchanging()
    finder = Finder(app, Role.AUDITOR)
    with app.extensions["sessions"]() as session:
        foreign = session.scalars(select(Audit.id).where(Audit.body_id != finder.body_id)).all()
    assert foreign
    for audit_id in foreign[:5]:
        assert client.get(f"/audits/{audit_id}").status_code == 404

"""Layouts and error pages."""

import re
from types import SimpleNamespace as Piece

import pytest
from flask import flash, g, render_template, render_template_string, session

from tests.web.components.markup import HOSTILE, Tree, reasons


def test_work_layout_frames_a_page(request_context):
    """The look: skip link first, one h1, the present place named, what was saved said in a status line."""
    g.csp_nonce = "n0nce"
    flash("Saved.")
    shell = Piece(
        organisation=HOSTILE, roles="Planner", person=HOSTILE, others=[(3, HOSTILE, "Auditor")],
        nav=[{"icon": "audit", "label": "Audits", "href": "/audits", "here": True},
             {"icon": "minor", "label": HOSTILE, "href": "/findings", "here": False, "count": 11}],
    )  # fmt: skip
    page = (
        '{% extends "layouts/work.html" %}{% block title %}Audits{% endblock %}'
        "{% block head %}<h1>Audits</h1>{% endblock %}{% block main %}<p>main</p>{% endblock %}"
    )
    html = render_template_string(page, shell=shell)
    tree = Tree(html)
    assert tree.strays == []
    assert html.index('class="skip"') < html.index("<header")
    assert len(tree.all("h1")) == 1
    assert tree.all("a", aria_current="page")[0]["href"] == "/audits"
    assert tree.all("p", role="status")
    assert "<script>alert" not in html
    assert {attrs["nonce"] for attrs in tree.all("script")} == {"n0nce"}
    assert not tree.all("aside")
    assert tree.all("button", name="membership", value="3")
    with_side = page + "{% block aside %}<p>side</p>{% endblock %}"
    assert Tree(render_template_string(with_side, shell=shell)).all("aside")


def test_public_layout_needs_neither_script_nor_session(request_context):
    """I-17: verification works for anyone, on a slow network, without a cookie."""
    html = render_template_string(
        '{% extends "layouts/public.html" %}{% block sheet %}<h1>Active</h1>{% endblock %}'
    )
    tree = Tree(html)
    assert tree.strays == []
    assert not tree.all("script")
    assert not tree.all("form")
    assert dict(session) == {}


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_error_pages_stand_without_session_and_database(application, code):
    """The look: an error says what is wrong and the way back; it needs nothing that may be broken."""
    with application.test_request_context("/nowhere"):
        g.bare = True
        html = render_template(
            f"errors/{code}.html", status=code, message=HOSTILE, reasons=reasons()[1:]
        )
        assert "session" not in g
    tree = Tree(html)
    assert tree.strays == []
    assert len(tree.all("h1")) == 1
    assert tree.all("a", href="/")
    assert "41 criteria have no answer" in html
    assert "<script>alert" not in html
    assert str(code) not in re.sub(r"<[^>]+>", "", html)

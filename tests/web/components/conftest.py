"""Rendering of single pieces."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string


@pytest.fixture
def request_context(application: Flask) -> Iterator[None]:
    with application.test_request_context(
        "/sign-in?q=a&state=open", headers={"Accept-Language": "en"}
    ):
        yield


@pytest.fixture
def piece(request_context: None) -> Callable[..., str]:
    """Render one expression of a component: ``piece("state.html", "state(badge)", badge=…)``."""

    def render(file: str, call: str, **context: Any) -> str:
        name = re.search(r"\w+(?=\()", call)
        assert name
        head = f'{{% from "components/{file}" import {name.group()} %}}'
        body = call if call.startswith("{%") else f"{{{{ {call} }}}}"
        return render_template_string(head + body, **context)

    return render

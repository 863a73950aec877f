"""Chromium on a running server."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests import chromium

PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run Debian's Chromium, once for this worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(application: Flask) -> Iterator[str]:
    """Serve the application under test on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def live(server: str, app: Flask) -> str:
    """Give the address of the running application, on a fresh database."""
    return server


@pytest.fixture
def new_page(browser: Browser, live: str) -> Iterator[Callable[..., Page]]:
    """Give a maker of pages, each with its own cookies: ``new_page(locale="zh-CN", width=390)``.

    A script error or a violated policy on any of them fails the test.
    """
    contexts, complaints = [], []

    def make(locale: str = "en-GB", width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", _listen)
        return page

    def _listen(message: Any) -> None:
        # A page that answers 404 or 422 is a result, not a fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Give one English page, 1280 pixels wide; nobody is signed in."""
    return new_page()

"""Documents are printed here with the real engine; no database, no application."""

import re
from collections.abc import Callable

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import pdf
from tests.house import source

RenderTemplate = Callable[..., str]
_VALUES = re.compile(r"%\(\w+\)s")


def _environment(translate: Callable[[str], str]) -> RenderTemplate:
    environment = Environment(
        loader=FileSystemLoader(source.ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate,
        lambda one, many, n: translate(one if n == 1 else many),
        newstyle=True,
        pgettext=lambda _context, text: translate(text),
    )
    return lambda name, **context: environment.get_template(name).render(**context)


@pytest.fixture(scope="session")
def render_template() -> RenderTemplate:
    """Fill a template, every text in English as it stands."""
    return _environment(lambda text: text)


@pytest.fixture(scope="session")
def mute_template() -> RenderTemplate:
    """Fill a template with every text of the catalogues struck out; values put into texts stay."""
    return _environment(lambda text: " ".join(_VALUES.findall(text)))


@pytest.fixture(autouse=True)
def printable() -> None:
    """Skip aloud where documents cannot be printed at all."""
    if reason := pdf.check():
        pytest.skip(f"NOT PROVED HERE: {reason}")


@pytest.fixture
def designed_fonts() -> None:
    """Skip aloud where the fonts that documents are designed for are missing."""
    if missing := pdf.missing_fonts():
        pytest.skip(f"NOT PROVED HERE: install {', '.join(missing)}")

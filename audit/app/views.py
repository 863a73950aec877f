"""What the browser fetches of the app. All of it is open to anyone: it holds nothing of any audit."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, ngettext

from audit.app.rules import LISTS, TEXTS
from core.pictures.icon import app_icon
from core.speech import LANGUAGES
from core.web import public
from core.words import Text

bp = Blueprint("app", __name__)
SIZES = (180, 192, 512)
STYLES = ("css/theme.css", "css/pieces.css", "css/fieldwork.css", "css/field.css", "css/print.css")
PICTURES = ("icons.svg", "mark.svg")
PAPER = "#f7f6f2"
_LANGUAGE = "any(en, zh_CN):language"


@bp.get("/field")
@public
def field() -> ResponseReturnValue:
    """Give the page in which the app runs; it says nothing of anybody."""
    return render_template("audit/app/field.html")


@bp.get(f"/field/texts/<{_LANGUAGE}>.json")
@public
def texts(language: str) -> ResponseReturnValue:
    """Give the words of the app in one language."""
    return Response(_texts(language), mimetype="application/json")


@bp.get(f"/manifest/<{_LANGUAGE}>.webmanifest")
@public
def manifest(language: str) -> ResponseReturnValue:
    """Say what an installed app is called, what it shows and where it begins."""
    with force_locale(language):
        name, about = gettext("Assay fieldwork"), gettext("Audits without a network")
    icons = [
        {"src": url_for(".icon", size=str(size)), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in SIZES
    ]
    icons.append(
        {
            "src": url_for(".maskable", size="512"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        }
    )
    content = {
        "id": "/field",
        "name": name,
        "short_name": "Assay",
        "description": about,
        "lang": "en" if language == "en" else "zh-CN",
        "start_url": "/field",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, mimetype="application/manifest+json")


@bp.get('/field/icon-<any("180", "192", "512"):size>.png')
@public
def icon(size: str) -> ResponseReturnValue:
    """Give the sign of the product as a picture of one size."""
    return _picture(app_icon(int(size)))


@bp.get('/field/maskable-<any("192", "512"):size>.png')
@public
def maskable(size: str) -> ResponseReturnValue:
    """Give the sign for devices that cut icons into shapes of their own."""
    return _picture(app_icon(int(size), maskable=True))


@bp.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker: the app's files by name, and the digest of their contents as its version."""
    files = shell()
    script = (_static() / "js/offline/worker.js").read_text(encoding="utf-8")
    head = f"const VERSION = {json.dumps(_version())};\nconst SHELL = {json.dumps(files)};\n"
    response = Response(head + script, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


def shell() -> list[str]:
    """List what the app needs to run without a network."""
    scripts = sorted(path.name for path in (_static() / "js/offline").glob("*.js"))
    names = [f"js/offline/{name}" for name in scripts if name != "worker.js"]
    statics = [url_for("static", filename=name) for name in (*names, *STYLES, *PICTURES)]
    return [
        url_for("app.field"),
        *(url_for("app.texts", language=code) for code in LANGUAGES),
        url_for("bootstrap.static", filename="css/bootstrap.min.css"),
        *statics,
        *(url_for("app.manifest", language=code) for code in LANGUAGES),
        url_for("app.icon", size="192"),
    ]


def _static() -> Path:
    return Path(str(current_app.static_folder))


@cache
def _texts(language: str) -> str:
    with force_locale(language):
        words: dict[str, Any] = {name: _word(text) for name, text in TEXTS.items()}
        words["lists"] = {
            name: {code: gettext(word) for code, word in options.items()}
            for name, options in LISTS.items()
        }
    return json.dumps(words, ensure_ascii=False, sort_keys=False)


def _word(text: str | Text) -> str | list[str]:
    """Give a text as the app puts values in; one with a plural as a pair."""
    if isinstance(text, str):
        return str(gettext(text))
    return [str(ngettext(text.message, str(text.plural), n, n="%(n)s")) for n in (1, 2)]


@cache
def _version() -> str:
    """Digest everything the app consists of, so that a change of any of it replaces all of it."""
    whole = hashlib.sha256()
    folder = _static()
    names = [*STYLES, *PICTURES]
    for path in sorted((folder / "js/offline").glob("*.js")) + [folder / name for name in names]:
        whole.update(path.read_bytes())
    for name in ("audit/app/field.html", "layouts/base.html"):
        whole.update((Path(current_app.root_path) / "templates" / name).read_bytes())
    for code in LANGUAGES:
        whole.update(_texts(code).encode())
    return whole.hexdigest()[:16]


def _picture(png: bytes) -> Response:
    response = Response(png, mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response

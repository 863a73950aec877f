"""What the browser fetches of the app."""

import json
import re

import pytest

from audit.app.rules import TEXTS
from audit.app.views import shell
from tests.house.source import ROOT

SCRIPTS = ROOT / "static" / "js" / "offline"


def test_the_worker_names_every_file_and_each_is_there(app, client):
    """frame: the app runs without a network: every file it needs is listed, open to anyone, and answers."""
    script = client.get("/sw.js")
    assert script.mimetype == "text/javascript"
    assert script.headers["Service-Worker-Allowed"] == "/"
    listed = json.loads(re.search(r"const SHELL = (\[.*?\]);", script.text)[1])
    with app.test_request_context():
        assert listed == shell()
    for path in listed:
        answer = client.get(path)
        assert answer.status_code == 200, path
        answer.close()
    imported = {
        name
        for path in SCRIPTS.glob("*.js")
        for name in re.findall(r'from "\./(\w+)\.js"', path.read_text(encoding="utf-8"))
    }
    assert {f"/static/js/offline/{name}.js" for name in imported} <= set(listed)


def test_the_version_is_the_digest_of_the_contents(client, monkeypatch):
    """frame: the same files have the same version; another word makes another."""
    from audit.app import views

    first = re.search(r'VERSION = "(\w+)"', client.get("/sw.js").text)[1]
    assert re.search(r'VERSION = "(\w+)"', client.get("/sw.js").text)[1] == first
    views._version.cache_clear()
    monkeypatch.setattr(views, "_texts", lambda code: f"other words {code}")
    assert re.search(r'VERSION = "(\w+)"', client.get("/sw.js").text)[1] != first
    views._version.cache_clear()


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Assay fieldwork"), ("zh_CN", "Assay现场审核")]
)
def test_the_app_can_be_installed_in_both_languages(client, language, name):
    """frame: manifest with name, start and icons; each icon is there in its size."""
    told = client.get(f"/manifest/{language}.webmanifest")
    assert told.mimetype == "application/manifest+json"
    manifest = told.get_json(force=True)
    assert (manifest["name"], manifest["start_url"]) == (name, "/field")
    for icon in manifest["icons"]:
        picture = client.get(icon["src"])
        assert picture.mimetype == "image/png"
        width = int.from_bytes(picture.data[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"
    assert {icon.get("purpose") for icon in manifest["icons"]} == {None, "maskable"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_word_the_scripts_use_is_there(client, language):
    """S-06: both languages have every text the scripts name, with the same places for values."""
    texts = client.get(f"/field/texts/{language}.json").get_json()
    whole = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    used = set(re.findall(r'\bt\("(\w+)"', whole)) | set(re.findall(r'"(needs_\w+)"', whole))
    assert used <= set(texts)
    for name in TEXTS:
        found = texts[name] if isinstance(texts[name], list) else [texts[name]]
        message = getattr(TEXTS[name], "message", TEXTS[name])
        for words in found:
            assert words
            assert set(re.findall(r"%\((\w+)\)s", words)) <= set(
                re.findall(r"%\((\w+)\)s", message)
            )


def test_every_word_is_used():
    """house: no text stands there that no script names."""
    whole = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    computed = ("strength_", "show_", "photo_of_", "minutes_", "hours_")
    unused = [name for name in TEXTS if f'"{name}"' not in whole and not name.startswith(computed)]
    assert unused == []


def test_the_page_of_the_app_says_nothing_of_anybody(running):
    """S-32: what the device keeps in the clear holds no name and no number, whoever was signed in."""
    page = running.as_("leader").get("/field").text
    for word in ("Leader", running.number, "csrf"):
        assert word not in page

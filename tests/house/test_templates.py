"""Templates are where their view looks for them, and every one is used."""

import re

from tests.house import source

SHARED = {"layouts", "components", "errors", "mail", "documents"}
FOLDER = source.ROOT / "templates"
NAMED = re.compile(r"""["']([a-z_]+(?:/[\w-]+)+\.(?:html|txt))["']""")
STYLE = re.compile(r"""\s(?:style|on[a-z]+)=["']""")
SCRIPT = re.compile(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>")


def names() -> set[str]:
    return {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}


def mentioned() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in source.python_files()]
    texts += [(FOLDER / name).read_text(encoding="utf-8") for name in names()]
    return {name for text in texts for name in NAMED.findall(text)}


def test_templates_mirror_the_features():
    """The house: template area/feature/verb.html."""
    features = {source.shown(feature) for feature in source.features()}
    strange = []
    for name in names():
        folder, _, verb = name.rpartition("/")
        known = folder.split("/")[0] in SHARED or folder in features or folder == "demo"
        if not known or not re.fullmatch(r"_?[a-z0-9]+(_[a-z0-9]+)*\.(html|txt)", verb):
            strange.append(name)
    assert sorted(strange) == []


def test_every_template_named_in_code_exists():
    """A page that names a missing template would fail only when somebody opens it."""
    assert sorted(mentioned() - names()) == []


def test_every_template_is_used():
    """Dead templates are removed; error pages, mails and documents are found by a computed name."""
    computed = ("errors/", "mail/", "documents/")
    unused = {name for name in names() - mentioned() if not name.startswith(computed)}
    assert sorted(unused) == []


def test_no_inline_style_or_script():
    """The content policy forbids both; only documents for print carry their own style."""
    found = []
    for name in sorted(names()):
        if name.startswith(("documents/", "mail/")):
            continue
        text = (FOLDER / name).read_text(encoding="utf-8")
        if STYLE.search(text) or SCRIPT.search(text):
            found.append(name)
    assert found == []

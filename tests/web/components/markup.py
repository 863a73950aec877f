"""Reading what a template wrote."""

from html.parser import HTMLParser

from core.lifecycle import Reason
from core.words import T_

HOSTILE = """"><script>alert(1)</script><img src=x onerror='alert(2)'>"""
VOID = {"input", "meta", "link", "br", "img", "path", "use", "rect", "hr"}


class Tree(HTMLParser):
    """Elements in order; ``strays`` are tags that do not close what is open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.strays: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.strays += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.strays.append(f"/{tag}")

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            attrs
            for name, attrs in self.elements
            if name == tag
            and all(attrs.get(key.replace("_", "-")) == v for key, v in wanted.items())
        ]

    def ids(self) -> list[str]:
        return [attrs["id"] for _tag, attrs in self.elements if "id" in attrs]


def checked(html: str) -> Tree:
    """Parse what a piece wrote and hold it to what every piece must keep."""
    tree = Tree(html)
    assert tree.strays == []
    for tag, attrs in tree.elements:
        assert tag not in {"script", "img"}
        assert not any(name == "style" or name.startswith("on") for name in attrs), (tag, attrs)
    ids = tree.ids()
    assert len(ids) == len(set(ids))
    return tree


def reasons() -> list[Reason]:
    return [
        Reason("met", met=True, text=T_("The opening meeting was held")),
        Reason(
            "open", met=False, text=T_("41 criteria have no answer"), detail=T_("9 are critical")
        ),
    ]

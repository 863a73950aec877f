"""How a figure is read and written. Pure."""

import re
import unicodedata

_WHOLE = re.compile(r"-?\d{1,9}")
_DECIMAL = re.compile(r"-?\d{0,9}\.\d{1,9}")
_BETWEEN = re.compile(r"[,，、;；\s]+")


def figure(text: str) -> int | float | str | None:
    """Read a figure; a text that is none stays as it was typed, so that it can be shown again and told."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    if _WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain) if _DECIMAL.fullmatch(plain) else text.strip()


def figures(text: str) -> list[int | float | str | None]:
    """Read several figures with commas between them."""
    return [
        figure(one) for one in _BETWEEN.split(unicodedata.normalize("NFKC", text).strip()) if one
    ]


def shown(value: object) -> str:
    """Write a figure as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else repr(value)
    return str(value)

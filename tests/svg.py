"""Reads the pictures that the product draws."""

from xml.etree import ElementTree as ET

from markupsafe import Markup


def parsed(picture: Markup) -> ET.Element:
    """Read a picture as XML."""
    return ET.fromstring(str(picture))  # noqa: S314 -- our own markup


def parts(picture: Markup, name: str, kind: str | None = None) -> list[ET.Element]:
    """Give the elements with a tag, and a class if one is named."""
    return [one for one in parsed(picture).iter(name) if kind in (None, one.get("class"))]


def percent(element: ET.Element, name: str) -> float:
    """Give an attribute in percent as a number."""
    value = element.get(name) or ""
    assert value.endswith("%")
    return float(value[:-1])

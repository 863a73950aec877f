"""OSCAL catalogs for tests, small or large."""

from typing import Any


def control(name: str, **fields: Any) -> dict[str, Any]:
    """Give a control with a statement, unless ``parts`` say otherwise."""
    parts = [{"id": f"{name}_smt", "name": "statement", "prose": f"Do what {name} asks."}]
    return {"id": name, "title": f"Control {name}", "parts": parts} | fields


def catalog(*groups: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Give a catalog of groups."""
    metadata = {
        "title": "A catalog",
        "last-modified": "2026-01-01T00:00:00Z",
        "version": "1.0",
        "oscal-version": "1.1.3",
    }
    key = "7f4cbf02-4a6b-4f0b-8b5c-0d3a4b1f2c11"
    return {"catalog": {"uuid": key, "metadata": metadata, "groups": list(groups)} | fields}


def group(name: str, *controls: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Give a group of controls."""
    return {"id": name, "title": f"Group {name}", "controls": list(controls)} | fields


def large_catalog(n: int) -> dict[str, Any]:
    """Give a catalog of ``n`` controls with nested items, parameters and guidance, sixty to a group."""
    groups = [
        group(f"g{start}", *(_rich(number) for number in range(start, min(start + 60, n))))
        for start in range(0, n, 60)
    ]
    return catalog(*groups)


def _rich(number: int) -> dict[str, Any]:
    name = f"c-{number}"
    items = [
        {
            "id": f"{name}_smt.{letter}",
            "name": "item",
            "props": [{"name": "label", "value": f"{letter}."}],
            "prose": f"Review the records every {{{{ insert: param, {name}_prm }}}} and keep the result {letter}.",
        }
        for letter in "abcdef"
    ]
    guidance = "An auditor reads the records of the last quarter. " * 12
    return control(
        name,
        params=[{"id": f"{name}_prm", "label": "frequency"}],
        parts=[
            {"id": f"{name}_smt", "name": "statement", "prose": "The provider:", "parts": items},
            {"id": f"{name}_gdn", "name": "guidance", "prose": guidance},
        ],
    )

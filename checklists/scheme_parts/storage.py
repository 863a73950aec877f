"""A scheme as the bytes of a file."""

from collections.abc import Mapping
from typing import Any

import yaml

from checklists.scheme_parts.rules import ordered


def written(content: Mapping[str, Any]) -> str:
    """Write a version's content as a pack, in the order in which a person writes it."""
    return yaml.safe_dump(ordered(content), allow_unicode=True, sort_keys=False, width=110)

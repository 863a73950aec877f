"""Pictures drawn on the server as SVG, the same on the page and in a printed document. Pure.

Every picture takes numbers for its geometry and finished strings for its words: whoever calls it
has formatted and translated them. All text is escaped here. On the screen the theme colours the
parts by class; with ``standalone=True`` each part carries its own paint and font as attributes,
since WeasyPrint does not apply a document's style sheet inside inline SVG. ``style`` is never
written, for the policy forbids it.

``label`` is the picture's text alternative and gives its numbers; ``None`` hides the picture from
assistive technology, for a place where the same number stands beside it.
"""

from core.pictures.levels import (
    Axis,
    level_mark,
    metric_axis,
    metric_strip,
    radar,
    strip,
    strip_axis,
)
from core.pictures.pen import BLUE, BRASS, FONT
from core.pictures.series import Point, Tick, bar, nice_ticks, spread, stack, trend

__all__ = [
    "BLUE",
    "BRASS",
    "FONT",
    "Axis",
    "Point",
    "Tick",
    "bar",
    "level_mark",
    "metric_axis",
    "metric_strip",
    "nice_ticks",
    "radar",
    "spread",
    "stack",
    "strip",
    "strip_axis",
    "trend",
]

"""The app's icon as a PNG."""

import struct
import zlib

import pytest

from core.pictures.icon import PAPER, STONE, STREAK, app_icon


def pixels(png: bytes) -> tuple[int, list[bytes]]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    (width,) = struct.unpack(">I", png[16:20])
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    data = zlib.decompress(png[start + 4 : start + 4 + length])
    step = 4 * width + 1
    return width, [data[row * step + 1 : (row + 1) * step] for row in range(width)]


@pytest.mark.parametrize("size", [48, 192])
def test_the_icon_is_the_mark(size: int) -> None:
    """frame: stone with two white streaks and one of brass; its corners are open."""
    width, rows = pixels(app_icon(size))
    assert width == size
    unit = size / 24

    def at(x: float, y: float) -> tuple[int, ...]:
        place = 4 * int(x * unit)
        return tuple(rows[int(y * unit)][place : place + 4])

    assert at(0.2, 0.2)[3] == 0
    assert at(12, 3) == (*STONE, 255)
    assert at(11.3 - 2.35, 12) == (*PAPER, 255)
    assert at(12, 14.8) == (*STREAK, 255)


def test_a_maskable_icon_fills_its_ground() -> None:
    """frame: whatever shape the device cuts, no corner is open and the sign stands within."""
    _, rows = pixels(app_icon(96, maskable=True))
    assert tuple(rows[0][:4]) == (*STONE, 255)
    assert tuple(rows[5][4 * 48 : 4 * 48 + 4]) == (*STONE, 255)

"""The sign of the product as a PNG, drawn from the geometry of static/mark.svg: what an installed app shows. Pure."""

import struct
import zlib
from functools import cache

Point = tuple[float, float]
Colour = tuple[int, int, int]
UNITS = 24  # the mark's own measure
STONE, PAPER, STREAK = (0x1D, 0x26, 0x31), (0xFF, 0xFF, 0xFF), (0xD9, 0xB2, 0x5A)
_FINE = 4  # scan lines for each row of pixels
_SAFE = 0.72  # how much of a maskable icon every shape of mask leaves


def _stroke(start: Point, end: Point, width: float) -> tuple[Point, ...]:
    """Give a straight line with flat ends as a rectangle."""
    across = (end[1] - start[1], start[0] - end[0])
    length = (across[0] ** 2 + across[1] ** 2) ** 0.5
    x, y = across[0] / length * width / 2, across[1] / length * width / 2
    return (
        (start[0] + x, start[1] + y), (end[0] + x, end[1] + y),
        (end[0] - x, end[1] - y), (start[0] - x, start[1] - y),
    )  # fmt: skip


_GROUND = ((0.0, 0.0), (24.0, 0.0), (24.0, 24.0), (0.0, 24.0))
_STONE = (
    (5.0, 1.0), (19.0, 1.0), (23.0, 5.0), (23.0, 19.0), (19.0, 23.0), (5.0, 23.0), (1.0, 19.0), (1.0, 5.0),
)  # fmt: skip
_LINES = (
    (_stroke((6.6, 18.2), (11.3, 5.8), 2.3), PAPER),
    (_stroke((17.4, 18.2), (12.7, 5.8), 2.3), PAPER),
    (_stroke((8.2, 14.8), (15.8, 14.8), 2.3), STREAK),
)


@cache
def app_icon(size: int, *, maskable: bool = False) -> bytes:
    """Give a square PNG; a maskable one fills its ground and keeps the sign where no mask cuts it."""
    shapes = [(_GROUND if maskable else _STONE, STONE), *_LINES]
    scale = size / UNITS
    rows = []
    for row in range(size):
        pixels = bytearray(4 * size)
        for number, (shape, colour) in enumerate(shapes):
            inner = maskable and number > 0
            _paint(pixels, _placed(shape, scale, inner=inner), colour, row, size)
        rows.append(b"\0" + bytes(pixels))
    return _png(size, b"".join(rows))


def _placed(shape: tuple[Point, ...], scale: float, *, inner: bool) -> tuple[Point, ...]:
    if not inner:
        return tuple((x * scale, y * scale) for x, y in shape)
    middle = UNITS / 2
    return tuple(
        ((middle + (x - middle) * _SAFE) * scale, (middle + (y - middle) * _SAFE) * scale)
        for x, y in shape
    )


def _paint(
    pixels: bytearray, shape: tuple[Point, ...], colour: Colour, row: int, size: int
) -> None:
    """Lay one convex shape over a row of pixels, each as far as it is covered."""
    cover: dict[int, float] = {}
    for part in range(_FINE):
        span = _span(shape, row + (part + 0.5) / _FINE)
        if span is None:
            continue
        left, right = max(span[0], 0.0), min(span[1], float(size))
        for x in range(int(left), min(int(right) + 1, size)):
            share = min(right, x + 1.0) - max(left, float(x))
            if share > 0:
                cover[x] = cover.get(x, 0.0) + share / _FINE
    for x, share in cover.items():
        _mix(pixels, 4 * x, colour, min(share, 1.0))


def _mix(pixels: bytearray, at: int, colour: Colour, share: float) -> None:
    """Lay a colour over a pixel (straight alpha)."""
    below = pixels[at + 3] / 255
    whole = share + below * (1 - share)
    for part, value in enumerate(colour):
        pixels[at + part] = round((value * share + pixels[at + part] * below * (1 - share)) / whole)
    pixels[at + 3] = round(255 * whole)


def _span(shape: tuple[Point, ...], y: float) -> tuple[float, float] | None:
    """Give where a horizontal line enters and leaves a convex shape."""
    found = []
    for (x1, y1), (x2, y2) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if (y1 <= y) != (y2 <= y):
            found.append(x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return (min(found), max(found)) if found else None


def _png(size: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    body = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")

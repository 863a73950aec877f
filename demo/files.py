"""The demonstration's pieces of evidence, made anew at each first start: small, and real of their kind."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """A file with what it shows."""

    title: str
    shows: str
    confidentiality: str
    make: Callable[[], bytes]


def _requests() -> bytes:
    """List 32 urgent requests with the minutes until the work began."""
    rows = ["编号,登记时间,开始处理,相差分钟,时间来源"]
    for n in range(1, 33):
        late = n % 32 in {3, 7, 11, 14, 18, 21, 25, 28, 30}
        minutes = 25 + (n * 37) % 116 if late else 4 + (n * 7) % 40
        source = "值班长补填" if late else "系统"
        rows.append(f"UR-{5200 + n},第{n}日 {8 + n % 12:02d}:{n * 11 % 60:02d},,{minutes},{source}")
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def _log() -> bytes:
    lines = [
        f"09:{n:02d}:00 restore step={n} volume=vol-{n % 4} verified=yes bytes={n * 7_340_032}"
        for n in range(1, 41)
    ]
    return (
        "\n".join(["restore drill, hosting service", *lines, "finished in 02:10"]) + "\n"
    ).encode()


def _picture() -> bytes:
    """Draw a bar for each hour of a day: how many requests came in."""
    width, height = 480, 200
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")
        for x in range(width):
            hour = x // 20
            bar = 30 + (hour * 53) % 120 if 7 < hour < 22 else 12
            inside = x % 20 < 14 and height - y < bar
            row += bytes((31, 90, 140) if inside else (250, 250, 247))
        rows.append(bytes(row))
    return _png(width, height, b"".join(rows))


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )


def _page() -> bytes:
    """Write a one-page PDF: a change of rights, approved."""
    text = b"BT /F1 14 Tf 60 760 Td (Change of rights PC-2026-118: approved) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        len(out),
    )
    return out + head + table + tail


FILES: dict[str, Proof] = {
    "紧急请求_抽样32条.csv": Proof("紧急请求抽样32条", "开始处理时间与通话记录的差异", "confidential", _requests),
    "请求到达_按小时.png": Proof("请求到达的时间分布", "高峰在上午和傍晚", "internal", _picture),
    "恢复演练.log": Proof("恢复演练日志", "最近一次恢复的用时", "internal", _log),
    "权限变更单.pdf": Proof("权限变更单", "收回“开始时间”的修改权限", "internal", _page),
    "整改说明.txt": Proof(
        "整改说明", "措施的落实情况", "internal",
        "整改说明：措施已按计划完成，附系统截图编号与责任人签字。\n".encode,
    ),
}  # fmt: skip
OF_FINDING: dict[str, tuple[str, ...]] = {
    "urgent": ("紧急请求_抽样32条.csv", "请求到达_按小时.png"),
    "drill": ("恢复演练.log",),
}
OF_ACTIONS = "整改说明.txt"

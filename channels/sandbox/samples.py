"""Tiny files that are valid: what a customer sends who has nothing at hand. Drawn or built here, copied from nobody."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path


@cache
def png(width: int = 320, height: int = 240) -> bytes:
    """Return a PNG (8-bit RGB) of a celadon cup on a table, so that a picture looks like a picture."""
    return _drawn(width, height, _pixel)


@cache
def portrait(seed: str, side: int = 96) -> bytes:
    """Return a square PNG of somebody's head and shoulders, in colours that follow from the seed."""
    ground, person = ((sum(map(ord, seed)) * step % 96 + base for base in (110, 120, 130)) for step in (7, 3))
    back, front = tuple(ground), tuple(255 - part // 2 for part in person)

    def pixel(x: float, y: float) -> bytes:
        head = (x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.035
        shoulders = ((x - 0.5) / 0.36) ** 2 + ((y - 1.0) / 0.36) ** 2 < 1
        return bytes(front if head or shoulders else back)

    return _drawn(side, side, pixel)


def _drawn(width: int, height: int, pixel: Callable[[float, float], bytes]) -> bytes:
    rows = b"".join(b"\x00" + b"".join(pixel(x / width, y / height) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pixel(x: float, y: float) -> bytes:
    """Shade one point; x and y run from 0 to 1."""
    across, down = (x - 0.5) / 0.26, (y - 0.40) / 0.34
    half = math.sqrt(max(0.0, 1 - down * down)) if 0 <= down <= 1 else 0.0
    if ((x - 0.5) / 0.26) ** 2 + ((y - 0.40) / 0.055) ** 2 <= 1:
        tea = ((x - 0.5) / 0.23) ** 2 + ((y - 0.405) / 0.042) ** 2 <= 1
        return _rgb((164, 98, 44) if tea else (222, 236, 228), 1 - 0.15 * abs(across))
    if abs(across) < half:
        return _rgb((176, 208, 194), 1.0 - 0.30 * (across + 0.3) ** 2)
    if ((x - 0.5) / 0.30) ** 2 + ((y - 0.755) / 0.05) ** 2 <= 1:
        return _rgb((196, 222, 210), 0.92)
    if y > 0.68:
        return _rgb((150, 122, 96), 1.06 - 0.35 * y + 0.03 * math.sin(60 * y + 4 * math.sin(5 * x)))
    return _rgb((236, 232, 222), 1.02 - 0.22 * y)


def _rgb(colour: tuple[int, int, int], light: float) -> bytes:
    return bytes(max(0, min(255, round(part * light))) for part in colour)


@cache
def pdf() -> bytes:
    """Return a one-page PDF with a line of text."""
    text = b"BT /F1 22 Tf 60 760 Td (Tin Kettle - order TK-2048) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


@cache
def ogg(seconds: int = 4) -> bytes:
    """Return an Ogg file with mono Opus packets of silence, as a voice note is made."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 6) + b"hawker" + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, first=True), _ogg_page([tags], 1, 0)]
    silence = b"\xf8\xff\xfe"
    frames = seconds * 50
    for start in range(0, frames, 50):
        batch = [silence] * min(50, frames - start)
        last = start + 50 >= frames
        pages.append(_ogg_page(batch, len(pages), (start + len(batch)) * 960, last=last))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], sequence: int, granule: int, *, first: bool = False, last: bool = False) -> bytes:
    segments = bytes(len(packet) for packet in packets)
    flags = (2 if first else 0) | (4 if last else 0)
    page = bytearray(
        b"OggS"
        + struct.pack("<BBqIIIB", 0, flags, granule, 0x48415721, sequence, 0, len(segments))
        + segments
        + b"".join(packets)
    )
    page[22:26] = struct.pack("<I", _ogg_crc(page))
    return bytes(page)


def _ogg_crc(data: bytes | bytearray) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


@cache
def webp() -> bytes:
    """Return a sticker, 512×512 with a transparent ground: a teacup, drawn for this page."""
    return (Path(__file__).parent / "sticker.webp").read_bytes()


@cache
def mp4() -> bytes:
    """Return an MP4 of one second: a single H.264 frame (16×16, grey) with its sample tables."""
    sps, pps = bytes.fromhex("6742c00ad9079e84000003000400000300003c489920"), bytes.fromhex("68cb83cb20")
    frame = bytes.fromhex("65888404bffff3ffff8a000a7fe2d0")
    sample = struct.pack(">I", len(frame)) + frame
    ftyp = _box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
    mdat = _box(b"mdat", sample)
    return ftyp + mdat + _moov(sps, pps, len(sample), len(ftyp) + 8)


def _moov(sps: bytes, pps: bytes, size: int, offset: int) -> bytes:
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = _box(
        b"mvhd",
        bytes(12),
        struct.pack(">IIIH", 1000, 1000, 0x10000, 0x100),
        bytes(10),
        matrix,
        bytes(24),
        struct.pack(">I", 2),
    )
    tkhd = _box(
        b"tkhd",
        struct.pack(">I", 3),
        bytes(8),
        struct.pack(">III", 1, 0, 1000),
        bytes(16),
        matrix,
        struct.pack(">II", 16 << 16, 16 << 16),
    )
    mdhd = _box(b"mdhd", bytes(12), struct.pack(">IIHH", 1000, 1000, 0x55C4, 0))
    hdlr = _box(b"hdlr", bytes(8), b"vide", bytes(12), b"video\x00")
    avcc = _box(
        b"avcC", bytes([1]), sps[1:4], b"\xff\xe1", struct.pack(">H", len(sps)), sps, b"\x01", struct.pack(">H", len(pps)), pps
    )  # fmt: skip
    avc1 = _box(
        b"avc1",
        bytes(6),
        struct.pack(">H", 1),
        bytes(16),
        struct.pack(">HHIIIH", 16, 16, 0x480000, 0x480000, 0, 1),
        bytes(32),
        b"\x00\x18\xff\xff",
        avcc,
    )
    stbl = _box(
        b"stbl",
        _box(b"stsd", bytes(4), struct.pack(">I", 1), avc1),
        _box(b"stts", bytes(4), struct.pack(">III", 1, 1, 1000)),
        _box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, 1, 1)),
        _box(b"stsz", bytes(4), struct.pack(">III", 0, 1, size)),
        _box(b"stco", bytes(4), struct.pack(">II", 1, offset)),
    )
    dinf = _box(b"dinf", _box(b"dref", bytes(4), struct.pack(">I", 1), _box(b"url ", struct.pack(">I", 1))))
    minf = _box(b"minf", _box(b"vmhd", struct.pack(">I", 1), bytes(8)), dinf, stbl)
    return _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, minf)))


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I", len(content) + 8) + kind + content


SAMPLES = {
    "image": ("image/png", "IMG-20261122-WA0007.png", png),
    "video": ("video/mp4", "VID-20261122-WA0003.mp4", mp4),
    "audio": ("audio/ogg; codecs=opus", "PTT-20261122-WA0001.opus", ogg),
    "document": ("application/pdf", "order-TK-2048.pdf", pdf),
    "sticker": ("image/webp", "STK-20261122-WA0002.webp", webp),
}
"""By message kind: MIME type, file name, maker."""


def make(kind: str) -> tuple[str, str, bytes]:
    """Return (mime, filename, bytes) of the sample for a media kind."""
    mime, filename, maker = SAMPLES[kind]
    return mime, filename, maker()

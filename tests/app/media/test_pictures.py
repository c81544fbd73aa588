"""Pictures are measured, made small and made fit; those that are made to hurt are left alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.config import Settings
from app.media.pictures import Size, fitted, measure, thumbnail
from app.media.storage import Stored, path_of

Made = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def picture(tmp_path: Path) -> Made:
    def make(kind: str = "JPEG", size: tuple[int, int] = (1600, 1200), mode: str = "RGB", turned: bool = False) -> Path:
        noise = Image.effect_noise(size, 90).convert(mode)
        exif = Image.Exif()
        if turned:
            exif[0x0112] = 6
        path = tmp_path / "picture"
        noise.save(path, kind, exif=exif)
        return path

    return make


def stored_picture(settings: Settings, stored: Stored | None) -> Image.Image:
    assert stored is not None
    return Image.open(BytesIO(path_of(settings, stored.sha256).read_bytes()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_large_picture_gets_a_small_one(settings: Settings, picture: Made, kind: str) -> None:
    path = picture(kind)
    mime = f"image/{kind.lower()}"
    assert measure(path, mime) == Size(1600, 1200)
    small = stored_picture(settings, thumbnail(settings, path, mime))
    assert (small.format, small.size) == ("JPEG", (640, 480))


def test_a_turned_photograph_stands_upright(settings: Settings, picture: Made) -> None:
    path = picture(turned=True)
    assert measure(path, "image/jpeg") == Size(1200, 1600)
    small = stored_picture(settings, thumbnail(settings, path, "image/jpeg"))
    assert small.size == (480, 640)
    assert not small.getexif()


def test_a_small_picture_is_its_own_thumbnail(settings: Settings, picture: Made) -> None:
    assert thumbnail(settings, picture(size=(40, 30)), "image/jpeg") is None


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (png_that_claims(30_000, 30_000), "image/png"),
        (png_that_claims(9_000, 9_000), "image/png"),
        (png_that_claims(1_000, 1_000), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100_000, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"<svg/>", "image/svg+xml"),
        (b"", "image/png"),
    ],
)
def test_what_claims_to_be_a_picture_and_is_none_does_no_harm(
    settings: Settings, tmp_path: Path, content: bytes, mime: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert thumbnail(settings, path, mime) is None
    assert fitted(settings, path, mime, mimes=["image/jpeg"], max_bytes=10**9) is None


def test_a_picture_is_made_into_what_the_channel_takes(settings: Settings, picture: Made) -> None:
    path = picture("WEBP", mode="RGBA")
    made = fitted(settings, path, "image/webp", mimes=["image/jpeg", "image/png"], max_bytes=200_000)
    jpeg = stored_picture(settings, made)
    assert made is not None
    assert (made.mime, jpeg.mode) == ("image/jpeg", "RGB")
    assert made.size_bytes <= 200_000
    assert fitted(settings, path, "image/webp", mimes=["image/jpeg"], max_bytes=500) is None, "cannot be so small"
    assert fitted(settings, path, "image/webp", mimes=["image/gif"], max_bytes=10**9) is None, "no way to make one"

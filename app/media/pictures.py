"""Pictures: how large they are, small ones of them, and ones that a channel takes. Everything here blocks: call it in a thread.

A file that claims to be huge is not opened, and only formats that are plain pictures are: what people send may be made to hurt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import Settings
from app.media.storage import Stored, incoming

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
MOST_PIXELS = 40_000_000
"""A picture of 40 megapixels takes 160 MB while it is open."""
THUMB_BOX = (640, 640)
"""Pixels: a bubble is 236 wide, on screens of up to 2.5 device pixels."""
SMALL_ENOUGH_BYTES = 64 * 1024
_THUMB_QUALITY = 80
_QUALITIES = (88, 75, 60)
_SHARES = (1.0, 0.75, 0.5, 0.35)


@dataclass(frozen=True, slots=True)
class Size:
    """In pixels, as it is looked at: a turned photograph is measured turned."""

    width: int
    height: int


def measure(path: Path, mime: str) -> Size | None:
    """Return a picture's size; None for what is no picture that can be opened."""
    from PIL import ExifTags, Image

    if mime not in FORMATS:
        return None
    try:
        with Image.open(path, formats=[FORMATS[mime]]) as picture:
            width, height = picture.size
            turned = picture.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    except _broken():
        return None
    return Size(height, width) if turned else Size(width, height)


def thumbnail(settings: Settings, path: Path, mime: str) -> Stored | None:
    """Store a small picture of a picture; None where the picture itself is small enough, or cannot be opened."""
    size = measure(path, mime)
    if size is None or (path.stat().st_size <= SMALL_ENOUGH_BYTES and size.width <= THUMB_BOX[0]):
        return None
    picture = _opened(path, mime, draft=THUMB_BOX)
    if picture is None:
        return None
    picture.thumbnail(THUMB_BOX)
    kind = "PNG" if picture.mode == "RGBA" else "JPEG"
    return _store(settings, picture, kind, _THUMB_QUALITY)


def fitted(settings: Settings, path: Path, mime: str, *, mimes: Sequence[str], max_bytes: int) -> Stored | None:
    """Store the picture as one of `mimes` within `max_bytes`, made smaller if need be; None where that cannot be done."""
    picture = _opened(path, mime)
    kind = next((kind for kind in ("image/jpeg", "image/png") if kind in mimes or "*/*" in mimes), None)
    if picture is None or kind is None:
        return None
    if kind == "image/jpeg":
        picture = _on_white(picture)
    for share in _SHARES:
        part = picture.resize((max(1, int(picture.width * share)), max(1, int(picture.height * share))))
        for quality in _QUALITIES:
            stored = _store(settings, part, FORMATS[kind], quality, max_bytes=max_bytes)
            if stored is not None:
                return stored
    return None


def _opened(path: Path, mime: str, *, draft: tuple[int, int] | None = None) -> Image | None:
    """Return the first frame, upright, in RGB or RGBA. `draft`: a JPEG need not be read in more detail than this."""
    from PIL import Image, ImageOps

    size = measure(path, mime)
    if size is None or size.width * size.height > MOST_PIXELS:
        return None
    try:
        with Image.open(path, formats=[FORMATS[mime]]) as picture:
            if draft is not None:
                picture.draft("RGB", draft)
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except _broken():
        return None


def _broken() -> tuple[type[Exception], ...]:
    """Return what Pillow raises for files that are no whole pictures."""
    from PIL.Image import DecompressionBombError

    return (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, DecompressionBombError)


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture.getchannel("A"))
    return page


def _store(
    settings: Settings, picture: Image, kind: str, quality: int, *, max_bytes: int | None = None
) -> Stored | None:
    """Store it without what the camera noted; None when it is larger than `max_bytes`."""
    written = BytesIO()
    picture.save(written, kind, quality=quality, optimize=True)
    content = written.getvalue()
    if max_bytes is not None and len(content) > max_bytes:
        return None
    with incoming(settings) as receiving:
        receiving.write(content)
        return receiving.keep()

"""Pictures for the phone page, of files and of what a template says."""

from __future__ import annotations

from channels.sandbox.world import MediaFile
from channels.wechat.sandbox.platform import Json

SHAPES = {"voice": "audio", "shortvideo": "video", "file": "document", "thumb": "image"}


def media_view(kind: str, file: MediaFile, words: str = "") -> Json:
    shape = SHAPES.get(kind, kind)
    media = {
        "kind": shape,
        "file_id": file.id,
        "mime": file.mime,
        "filename": file.filename,
        "size_bytes": file.size_bytes,
        "voice": kind == "voice",
    }
    return {"kind": shape, "text": words, "media": media}


def card_view(title: str, words: str, *, note: str = "", url: str = "", kind: str = "article") -> Json:
    """Return a card: a title in bold, words, a small line below, and where a tap leads."""
    buttons = [{"kind": "url", "id": "0", "title": title, "url": url}] if url else []
    return {"kind": kind, "header": {"text": title}, "text": words, "footer": note, "buttons": buttons}

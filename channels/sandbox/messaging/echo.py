"""The echo of what a business sent, as all subscribed apps get it.

Source: Meta's `message_echoes` reference (1 Jun 2026).
"""

from __future__ import annotations

from typing import Any

from channels.sandbox.graph.errors import Json
from channels.sandbox.messaging.files import Files
from channels.sandbox.messaging.sending import Outgoing
from channels.sandbox.world import Account, Line


def echo_of(account: Account, request: Outgoing, line: Line, files: Files, *, says_who: bool) -> Json:
    """Return {"message": …} of an accepted request. `says_who`: which app sent it, and its metadata, are told."""
    message: Json = {"mid": line.id, "is_echo": True}
    if says_who:
        message["app_id"] = int(str(account.settings.get("echo_app_id") or account.settings["app_id"]))
        if request.metadata:
            message["metadata"] = request.metadata
    if request.reply_to:
        message["reply_to"] = {"mid": request.reply_to}
    return {"message": message | _content(request, line, files)}


def _content(request: Outgoing, line: Line, files: Files) -> Json:
    if request.kind == "text":
        return {"text": request.message["text"]}
    if request.kind == "utility":
        return {"text": line.view.get("text", "")}
    if request.kind == "sticker":
        sticker_id = int(request.message["sticker_id"])
        return {"attachments": [{"type": "sticker", "payload": {"sticker_id": sticker_id, "url": ""}}]}
    attachment = request.message.get("attachment")
    if attachment and attachment["type"] == "template":
        return _template(attachment["payload"])
    if attachment and "payload" not in attachment:
        return {"attachments": [{"type": attachment["type"], "payload": {}}]}
    pictures = line.view.get("album") or [line.view["media"]] if "media" in line.view or "album" in line.view else []
    return {"attachments": [{"type": _type(picture), "payload": _payload(picture, files)} for picture in pictures]}


def _template(payload: Json) -> Json:
    """A button template comes with its text as title, a generic one with its elements beneath its own name."""
    shown = {key: value for key, value in payload.items() if key != "text"}
    return {"attachments": [{"type": "template", "title": payload.get("text", ""), "payload": shown}]}


def _type(picture: Json) -> Any:
    return "file" if picture["kind"] == "document" else picture["kind"]


def _payload(picture: Json, files: Files) -> Json:
    if "file_id" not in picture:
        return {"url": picture["link"]}
    payload: Json = {"url": files.address(picture["file_id"])}
    if picture.get("attachment_id"):
        payload["attachment_id"] = int(picture["attachment_id"])
    return payload

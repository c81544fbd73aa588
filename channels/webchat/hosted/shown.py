"""What the window shows: messages, cut down to what concerns a visitor, and the account's looks and words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from channels.contract import Json
from channels.hosting import History, Host, HostedAccount, Visitor
from channels.kit.tolerant import items, obj, objects, text
from channels.webchat import settings
from channels.webchat.capabilities import UPLOADS
from channels.webchat.words import WORDS

_LINKS = ("https", "http", "tel", "mailto")


def history_frame(host: Host, visitor: Visitor, history: History) -> Json:
    return {
        "type": "history",
        "messages": [message(host, visitor, one) for one in history.messages],
        "reset": history.reset,
        "read": history.read_id,
    }


def message(host: Host, visitor: Visitor, said: Json) -> Json:
    """Return a message of the API as the window shows it.

    `cid` is the window's own id of what was written in this browser; `ref` names the message in an answer to it.
    """
    external_id, mine, content = text(said["external_id"]), said["direction"] == "inbound", obj(said["content"])
    own, _, cid = external_id.partition(":")
    shown = {
        "id": said["id"],
        "cid": cid if mine and own == visitor.name else "",
        "ref": external_id,
        "mine": mine,
        "kind": said["kind"],
        "text": said["text"],
        "at": said["position_at"],
        "read": said["status"] == "read",
        "edited": said["edited_at"] is not None,
        "deleted": said["deleted_at"] is not None,
        "reply": _quote(said["reply_to"]),
        "files": [_file(host, one) for one in said["attachments"] if one["state"] == "ready"],
        "reactions": [one["emoji"] for one in said["reactions"] if one["emoji"]],
    }
    return shown | _parts(said["kind"], content)


def _quote(target: Json | None) -> Json | None:
    if target is None:
        return None
    return {"mine": target["direction"] == "inbound", "kind": target["kind"], "text": target["text"]}


def _file(host: Host, attachment: Json) -> Json:
    return {
        "path": host.file_path(attachment["id"]),
        "mime": attachment["mime"],
        "name": attachment["filename"],
        "size": attachment["size_bytes"],
        "voice": attachment["voice"],
    }


def _parts(kind: str, content: Json) -> Json:
    """Return what a kind has beside its text; addresses only of schemes that a page may open."""
    match kind:
        case "buttons":
            return {"buttons": _buttons(content)}
        case "list":
            return {"button": text(content.get("button")), "sections": items(content.get("sections"))}
        case "cards":
            return {"cards": [_card(one) for one in objects(content.get("cards"))]}
        case "location":
            return {"place": {name: content.get(name) for name in ("latitude", "longitude", "name", "address")}}
        case "form_reply":
            return {"values": {label: text(value) for label, value in obj(content.get("values")).items()}}
    return {}


def _card(card: Json) -> Json:
    return {
        "title": text(card.get("title")),
        "subtitle": text(card.get("subtitle")),
        "image": link(card.get("image_url")),
        "url": link(card.get("url")),
        "buttons": _buttons(card),
    }


def _buttons(content: Json) -> list[Json]:
    return [
        {"id": text(one.get("id")), "title": text(one.get("title")), "url": link(one.get("url"))}
        for one in objects(content.get("buttons"))
    ]


def link(value: object) -> str:
    """Return an address that a page may lead to, or ""."""
    address = text(value)
    try:
        return address if urlsplit(address).scheme in _LINKS else ""
    except ValueError:
        return ""


def looks(account: HostedAccount, host: Host, language: str, now: datetime) -> Json:
    """Return what a page needs before anybody has a session. Nothing of it is secret."""
    said = account.settings
    translate = host.words(language)
    words = {name: translate(english) for name, english in WORDS.items()}
    is_open = settings.is_open(said, now, host.time_zone)
    return {
        "language": language,
        "title": settings.in_language(said, "title", language) or account.name,
        "greeting": settings.in_language(said, "greeting", language) or words["greeting"],
        "away": "" if is_open else settings.in_language(said, "away", language) or words["away"],
        **{name: settings.setting(said, name) for name in ("colour", "theme", "position")},
        "questions": [_question(one, words) for one in settings.questions(said)],
        "consent": _consent(said, language),
        "uploads": _uploads(said),
        "whatsapp": bool(settings.setting(said, "whatsapp_number")),
        "words": words,
    }


def _question(asked: Json, words: Mapping[str, str]) -> Json:
    return asked | {"label": asked["label"] or words.get(asked["kind"], asked["name"])}


def _consent(said: Mapping[str, Any], language: str) -> Json | None:
    wording = settings.in_language(said, "consent", language)
    return {"text": wording, "url": text(said.get("consent_url"))} if wording else None


def _uploads(said: Mapping[str, Any]) -> Json | None:
    if not settings.setting(said, "uploads"):
        return None
    return {"accept": sorted(UPLOADS), "max_mib": settings.setting(said, "upload_max_mib")}


def language_of(tag: str) -> str:
    """Return the language of ours that a language tag asks for: zh-TW, zh-HK and zh-MO read Traditional Chinese."""
    primary, *rest = tag.lower().split("-")
    if primary != "zh":
        return "en"
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(rest) else "zh-Hans"

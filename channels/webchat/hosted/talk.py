"""What a visitor's page says: words {type, …}, by the socket or, where that is blocked, by POST. Each is checked and passed on.

message {client_id, kind: text|file|button|row, text, file, id, title, description, reply_to} · form {client_id, values, agreed} ·
seen {status: delivered|read, id} · typing · page {page}
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from channels.contract import Json
from channels.hosting import Guest, Host, HostedAccount, Refused, Visitor
from channels.kit.tolerant import obj, text
from channels.webchat import settings
from channels.webchat.inbound import PRODUCT_FIELDS
from channels.webchat.people import told

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_TEXT = 4000
_LONGEST_ANSWER = 500
_LONGEST_ADDRESS = 1000
_LONGEST_REF = 200
_STATUSES = ("delivered", "read")
_FACTS = ("name", "email", "phone")


@dataclass(frozen=True, slots=True)
class Talk:
    """One visitor talking to one account, from one address."""

    host: Host
    account: HostedAccount
    visitor: Visitor
    address: str

    async def take(self, word: Json) -> Json:
        """Do what a word says; return the answer to it. Raises Refused."""
        act = _ACTS.get(text(word.get("type")))
        if act is None:
            raise Refused(422, "word_unknown")
        return await act(self, word)

    async def receive(self, kind: str, words: Json) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        await self.host.receive(self.visitor, {"kind": kind, "at": now, "from": told(self.visitor), **words})

    async def limit(self, action: str) -> None:
        await self.host.limit(action, visitor=self.visitor.session_id, address=self.address)


async def _message(talk: Talk, word: Json) -> Json:
    client_id = _client_id(word)
    await talk.limit("message")
    if needs_form(talk.account) and not await talk.host.is_known(talk.visitor):
        raise Refused(403, "form_missing")
    said = await _said(talk, word) | {
        "reply_to": text(word.get("reply_to"))[:_LONGEST_REF],
        "page": page_of(word.get("page")),
    }
    await talk.receive("message", {"id": f"{talk.visitor.name}:{client_id}", "message": said})
    return {"type": "ack", "client_id": client_id}


async def _said(talk: Talk, word: Json) -> Json:
    match word.get("kind"):
        case "text":
            return {"kind": "text", "text": _text(word.get("text"), "text_missing")}
        case "button":
            return _choice("button_reply", word)
        case "row":
            return _choice("list_reply", word) | {"description": clean(word.get("description"), _LONGEST_ANSWER)}
        case "file":
            if not settings.setting(talk.account.settings, "uploads"):
                raise Refused(403, "uploads_off")
            file = await talk.host.uploaded(talk.visitor, text(word.get("file")))
            caption = clean(word.get("text"), _LONGEST_TEXT)
            return {"kind": kind_of(file["mime"]), "text": caption, "file": file | {"voice": word.get("voice") is True}}
    raise Refused(422, "kind_unknown")


def _choice(kind: str, word: Json) -> Json:
    return {
        "kind": kind,
        "id": clean(word.get("id"), _LONGEST_ANSWER),
        "title": _text(word.get("title"), "title_missing"),
    }


def kind_of(mime: str) -> str:
    """Return the kind of message that carries a file."""
    family = mime.partition("/")[0]
    return family if family in ("image", "video", "audio") else "document"


async def _form(talk: Talk, word: Json) -> Json:
    """Take the answers to the form before the chat. What is required, and the consent, must be there."""
    client_id = _client_id(word)
    await talk.limit("message")
    given, asked = obj(word.get("values")), settings.questions(talk.account.settings)
    answers = {one["name"]: clean(given.get(one["name"]), _LONGEST_ANSWER).strip() for one in asked}
    if any(one["required"] and not answers[one["name"]] for one in asked):
        raise Refused(422, "answer_missing")
    wording = settings.in_language(talk.account.settings, "consent", talk.visitor.language)
    if wording and word.get("agreed") is not True:
        raise Refused(422, "consent_missing")
    facts = {one["kind"]: answers[one["name"]] for one in asked if one["kind"] in _FACTS and answers[one["name"]]}
    visitor = await talk.host.recognise(talk.visitor, Guest(talk.visitor.language, facts=facts))
    labels = _labels(talk, asked)
    values = {labels[name]: answer for name, answer in answers.items() if answer}
    consent = {"granted": True, "text": wording} if wording else {}
    said = {
        "id": f"{visitor.name}:{client_id}",
        "values": values,
        "consent": consent,
        "page": page_of(word.get("page")),
    }
    if values or consent:
        await replace(talk, visitor=visitor).receive("form", said)
    return {"type": "ack", "client_id": client_id}


def _labels(talk: Talk, asked: list[Json]) -> Mapping[str, str]:
    """Name the answers as the agent reads them."""
    return {one["name"]: one["label"] or settings.QUESTION_KINDS[one["kind"]] for one in asked}


def needs_form(account: HostedAccount) -> bool:
    """Is there anything to be asked before the first message?"""
    asked = settings.questions(account.settings)
    return bool(asked) or bool(settings.in_language(account.settings, "consent", "en"))


async def _seen(talk: Talk, word: Json) -> Json:
    await talk.limit("word")
    status = word.get("status")
    if status not in _STATUSES:
        raise Refused(422, "status_unknown")
    until = await talk.host.position_of(talk.visitor, text(word.get("id")))
    if until:
        await talk.receive("seen", {"status": status, "until": until})
    return {"type": "ok"}


async def _typing(talk: Talk, word: Json) -> Json:
    await talk.limit("word")
    await talk.host.type(talk.visitor)
    return {"type": "ok"}


async def _page(talk: Talk, word: Json) -> Json:
    await talk.limit("word")
    page = page_of(word.get("page"))
    if page:
        await talk.host.look(talk.visitor, page)
    return {"type": "ok"}


async def _ping(talk: Talk, word: Json) -> Json:
    return {"type": "pong"}


_ACTS: Mapping[str, Callable[[Talk, Json], Awaitable[Json]]] = {
    "message": _message,
    "form": _form,
    "seen": _seen,
    "typing": _typing,
    "page": _page,
    "ping": _ping,
}


def page_of(value: object) -> Json:
    """Return {url, title, product?} of what a page tells of itself; its address without the part after #."""
    page = obj(value)
    product = {name: clean(obj(page.get("product")).get(name), _LONGEST_ANSWER) for name in PRODUCT_FIELDS}
    product |= {name: _address(product[name]) for name in ("image_url", "url")}
    product = {name: said for name, said in product.items() if said}
    found: Json = {"url": _address(page.get("url")), "title": clean(page.get("title"), _LONGEST_ANSWER)}
    if product:
        found["product"] = product
    return {name: said for name, said in found.items() if said}


def _address(value: object) -> str:
    address = clean(value, _LONGEST_ADDRESS)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address.partition("#")[0] if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""


def clean(value: object, most: int) -> str:
    """Return a text that can be stored, cut to `most` characters."""
    return _UNSTORABLE.sub("\ufffd", text(value))[:most]


def _client_id(word: Json) -> str:
    found = text(word.get("client_id"))
    if not _CLIENT_ID.fullmatch(found):
        raise Refused(422, "client_id_invalid")
    return found


def _text(value: object, code: str) -> str:
    said = clean(value, _LONGEST_TEXT + 1)
    if not said.strip():
        raise Refused(422, code)
    if len(said) > _LONGEST_TEXT:
        raise Refused(422, "text_too_long")
    return said

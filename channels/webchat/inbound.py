"""Let the host's deliveries in: they are signed with a key of the account's, so that a replay proves them again.

A body is one JSON object: `{"kind", "id", "at", "from": {visitor, user?, name?, language?, phone?}, …}`, see tests/channels/webchat/fixtures.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from channels.contract import (
    Body,
    ConsentChanged,
    Credentials,
    Delivery,
    HttpAnswer,
    IdentityChanged,
    InboundEvent,
    InboundKind,
    Json,
    MediaRef,
    MessageReceived,
    Opened,
    PayloadMalformed,
    Person,
    SignatureInvalid,
    Unrecognised,
    WatermarkMoved,
)
from channels.hosting import SIGNATURE, SIGNING_KEY, signature
from channels.kit.events import event_key
from channels.kit.payload import read_payload
from channels.kit.tolerant import identifier, integer, kept, obj, text, without_empty
from channels.webchat.people import person_of, visitor_of

_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)
_FILES: Mapping[str, InboundKind] = {"image": "image", "video": "video", "audio": "audio", "document": "document"}
_CHOICES: Mapping[str, InboundKind] = {"button_reply": "button_reply", "list_reply": "list_reply"}
MOST_ANSWERS = 10


def open_delivery(delivery: Delivery, credentials: Credentials) -> Opened:
    """Verify the raw bytes. Raises SignatureInvalid; nobody outside has a key."""
    key = credentials.get(SIGNING_KEY, "")
    shown = delivery.headers.get(SIGNATURE, "")
    if not key or not hmac.compare_digest(signature(delivery.raw, key).encode(), shown.encode("utf-8", "replace")):
        raise SignatureInvalid
    return Opened(delivery, delivery.raw)


def acknowledge(opened: Opened) -> HttpAnswer:
    return HttpAnswer()


def parse(opened: Opened) -> list[InboundEvent]:
    """Return the events in order. Raises PayloadMalformed when the body is none of the host's."""
    payload = read_payload(opened.body)
    received_at = opened.delivery.received_at
    at = _moment(payload.get("at"), received_at)
    person = person_of(payload.get("from"))
    if person is None:
        raise PayloadMalformed("nobody is named")
    read = _READERS.get(text(payload.get("kind")))
    found = read(payload, person, at) if read else None
    if found is None:
        key = event_key(kept(payload))
        return [Unrecognised(account="", occurred_at=at, event_key=key, field="kind", raw=kept(payload))]
    return found


def _message(payload: Json, person: Person, at: datetime) -> list[InboundEvent] | None:
    external_id = identifier(payload.get("id"))
    if not external_id:
        return None
    said = obj(payload.get("message"))
    return [
        MessageReceived(
            account="",
            occurred_at=at,
            external_id=external_id,
            sender=person,
            body=_body(said),
            reply_to=identifier(said.get("reply_to")),
        )
    ]


def _body(said: Json) -> Body:
    """Return what a visitor said; every kind also says on which page."""
    kind, words = text(said.get("kind")), text(said.get("text"))
    page = _page(said.get("page"))
    if kind == "text" and words.strip():
        return Body("text", words, page)
    if kind in _CHOICES and text(said.get("title")):
        content = without_empty({name: text(said.get(name)) for name in ("id", "title", "description")})
        return Body(_CHOICES[kind], content["title"], content | page)
    if kind in _FILES and (file := _file(said.get("file"))):
        return Body(_FILES[kind], words, page, (file,))
    return Body("unsupported", "", {"kind": kind, "raw": kept(said)} | page)


def _page(value: object) -> Json:
    """Return {page: {url, title, product?: {id, name, price, image_url, url}}}, or {} where the visitor's page was not told."""
    page = obj(value)
    product = without_empty({name: text(obj(page.get("product")).get(name)) for name in PRODUCT_FIELDS})
    found = without_empty({"url": text(page.get("url")), "title": text(page.get("title")), "product": product})
    return {"page": found} if found else {}


PRODUCT_FIELDS = ("id", "name", "price", "image_url", "url")


def _file(value: object) -> MediaRef | None:
    file = obj(value)
    external_id = identifier(file.get("id"))
    if not external_id:
        return None
    size = integer(file.get("size_bytes"))
    return MediaRef(
        external_id,
        mime=text(file.get("mime")),
        filename=text(file.get("filename")),
        size_bytes=size if size is not None and size >= 0 else None,
        voice=file.get("voice") is True,
    )


def _form(payload: Json, person: Person, at: datetime) -> list[InboundEvent] | None:
    """The form before the chat: what was filled in, as a line of the thread, and the consent that was given with it."""
    external_id = identifier(payload.get("id"))
    if not external_id:
        return None
    events: list[InboundEvent] = []
    values = {
        label: text(value) for label, value in list(obj(payload.get("values")).items())[:MOST_ANSWERS] if text(value)
    }
    if values:
        body = Body("form_reply", content={"name": "pre_chat", "values": values} | _page(payload.get("page")))
        events.append(MessageReceived(account="", occurred_at=at, external_id=external_id, sender=person, body=body))
    consent = obj(payload.get("consent"))
    if isinstance(consent.get("granted"), bool):
        events.append(
            ConsentChanged(
                account="",
                occurred_at=at,
                event_key=event_key(external_id, "consent"),
                person=person,
                purpose="service",
                granted=consent["granted"],
                source="web_chat",
                detail=text(consent.get("text")),
            )
        )
    return events or None


def _seen(payload: Json, person: Person, at: datetime) -> list[InboundEvent] | None:
    status, until = text(payload.get("status")), _time(payload.get("until"))
    if until is None or until < _EARLIEST:
        return None
    if status == "read":
        return [WatermarkMoved(account="", occurred_at=at, person=person, status="read", until=until)]
    if status == "delivered":
        return [WatermarkMoved(account="", occurred_at=at, person=person, status="delivered", until=until)]
    return None


def _identified(payload: Json, person: Person, at: datetime) -> list[InboundEvent] | None:
    """A visitor who wrote without a name has logged in."""
    before = visitor_of(payload.get("from"))
    if before is None or person.keys[0].kind != "shop_user":
        return None
    key = event_key(before.keys[0].value, person.keys[0].value)
    return [
        IdentityChanged(
            account="",
            occurred_at=at,
            event_key=key,
            before=before,
            after=person,
            code="logged_in",
            external_id=f"login:{key}",
        )
    ]


_READERS: dict[str, Callable[[Json, Person, datetime], list[InboundEvent] | None]] = {
    "message": _message,
    "form": _form,
    "seen": _seen,
    "identified": _identified,
}


def _moment(value: object, otherwise: datetime) -> datetime:
    found = _time(value)
    return found if found is not None and _EARLIEST <= found <= otherwise else otherwise


def _time(value: object) -> datetime | None:
    """Return RFC 3339 as aware UTC; None for anything else, also for a time that no calendar has in UTC."""
    try:
        found = datetime.fromisoformat(text(value))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None

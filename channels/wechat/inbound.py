"""Let WeChat's deliveries in: prove where they come from, decrypt them, read them into events, answer them.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/ (read Nov 2026), WeCom https://developer.work.weixin.qq.com/document/path/94670.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from channels.contract import (
    Credentials,
    Delivery,
    HttpAnswer,
    InboundEvent,
    Json,
    Opened,
    PassiveReply,
    PayloadMalformed,
    SignatureInvalid,
    UpdatesWaiting,
)
from channels.kit.events import event_key
from channels.kit.payload import read_payload
from channels.kit.tolerant import identifier, moment, text
from channels.wechat import passive
from channels.wechat.crypto import Box, is_signed
from channels.wechat.events import event_events
from channels.wechat.messages import message_event
from channels.wechat.unknown import unrecognised
from channels.wechat.xml import read_xml

PLAIN = "plain"
MODES = ("safe", "compatible", PLAIN)
_ANSWERABLE_EVENTS = frozenset(("subscribe", "scan", "click", "scancode_waitmsg", "user_enter_tempsession"))


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a delivery came: what it says, and the keys with which an answer goes back. `box` None = in plain text."""

    payload: Json
    token: str = field(default="", repr=False)
    box: Box | None = None


def open_delivery(delivery: Delivery, credentials: Credentials) -> Opened:
    """Verify and decrypt a delivery, or a handshake. Raises SignatureInvalid.

    `signature` proves only that the sender knows the token; `msg_signature` also covers the ciphertext. So an account with a key takes
    nothing unencrypted, except when its mode is plain. In compatible mode the unencrypted copy beside the ciphertext is not looked at.
    """
    query = _query(delivery.query)
    token = credentials.get("token", "")
    known_by = [name for name in ("signature", "msg_signature") if name in query]
    if not known_by:
        raise SignatureInvalid("the delivery has no signature")
    if "signature" in query and not is_signed(query["signature"], token, query["timestamp"], query["nonce"]):
        raise SignatureInvalid("signature does not match")
    if delivery.method == "GET":
        return Opened(delivery, b"", _challenge(query, credentials))
    key = credentials.get("encoding_aes_key", "")
    if not key or (credentials.get("mode") == PLAIN and "msg_signature" not in query):
        return _opened(delivery, delivery.raw, Envelope(_read_or_nothing(delivery.raw)), query)
    box = Box.of(key, credentials.get("app_id", ""))
    body = _decrypted(text(_outer(delivery.raw).get("Encrypt")), query, token, box)
    return _opened(delivery, body, Envelope(_read_or_nothing(body), token, box), query)


def parse(opened: Opened) -> list[InboundEvent]:
    """Return the events of a payload, in order. Raises PayloadMalformed, nothing else, when it is neither XML nor a JSON object."""
    if opened.challenge is not None:
        return []
    payload = read(opened.body)
    received_at = opened.delivery.received_at
    kind = text(payload.get("MsgType")).lower()
    if text(payload.get("Event")).lower() == "kf_msg_or_event":
        return [_waiting(payload, opened)]
    account = identifier(payload.get("ToUserName"))
    if kind == "event" or (not kind and "Event" in payload):
        return list(event_events(payload, account, received_at))
    if not kind:
        return [unrecognised("payload", payload, account, moment(payload.get("CreateTime"), received_at))]
    return [message_event(payload, account, received_at)]


def acknowledge(opened: Opened, results: Sequence[PassiveReply | HttpAnswer]) -> HttpAnswer:
    """Answer a handshake with its challenge, anything else with an automatic reply or `success`, which stops the platform's repeats.

    Raises MessageInvalid for a reply that cannot go this way.
    """
    if opened.challenge is not None:
        return HttpAnswer(body=opened.challenge.encode("utf-8", "replace"))
    for result in results:
        if isinstance(result, HttpAnswer):
            return result
        envelope = opened.envelope
        if opened.takes_reply and isinstance(envelope, Envelope):
            return passive.answer(result, envelope.payload, envelope.token, envelope.box)
    return HttpAnswer(body=b"success")


def read(body: bytes) -> Json:
    """Read XML or, as newer consoles can send it, JSON. Raises PayloadMalformed."""
    return read_payload(body) if body.lstrip()[:1] == b"{" else read_xml(body)


def _query(raw: str) -> Mapping[str, str]:
    try:
        found = dict(parse_qsl(raw, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise SignatureInvalid("the query has too many fields") from error
    return {"timestamp": "", "nonce": "", **found}


def _challenge(query: Mapping[str, str], credentials: Credentials) -> str:
    """Return what a handshake wants to hear. WeCom encrypts it; a `+` in it may have become a space."""
    said = query.get("echostr", "")
    if "signature" in query:
        return said
    box = Box.of(credentials.get("encoding_aes_key", ""), credentials.get("app_id", ""))
    plain = _decrypted(said.replace(" ", "+"), query, credentials.get("token", ""), box)
    return plain.decode("utf-8", "replace")


def _decrypted(encrypted: str, query: Mapping[str, str], token: str, box: Box) -> bytes:
    if not is_signed(query.get("msg_signature", ""), token, query["timestamp"], query["nonce"], encrypted):
        raise SignatureInvalid("msg_signature does not match")
    return box.decrypt(encrypted)


def _outer(raw: bytes) -> Json:
    """Read the envelope around a ciphertext, of which nothing is proven yet."""
    try:
        return read(raw)
    except PayloadMalformed as error:
        raise SignatureInvalid("the body is no envelope") from error


def _read_or_nothing(body: bytes) -> Json:
    """Read what is proven; what cannot be read is `parse`'s to refuse."""
    try:
        return read(body)
    except PayloadMalformed:
        return {}


def _opened(delivery: Delivery, body: bytes, envelope: Envelope, query: Mapping[str, str]) -> Opened:
    payload = envelope.payload
    kind, event = text(payload.get("MsgType")).lower(), text(payload.get("Event")).lower()
    takes_reply = bool(payload.get("FromUserName")) and (event in _ANSWERABLE_EVENTS if kind == "event" else bool(kind))
    return Opened(delivery, body, takes_reply=takes_reply and "signature" in query, envelope=envelope)


def _waiting(payload: Json, opened: Opened) -> UpdatesWaiting:
    """Read WeCom's hint: it names the customer service account, and a token with which to fetch, for 10 minutes."""
    account, token = identifier(payload.get("OpenKfId")), identifier(payload.get("Token"))
    return UpdatesWaiting(
        account=account,
        occurred_at=moment(payload.get("CreateTime"), opened.delivery.received_at),
        event_key=event_key(account, "updates", token),
        token=token,
    )

"""Turn event objects of Messenger and Instagram into events: one reader for each member that tells them apart.

Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events (1 Jun 2026).
Examples: tests/channels/messenger/fixtures/, tests/channels/instagram/fixtures/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from channels.contract import (
    Body,
    ConsentChanged,
    InboundEvent,
    Json,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
    StatusChanged,
    WatermarkMoved,
)
from channels.kit.messaging import control
from channels.kit.messaging.bodies import body_of, referral_content
from channels.kit.messaging.envelope import Item, ItemReader
from channels.kit.orders import order_content, order_line
from channels.kit.tolerant import identifier, integer, items, kept, moment, obj, objects, text, without_empty


def _message(item: Item) -> Iterator[InboundEvent]:
    message = obj(item.raw.get("message"))
    mid = identifier(message.get("mid"))
    if not mid or item.person is None:
        return
    if message.get("is_deleted") is True:
        yield MessageDeleted(**item.unnamed("deleted", mid), target=mid, person=item.person, ours=item.ours)
        return
    body = body_of(message, item.occurred_at, shares_are_files=item.shares_are_files)
    target = identifier(obj(message.get("reply_to")).get("mid"))
    if not item.ours:
        yield _received(item, item.person, mid, body, reply_to=target)
        return
    yield MessageEchoed(
        account=item.account,
        occurred_at=item.occurred_at,
        external_id=mid,
        recipient=item.person,
        body=body,
        reply_to=target,
        callback=identifier(message.get("metadata")),
    )


def _edit(item: Item) -> Iterator[InboundEvent]:
    """Read a new wording. The message itself may never have come."""
    edit = obj(item.raw.get("message_edit"))
    mid, said = identifier(edit.get("mid")), text(edit.get("text"))
    if mid and said and item.person:
        base = item.unnamed("edited", mid, text(edit.get("num_edit")))
        yield MessageEdited(**base, target=mid, body=Body("text", said), person=item.person, ours=item.ours)


def _reaction(item: Item) -> Iterator[InboundEvent]:
    """Read `{"mid", "action": "react", "reaction": "love", "emoji": "❤"}`; name and emoji may both be missing."""
    reaction = obj(item.raw.get("reaction"))
    mid, action = identifier(reaction.get("mid")), text(reaction.get("action"))
    if not mid or item.person is None or action not in ("react", "unreact"):
        return
    emoji = text(reaction.get("emoji")) or _REACTIONS.get(text(reaction.get("reaction")), _OTHER_REACTION)
    yield ReactionChanged(
        **item.unnamed("reaction", mid, action, emoji),
        target=mid,
        emoji=emoji if action == "react" else None,
        person=item.person,
        ours=item.ours,
    )


def _postback(item: Item) -> Iterator[InboundEvent]:
    """Read a tap on a button, menu item or ice breaker. In standby the payload is withheld."""
    postback = item.raw.get("postback")
    if not isinstance(postback, dict) or item.person is None:
        return
    title, payload = text(postback.get("title")), text(postback.get("payload"))
    content = without_empty({"id": payload, "title": title}) | referral_content(obj(postback.get("referral")))
    external_id = identifier(postback.get("mid")) or _made_id(item, "postback", title, payload)
    target = identifier(obj(postback.get("reply_to")).get("mid"))
    yield _received(item, item.person, external_id, Body("postback", title or payload, content), reply_to=target)


def _referral(item: Item) -> Iterator[InboundEvent]:
    """Read a click that led into an existing thread. It says nothing, yet it lets us write."""
    content = referral_content(obj(item.raw.get("referral")))
    if content and item.person:
        yield _received(item, item.person, _made_id(item, "referral", content), Body("referral", content=content))


def _optin(item: Item) -> Iterator[InboundEvent]:
    optin = obj(item.raw.get("optin"))
    if not optin or item.person is None:
        return
    purpose = _OPTINS.get(text(optin.get("type")))
    if purpose:
        yield _consent(item, item.person, optin, purpose)
        return
    ref = text(optin.get("ref"))
    content = {"referral": without_empty({"source_type": text(optin.get("type")) or "plugin", "ref": ref})}
    yield _received(item, item.person, _made_id(item, "optin", ref), Body("referral", content=content))


def _consent(item: Item, person: Person, optin: Json, purpose: str) -> ConsentChanged:
    status = text(optin.get("notification_messages_status")).upper()
    token_status = text(optin.get("user_token_status")).upper()
    data = {
        "token": text(optin.get("notification_messages_token")) or text(optin.get("one_time_notif_token")),
        "frequency": text(optin.get("notification_messages_frequency")).lower(),
        "time_zone": text(optin.get("notification_messages_timezone")),
        "expires_at_ms": integer(optin.get("token_expiry_timestamp")),
        "token_status": token_status.lower(),
        "title": text(optin.get("title")),
        "payload": text(optin.get("payload")),
    }
    return ConsentChanged(
        **item.unnamed("optin", kept(optin)),
        person=person,
        purpose=purpose,
        granted=not status.startswith("STOP"),
        source="platform",
        detail=status.lower(),
        data=without_empty(data),
    )


def _delivery(item: Item) -> Iterator[InboundEvent]:
    """Read `{"mids": [...], "watermark": ms}`: everything before the watermark is delivered, whether named or not."""
    delivery = obj(item.raw.get("delivery"))
    yield from _watermark(item, "delivered", delivery)
    if integer(delivery.get("watermark")) is None:
        for mid in items(delivery.get("mids")):
            yield from _status(item, "delivered", mid)


def _read(item: Item) -> Iterator[InboundEvent]:
    """Read `{"watermark": ms}` of Messenger, or `{"mid"}` of Instagram: who has seen that message has seen those before it too."""
    read = obj(item.raw.get("read"))
    if identifier(read.get("mid")):
        yield from _status(item, "read", read.get("mid"))
        read = {"watermark": item.raw.get("timestamp")}
    yield from _watermark(item, "read", read)


def _watermark(item: Item, status: Literal["delivered", "read"], raw: Json) -> Iterator[InboundEvent]:
    told = integer(raw.get("watermark"))
    if told is not None and item.person:
        until = moment(told, item.occurred_at)
        yield WatermarkMoved(**item.unnamed(status, told), person=item.person, status=status, until=until)


def _status(item: Item, status: Literal["delivered", "read"], mid: object) -> Iterator[InboundEvent]:
    external_id = identifier(mid)
    if external_id:
        yield StatusChanged(
            account=item.account,
            occurred_at=item.occurred_at,
            external_id=external_id,
            status=status,
            recipient=item.person,
        )


def _order(item: Item) -> Iterator[InboundEvent]:
    """Read a cart that the customer sent: `{"products": [{"id", "retailer_id", "unit_price", "currency", "quantity"}], "note"}`."""
    order = obj(item.raw.get("order"))
    products = objects(order.get("products"))
    if not products or len(products) != len(items(order.get("products"))) or item.person is None:
        return
    lines = [
        order_line(
            product_id=identifier(each.get("retailer_id")) or identifier(each.get("id")),
            quantity=each.get("quantity"),
            price=each.get("unit_price"),
            currency=each.get("currency"),
        )
        for each in products
    ]
    body = Body("order", text(order.get("note")), order_content("", lines))
    yield _received(item, item.person, _made_id(item, "order", kept(order)), body)


def _account_linking(item: Item) -> Iterator[InboundEvent]:
    """Read that a person joined or parted their account in our shop: `{"status": "linked", "authorization_code"}`."""
    linking = obj(item.raw.get("account_linking"))
    status = text(linking.get("status"))
    if status in ("linked", "unlinked"):
        params = without_empty({"authorization_code": text(linking.get("authorization_code"))})
        yield from _system(item, f"account_{status}", params)


def _feedback(item: Item) -> Iterator[InboundEvent]:
    feedback = obj(item.raw.get("response_feedback"))
    found = text(feedback.get("feedback"))
    if found:
        yield from _system(item, "response_feedback", {"feedback": found}, reply_to=identifier(feedback.get("mid")))


def _game(item: Item) -> Iterator[InboundEvent]:
    game = obj(item.raw.get("game_play"))
    if game:
        names = ("game_id", "context_type", "score", "payload")
        yield from _system(item, "game_played", without_empty({name: text(game.get(name)) for name in names}))


def _system(item: Item, code: str, params: Json, *, reply_to: str = "") -> Iterator[InboundEvent]:
    if item.person:
        body = Body("system", content={"code": code, "params": params})
        external_id = _made_id(item, code, params, reply_to)
        yield _received(item, item.person, external_id, body, reply_to=reply_to, opens_window=False)


def _received(
    item: Item, sender: Person, external_id: str, body: Body, *, reply_to: str = "", opens_window: bool = True
) -> MessageReceived:
    return MessageReceived(
        account=item.account,
        occurred_at=item.occurred_at,
        external_id=external_id,
        sender=sender,
        body=body,
        reply_to=reply_to,
        opens_window=opens_window,
        standby=item.standby,
    )


def _made_id(item: Item, what: str, *parts: object) -> str:
    """Return an id for a message that the platform gives none; a repeat has the same."""
    return f"{what}:{item.key(what, *parts)}"


_OTHER_REACTION = "❔"
_REACTIONS: Mapping[str, str] = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "laugh": "😆",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
}
_OPTINS = {"notification_messages": "marketing", "one_time_notif_req": "one_time_notification"}

READERS: Mapping[str, ItemReader] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "postback": _postback,
    "referral": _referral,
    "optin": _optin,
    "delivery": _delivery,
    "read": _read,
    "order": _order,
    "account_linking": _account_linking,
    "response_feedback": _feedback,
    "game_play": _game,
    **control.READERS,
}

"""Turn `messages[]` of one payload value into events: what customers write, react, edit, revoke, and what becomes of them.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages (read Mar 2026).
Example: tests/channels/whatsapp/fixtures/text.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from channels.contract import (
    Body,
    ConsentChanged,
    IdentityChanged,
    InboundEvent,
    Json,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
    Unrecognised,
    WindowOpened,
)
from channels.kit.events import event_key
from channels.kit.tolerant import identifier, kept, moment, obj, text
from channels.whatsapp.bodies import body_of
from channels.whatsapp.people import Contacts, person


class Message(NamedTuple):
    """One message object with what every reader of it needs. `ours`: our side wrote it; `person` is always the customer."""

    raw: Json
    external_id: str
    account: str
    occurred_at: datetime
    person: Person
    ours: bool = False


def message_events(raw: Json, account: str, contacts: Contacts, received_at: datetime) -> Iterator[InboundEvent]:
    """Yield what one element of `messages[]` means; usually one event."""
    occurred_at = moment(raw.get("timestamp"), received_at)
    external_id = identifier(raw.get("id"))
    sender = person(
        contacts,
        phone=raw.get("from"),
        user_id=raw.get("from_user_id"),
        parent_ids=(raw.get("from_parent_user_id"),),
    )
    if not external_id or sender is None:
        yield unrecognised("messages", raw, account, occurred_at)
        return
    message = Message(raw, external_id, account, occurred_at, sender)
    read = _SPECIAL.get(text(raw.get("type")))
    event = read(message) if read else None
    if event:
        yield event
        return
    yield _received(message)
    yield from _call_consent(message)


def change_of(message: Message) -> InboundEvent | None:
    """Return the reaction, edit or deletion that a message object is; None when it is none, or a broken one."""
    read = _CHANGES.get(text(message.raw.get("type")))
    return read(message) if read else None


def unrecognised(field: str, raw: object, account: str, occurred_at: datetime) -> Unrecognised:
    """Keep a part that nobody knows."""
    safe = kept(raw)
    return Unrecognised(
        account=account, occurred_at=occurred_at, event_key=event_key(account, field, safe), field=field, raw=safe
    )


def reply_target(raw: Json) -> str:
    """Return the id of the message that this one answers; it may be one we never saw."""
    context = raw.get("context")
    return identifier(context.get("id")) if isinstance(context, dict) else ""


def _received(message: Message) -> MessageReceived:
    body = body_of(message.raw)
    return MessageReceived(
        account=message.account,
        occurred_at=message.occurred_at,
        external_id=message.external_id,
        sender=message.person,
        body=body,
        reply_to=reply_target(message.raw),
        group=identifier(message.raw.get("group_id")),
        opens_window=not _is_automatic(body),
    )


def _is_automatic(body: Body) -> bool:
    return body.kind == "system" and obj(body.content.get("params")).get("source") == "automatic"


def _call_consent(message: Message) -> Iterator[ConsentChanged]:
    reply = obj(obj(message.raw.get("interactive")).get("call_permission_reply"))
    if reply.get("response") in ("accept", "reject"):
        yield ConsentChanged(
            account=message.account,
            occurred_at=message.occurred_at,
            event_key=event_key(message.account, "calls", message.external_id),
            person=message.person,
            purpose="calls",
            granted=reply["response"] == "accept",
            source="whatsapp",
            detail=text(reply.get("response_source")),
        )


def _reaction(message: Message) -> InboundEvent | None:
    reaction = obj(message.raw.get("reaction"))
    target = identifier(reaction.get("message_id"))
    if not target:
        return None
    return ReactionChanged(
        account=message.account,
        occurred_at=message.occurred_at,
        target=target,
        emoji=text(reaction.get("emoji")) or None,
        person=message.person,
        external_id=message.external_id,
        ours=message.ours,
    )


def _edit(message: Message) -> InboundEvent | None:
    edit = obj(message.raw.get("edit"))
    target = identifier(edit.get("original_message_id"))
    if not target or not isinstance(edit.get("message"), dict):
        return None
    return MessageEdited(
        account=message.account,
        occurred_at=message.occurred_at,
        target=target,
        body=body_of(edit["message"]),
        person=message.person,
        external_id=message.external_id,
        ours=message.ours,
    )


def _revoke(message: Message) -> InboundEvent | None:
    target = identifier(obj(message.raw.get("revoke")).get("original_message_id"))
    if not target:
        return None
    return MessageDeleted(
        account=message.account,
        occurred_at=message.occurred_at,
        target=target,
        person=message.person,
        external_id=message.external_id,
        ours=message.ours,
    )


def _welcome(message: Message) -> WindowOpened:
    return WindowOpened(
        account=message.account,
        occurred_at=message.occurred_at,
        person=message.person,
        code="chat_opened",
        external_id=message.external_id,
    )


def _system(message: Message) -> InboundEvent:
    """Read a change of number or id; other system messages are shown as a line. None of them is the customer writing."""
    system = obj(message.raw.get("system"))
    code = text(system.get("type")) or "unknown"
    after = person(
        {}, phone=system.get("wa_id"), user_id=system.get("user_id"), parent_ids=(system.get("parent_user_id"),)
    )
    if code.startswith("user_changed_") and after:
        return IdentityChanged(
            account=message.account,
            occurred_at=message.occurred_at,
            before=message.person,
            after=Person(after.keys, message.person.name, message.person.username, country=after.country),
            code=code,
            external_id=message.external_id,
        )
    said = text(system.get("body"))
    return MessageReceived(
        account=message.account,
        occurred_at=message.occurred_at,
        external_id=message.external_id,
        sender=message.person,
        body=Body("system", content={"code": code, "params": {"text": said} if said else {}}),
        opens_window=False,
    )


_CHANGES: dict[str, Callable[[Message], InboundEvent | None]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
}

_SPECIAL: dict[str, Callable[[Message], InboundEvent | None]] = {
    **_CHANGES,
    "request_welcome": _welcome,
    "system": _system,
}

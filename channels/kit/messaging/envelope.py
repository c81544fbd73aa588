"""Read the envelope that Messenger and Instagram share: entries, and in them `messaging`, `standby` and `changes`.

Source: https://developers.facebook.com/docs/messenger-platform/webhooks (5 May 2026).
Example: tests/channels/messenger/fixtures/text.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.contract import InboundEvent, Json, Key, Opened, PayloadMalformed, Person, Unrecognised
from channels.kit.events import event_key
from channels.kit.payload import read_payload
from channels.kit.tolerant import identifier, items, kept, moment, obj, text


@dataclass(frozen=True, slots=True)
class Item:
    """One event object with what every reader of it needs. `person` is always the customer, None when nobody is named.

    `ours`: our side did it. `standby`: another app has the thread. `shares_are_files`: see `bodies.body_of`.
    """

    raw: Json
    account: str
    occurred_at: datetime
    person: Person | None
    ours: bool
    standby: bool
    shares_are_files: bool

    def key(self, *parts: object) -> str:
        """Name an event by what came, never by when it arrived: a repeat has the same name."""
        keys = [key.value for key in self.person.keys] if self.person else []
        return event_key(self.account, keys, text(self.raw.get("timestamp")), *parts)

    def unnamed(self, *parts: object) -> dict[str, Any]:
        """Return what an event without an id of its own carries; `parts` tell it from others of the same moment."""
        return {"account": self.account, "occurred_at": self.occurred_at, "event_key": self.key(*parts)}


@dataclass(frozen=True, slots=True)
class Change:
    """One element of `changes`: its field and value, the account, the entry's `time` as it came and as read."""

    field: str
    value: Json
    account: str
    time: str
    occurred_at: datetime

    def key(self, *parts: object) -> str:
        return event_key(self.account, self.field, self.time, *parts)


ItemReader = Callable[[Item], Iterator[InboundEvent]]
ChangeReader = Callable[[Change], Iterator[InboundEvent]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """How one channel's deliveries differ: the webhook object, the kind of its person ids, and who reads what."""

    object: str
    person_kind: str
    shares_are_files: bool
    items: Mapping[str, ItemReader]
    changes: Mapping[str, ChangeReader]


def parse(opened: Opened, envelope: Envelope) -> list[InboundEvent]:
    """Return the events of every entry, in the payload's order; a broken part becomes Unrecognised.

    Raises PayloadMalformed, nothing else, when the body is no payload of this channel at all.
    """
    if opened.challenge is not None:
        return []
    payload = read_payload(opened.body)
    entries = payload.get("entry")
    if payload.get("object") != envelope.object or not isinstance(entries, list):
        raise PayloadMalformed(f"no payload of {envelope.object}")
    received_at = opened.delivery.received_at
    return [event for entry in entries for event in _entry_events(entry, envelope, received_at)]


def unrecognised(field: str, raw: object, account: str, occurred_at: datetime) -> Unrecognised:
    """Keep a part that nobody knows."""
    safe = kept(raw)
    return Unrecognised(
        account=account, occurred_at=occurred_at, event_key=event_key(account, field, safe), field=field, raw=safe
    )


def person_of(kind: str, party: Json, message: Json) -> Person | None:
    """Return the person whom `{"id"}` or `{"user_ref"}` names. A first message may say which `user_ref` wrote it."""
    prior = obj(message.get("prior_message"))
    named = {kind: party.get("id"), "user_ref": party.get("user_ref") or prior.get("identifier")}
    keys = tuple(Key("account", kind, value) for kind, found in named.items() if (value := identifier(found)))
    return Person(keys, username=text(party.get("username"))) if keys else None


def _entry_events(entry: object, envelope: Envelope, received_at: datetime) -> Iterator[InboundEvent]:
    raw = obj(entry)
    account = identifier(raw.get("id"))
    occurred_at = moment(raw.get("time"), received_at)
    parts = [(name, part) for name in ("messaging", "standby", "changes") for part in items(raw.get(name))]
    if not parts and text(raw.get("field")):
        parts = [("changes", raw)]
    if not parts:
        yield unrecognised("entry", entry, account, occurred_at)
    for name, part in parts:
        if not isinstance(part, dict):
            yield unrecognised(name, part, account, occurred_at)
        elif name == "changes":
            yield from _change_events(part, account, text(raw.get("time")), occurred_at, envelope)
        else:
            yield from _item_events(part, name, account, occurred_at, envelope)


def _item_events(
    raw: Json, name: str, account: str, received_at: datetime, envelope: Envelope
) -> Iterable[InboundEvent]:
    message, sender, recipient = obj(raw.get("message")), obj(raw.get("sender")), obj(raw.get("recipient"))
    own = bool(account) and identifier(sender.get("id")) == account != identifier(recipient.get("id"))
    ours = message.get("is_echo") is True or own
    optin = obj(raw.get("optin"))
    customer = recipient if ours else sender or optin
    item = Item(
        raw=raw,
        account=account,
        occurred_at=moment(raw.get("timestamp"), received_at),
        person=person_of(envelope.person_kind, customer, message),
        ours=ours,
        standby=name == "standby",
        shares_are_files=envelope.shares_are_files,
    )
    events = (event for key, read in envelope.items.items() if key in raw for event in read(item))
    return _or_unrecognised(events, name, raw, account, item.occurred_at)


def _change_events(
    raw: Json, account: str, time: str, occurred_at: datetime, envelope: Envelope
) -> Iterable[InboundEvent]:
    """Read a change. Some apps, and the dashboard's test button, deliver messages this way too, as the same object."""
    field, value = text(raw.get("field")), raw.get("value")
    if not isinstance(value, dict):
        return (unrecognised(field or "changes", raw, account, occurred_at),)
    read = envelope.changes.get(field)
    if read is None and any(key in value for key in envelope.items):
        return _item_events(value, field, account, occurred_at, envelope)
    change = Change(field, value, account, time, occurred_at)
    return _or_unrecognised(read(change) if read else (), field, value, account, occurred_at)


def _or_unrecognised(
    events: Iterable[InboundEvent], field: str, raw: Json, account: str, occurred_at: datetime
) -> Iterator[InboundEvent]:
    """Yield the events; a part that has none is kept as unrecognised, so that nothing vanishes."""
    empty = True
    for event in events:
        empty = False
        yield event
    if empty:
        yield unrecognised(field, raw, account, occurred_at)

"""Rows of messages: what customers wrote, what our side wrote elsewhere, and the system lines between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.channel_accounts.directory import AccountView
from app.conversations.present import Json, attachment_json, message_json
from app.events import Event, MessageCreated
from app.ids import uuid7
from app.inbound.batch import Batch, Row, insert
from app.inbound.changes import ADOPTED
from app.inbound.threads import Thread
from app.outbound.service import understood
from app.secrets import Vault
from channels.contract import Body, MediaRef, MessageEchoed, MessageReceived

OTHER_APP = "other"
"""Who has a thread where the platform names nobody."""
ExternalName = tuple[UUID, str]
"""channel account and the platform's id of a message."""


@dataclass(slots=True, eq=False)
class Line:
    """One new message with its files and the message that it answers, as far as known."""

    row: Row
    thread: Thread
    media: list[Row] = field(default_factory=list)
    reply_to: Json | None = None

    def created(self) -> Event:
        message = message_json(
            self.row, attachments=[attachment_json(file) for file in self.media], reply_to=self.reply_to
        )
        message["conversation"] = self.thread.patch()
        scope = self.thread.scope
        return MessageCreated(data=message, conversation_id=self.thread.id, before=scope, after=scope)


def received(thread: Thread, account: AccountView, event: MessageReceived, now: datetime) -> list[Line]:
    """Return the customer's message and, before it, the line that says that it reopened the conversation."""
    blocked = thread.party is not None and thread.party.is_blocked
    calls = not event.historical and not blocked and (event.opens_window or event.body.kind != "system")
    lines: list[Line] = []
    if calls and thread.row["status"] != "open":
        lines.append(
            activity(
                thread, "reopened", {"by_agent_id": None, "reason": {"code": "contact_wrote"}}, event.occurred_at, now
            )
        )
    position_at, late = thread.place(event.occurred_at, now, historical=event.historical)
    body = _body(thread, event)
    row = _row(thread, "inbound", body.kind, position_at, now)
    row["text"] = body.text
    row["content"] = {**body.content, "group": event.group} if event.group else body.content
    row["external_id"] = event.external_id
    row["reply_to_external_id"] = event.reply_to or None
    row["arrived_late"] = late
    row["sent_at"] = event.occurred_at
    line = Line(row, thread, _media(body.media, account, now))
    lines.append(line)
    thread.show(row)
    if not event.historical and body.kind != "comment":
        thread.hold(OTHER_APP if event.standby else None)
    if calls:
        thread.call_for_answer(row)
    if event.opens_window and not event.historical:
        thread.open_windows(account, event.opened_by, event.occurred_at)
    return lines


def _body(thread: Thread, event: MessageReceived) -> Body:
    """Return what the customer said: a number or title that answers our numbered question is that choice."""
    chosen = None if event.historical else understood(thread.row["question"], event.body, event.occurred_at)
    if chosen is None:
        return event.body
    thread.row["question"] = None
    return chosen


def echoed(thread: Thread, account: AccountView, event: MessageEchoed, now: datetime) -> Line:
    """Return a message that our side wrote elsewhere: sent, and by it nobody waits any more."""
    position_at, late = thread.place(event.occurred_at, now, historical=event.historical)
    row = _row(thread, "outbound", event.body.kind, position_at, now)
    row["text"], row["content"] = event.body.text, event.body.content
    row["external_id"] = event.external_id
    row["reply_to_external_id"] = event.reply_to or None
    row["status"] = "sent"
    row["arrived_late"] = late
    row["sent_at"] = event.occurred_at
    thread.show(row)
    if not event.historical and not late:
        thread.answered()
    return Line(row, thread, _media(event.body.media, account, now))


def automatic(thread: Thread, text: str, now: datetime, *, sent: bool, reply_code: str) -> Line:
    """Return an automatic answer: sent with the response to the delivery that it answers, else queued."""
    position_at, _ = thread.place(now, now)
    row = _row(thread, "outbound", "text", position_at, now)
    row["text"] = text
    row["content"] = {"reply_code": reply_code} if reply_code else {}
    if sent:
        row["status"], row["sent_at"], row["external_id"] = "sent", now, str(row["id"])
    else:
        row["status"] = "queued"
    thread.show(row)
    return Line(row, thread)


def activity(
    thread: Thread,
    code: str,
    params: Json,
    occurred_at: datetime,
    now: datetime,
    *,
    external_id: str | None = None,
) -> Line:
    """Return a system line. It is shown in the thread, not in the list."""
    position_at, late = thread.place(occurred_at, now)
    row = _row(thread, "activity", "activity", position_at, now)
    row["content"] = {"code": code, "params": params}
    row["external_id"] = external_id
    row["arrived_late"] = late
    row["sent_at"] = occurred_at
    return Line(row, thread)


def _row(thread: Thread, direction: str, kind: str, position_at: datetime, now: datetime) -> Row:
    return {
        **_BLANK,
        "id": uuid7(),
        "conversation_id": thread.id,
        "channel_account_id": thread.row["channel_account_id"],
        "direction": direction,
        "kind": kind,
        "position_at": position_at,
        "created_at": now,
    }


_BLANK: Row = {
    "text": "",
    "content": {},
    "external_id": None,
    "client_id": None,
    "reply_to_id": None,
    "reply_to_external_id": None,
    "group_id": None,
    "resent_as_id": None,
    "agent_id": None,
    "campaign_id": None,
    "status": "received",
    "error": None,
    "pricing": None,
    "reactions": [],
    "arrived_late": False,
    "sent_at": None,
    "delivered_at": None,
    "read_at": None,
    "played_at": None,
    "failed_at": None,
    "edited_at": None,
    "deleted_at": None,
}


def _media(files: tuple[MediaRef, ...], account: AccountView, now: datetime) -> list[Row]:
    return [
        {
            "id": uuid7(),
            "state": "pending",
            "mime": file.mime,
            "filename": file.filename,
            "size_bytes": file.size_bytes,
            "thumb_key": None,
            "width": None,
            "height": None,
            "channel_account_id": account.id,
            "next_try_at": now,
            "created_at": now,
            "voice": file.voice,
            "animated": file.animated,
            "ref": file,
        }
        for file in files
    ]


MESSAGE = insert(
    "message",
    {
        "id": "uuid",
        "conversation_id": "uuid",
        "channel_account_id": "uuid",
        "direction": "text",
        "kind": "text",
        "text": "text",
        "content": "jsonb",
        "external_id": "text",
        "reply_to_id": "uuid",
        "reply_to_external_id": "text",
        "status": "text",
        "arrived_late": "bool",
        "position_at": "timestamptz",
        "sent_at": "timestamptz",
        "created_at": "timestamptz",
    },
    conflict="ON CONFLICT DO NOTHING",
)
MEDIA = insert(
    "media",
    {
        "id": "uuid",
        "mime": "text",
        "filename": "text",
        "size_bytes": "bigint",
        "channel_account_id": "uuid",
        "source": "bytea",
        "next_try_at": "timestamptz",
        "created_at": "timestamptz",
    },
)
ATTACHMENT = insert(
    "attachment",
    {"message_id": "uuid", "position": "smallint", "media_id": "uuid", "voice": "bool", "animated": "bool"},
)


def add_lines(batch: Batch, lines: list[Line], vault: Vault) -> None:
    """Put new messages with their files into the batch. A file's source is encrypted: its address opens it for anybody."""
    for line in lines:
        batch.add(MESSAGE, line.row)
        if line.row["external_id"]:
            batch.add(ADOPTED, {name: line.row[name] for name in ADOPTED.columns})
        for position, file in enumerate(line.media):
            sealed = vault.seal(media_source(file["ref"]))
            batch.add(MEDIA, {**file, "source": "\\x" + sealed.hex()})
            batch.add(ATTACHMENT, {**file, "message_id": line.row["id"], "position": position, "media_id": file["id"]})


def media_source(ref: MediaRef) -> bytes:
    """Return where the platform keeps a file, as stored (sealed) in media.source."""
    return orjson.dumps(ref)


def read_media_source(source: bytes) -> MediaRef:
    """Return what `media_source` wrote."""
    fields: dict[str, Any] = orjson.loads(source)
    return MediaRef(**fields)

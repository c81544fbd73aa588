"""The outside shape of a message and a conversation: one function each, for API answers and live events alike.

Rows are mappings by column name (asyncpg records, or dicts in ingest); ids become strings, times RFC 3339 UTC,
jsonb text is parsed. Activity texts are not here: the reader's language decides them (see `activity_text`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

Json = dict[str, Any]
Row = Mapping[str, Any]
PREVIEW_LENGTH = 200
PRIORITIES = {-1: "low", 0: "normal", 1: "high", 2: "urgent"}
"""Names of conversation.priority, a number so that it sorts."""


def message_json(row: Row, *, attachments: Sequence[Json] = (), reply_to: Json | None = None) -> Json:
    """Return the contract's message. `row` has every column of `message`; deleted texts are left out."""
    deleted = row["deleted_at"] is not None
    return {
        "id": str(row["id"]),
        "conversation_id": str(row["conversation_id"]),
        "direction": row["direction"],
        "kind": row["kind"],
        "text": "" if deleted else row["text"],
        "content": {} if deleted else _parsed(row["content"]),
        "attachments": [] if deleted else list(attachments),
        "external_id": row["external_id"],
        "client_id": row["client_id"],
        "reply_to_id": text_id(row["reply_to_id"]),
        "reply_to": reply_to,
        "group_id": text_id(row["group_id"]),
        "resent_as_id": text_id(row["resent_as_id"]),
        "agent_id": text_id(row["agent_id"]),
        "campaign_id": text_id(row["campaign_id"]),
        "status": row["status"],
        "error": _parsed(row["error"]),
        "reactions": _parsed(row["reactions"]),
        "arrived_late": row["arrived_late"],
        "position_at": time_json(row["position_at"]),
        "sent_at": time_json(row["sent_at"]),
        "delivered_at": time_json(row["delivered_at"]),
        "read_at": time_json(row["read_at"]),
        "played_at": time_json(row["played_at"]),
        "edited_at": time_json(row["edited_at"]),
        "deleted_at": time_json(row["deleted_at"]),
        "created_at": time_json(row["created_at"]),
    }


def attachment_json(row: Row) -> Json:
    """Return one attachment. `row` has media's id, mime, filename, size_bytes, width, height, state, thumb_key and attachment's voice, animated."""
    path = f"/media/{row['id']}"
    return {
        "id": str(row["id"]),
        "url": path,
        "thumb_url": f"{path}/thumb" if row["thumb_key"] else None,
        "mime": row["mime"],
        "filename": row["filename"],
        "size_bytes": row["size_bytes"],
        "width": row["width"],
        "height": row["height"],
        "state": row["state"],
        "voice": row["voice"],
        "animated": row["animated"],
    }


def reply_snippet(row: Row) -> Json:
    """Return what a quote shows of the message it answers."""
    return {
        "id": str(row["id"]),
        "direction": row["direction"],
        "kind": row["kind"],
        "text": "" if row["deleted_at"] else row["text"][:PREVIEW_LENGTH],
        "agent_id": text_id(row["agent_id"]),
    }


def last_message_json(row: Row) -> Json:
    """Return the line a list shows: stored in conversation.last_message, patched when its status moves."""
    return {
        "id": str(row["id"]),
        "direction": row["direction"],
        "kind": row["kind"],
        "text": row["text"][:PREVIEW_LENGTH],
        "status": row["status"],
        "agent_id": text_id(row["agent_id"]),
        "created_at": time_json(row["position_at"]),
    }


def conversation_patch(row: Row) -> Json:
    """Return the list columns of a conversation that messages change: the `conversation` member of message events.

    `reply_windows` only where the row has them.
    """
    windows = {"reply_windows": _parsed(row["reply_windows"])} if "reply_windows" in row else {}
    return windows | {
        "id": str(row["id"]),
        "status": row["status"],
        "assignee_id": text_id(row["assignee_id"]),
        "team_id": text_id(row["team_id"]),
        "priority": PRIORITIES[row["priority"]],
        "snoozed_until": time_json(row["snoozed_until"]),
        "unread_count": row["unread_count"],
        "last_message": _parsed(row["last_message"]),
        "last_message_at": time_json(row["last_message_at"]),
        "waiting_since": time_json(row["waiting_since"]),
        "reply_window_ends_at": time_json(row["reply_window_ends_at"]),
        "held_by": row["held_by"],
    }


def conversation_json(row: Row) -> Json:
    """Return the contract's conversation. `row` is one of `queries.CONVERSATION`; the draft, which is one reader's, is not in it."""
    return conversation_patch(row) | {
        "channel": row["channel"],
        "channel_account_id": str(row["channel_account_id"]),
        "contact": {
            "id": str(row["contact_id"]),
            "name": row["contact_name"],
            "avatar_url": media_path(row["avatar_media_id"]),
            "language": row["contact_language"],
            "phone": row["contact_phone"],
        },
        "identity": {
            "external_id": row["identity_external_id"],
            "username": row["identity_username"] or None,
            "phone": row["identity_phone"],
        },
        "tags": _parsed(row["tags"]),
        "created_at": time_json(row["created_at"]),
    }


def media_path(media_id: UUID | None) -> str | None:
    return None if media_id is None else f"/media/{media_id}"


@lru_cache(maxsize=1024)
def time_json(value: datetime | None) -> str | None:
    """Return RFC 3339 in UTC with milliseconds, or None. Remembered, because one moment is written in many places at once."""
    if value is None:
        return None
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


def text_id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value

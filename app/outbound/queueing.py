"""Put messages into the outbox, take them out again while they wait, and send anew what did not arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson

from app.channel_accounts.directory import AccountView
from app.conversations.present import Json, last_message_json
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.events import MessageCreated
from app.ids import uuid7s
from app.outbound.announce import announce, messages_json, show_statuses
from app.outbound.claim import WindowIsClosed, answers_comment, open_window
from app.outbound.limits import Files, parts_of
from app.outbound.outgoing import File, Outgoing
from app.outbound.questions import question_of
from app.outbound.reactions import retract, show
from app.outbound.stops import stopped_json
from app.templates.service import fill

_LOCK = """
SELECT conversation.*, account.state AS account_state, account.sending_stopped_reason, clock_timestamp() AS now
FROM conversation JOIN channel_account account ON account.id = conversation.channel_account_id
WHERE conversation.id = $1 FOR NO KEY UPDATE OF conversation
"""
_FILES = """
SELECT id, mime, size_bytes FROM media WHERE id = ANY($1::uuid[]) AND state = 'ready' AND (
    (uploaded_by_id, uploaded_by_token_id) IS NOT DISTINCT FROM ($2::uuid, $4::uuid)
    OR EXISTS (SELECT 1 FROM template_file WHERE template_file.media_id = media.id)
    OR EXISTS (
        SELECT 1 FROM attachment JOIN message ON message.id = attachment.message_id
        WHERE attachment.media_id = media.id AND message.conversation_id = $3
    )
)
"""
_INSERT = """
INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, content, client_id, client_digest,
    reply_to_id, reply_to_external_id, group_id, agent_id, status, error, position_at)
VALUES ($1, $2, $3, 'outbound', $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', $13, $14)
"""
_SHOW = """
UPDATE conversation SET last_message = $2, last_message_at = GREATEST(last_message_at, $3), waiting_since = NULL, listed = true,
    question = $4
WHERE id = $1
"""
_GROUP = "SELECT id FROM message WHERE conversation_id = $1 AND group_id = $2 ORDER BY position_at, id"
_TARGET = """
SELECT id, external_id, kind, deleted_at, position_at FROM message
WHERE id = $1 AND conversation_id = $2 AND direction IN ('inbound', 'outbound')
"""
_NEWEST_COMMENT = """
SELECT id, external_id, kind, deleted_at, position_at FROM message
WHERE conversation_id = $1 AND direction = 'inbound' AND kind = 'comment' AND deleted_at IS NULL ORDER BY position_at DESC, id DESC LIMIT 1
"""
_RESENDABLE = ("failed", "unknown")
_SEVERAL_FILES = ("template", "cards")
_MOMENT = timedelta(microseconds=1)


async def queue_message(
    uow: UnitOfWork,
    account: AccountView,
    *,
    conversation_id: UUID,
    outgoing: Outgoing,
    agent_id: UUID | None,
    token_id: UUID | None = None,
    client_id: str | None = None,
) -> list[Json]:
    """Queue what `outgoing` becomes, and return the messages; of a reaction, the message it is for.

    The same `client_id` with an equal `outgoing` returns what the first call queued. Raises Invalid with fields, NotFound,
    and Conflict: `client_id_used`, `window_closed`, `window_used_up`, `thread_held`, `account_removed`, `conversation_merged`.
    """
    conversation = await _locked(uow, conversation_id)
    digest = _digest(outgoing)
    if client_id is not None and (known := await _known(uow, conversation_id, client_id, digest)):
        return known
    _check_open(conversation)
    _check_held(conversation, outgoing.kind)
    outgoing = await _filled(uow, account, outgoing, conversation, agent_id)
    files = await _files(uow, outgoing, conversation_id, agent_id=agent_id, token_id=token_id)
    parts = parts_of(outgoing, account.capabilities, files)
    target = await _target(uow, outgoing, account, conversation)
    window = await _check_window(uow, account, conversation_id, outgoing.kind, agent_id)
    if target is None and answers_comment(account.capabilities, window):
        target = await uow.conn.fetchrow(_NEWEST_COMMENT, conversation_id)
        parts = [replace(parts[0], reply_to_id=target["id"] if target else None), *parts[1:]]
    return await _insert(uow, conversation, parts, agent_id=agent_id, target=target, client_id=client_id, digest=digest)


async def resend(
    uow: UnitOfWork, account: AccountView, *, message_id: UUID, agent_id: UUID | None, client_id: str | None = None
) -> Json:
    """Queue a failed or unknown message once more, by a person's word, as a new message. Raises Conflict `not_resendable`."""
    conversation_id = await uow.conn.fetchval("SELECT conversation_id FROM message WHERE id = $1", message_id)
    if conversation_id is None:
        raise NotFound("There is no such message.")
    conversation = await _locked(uow, conversation_id)
    row = await uow.conn.fetchrow("SELECT * FROM message WHERE id = $1", message_id)
    outgoing = await _as_outgoing(uow, row)
    digest = _digest(outgoing)
    if client_id is not None and (known := await _known(uow, conversation_id, client_id, digest)):
        return known[0]
    if row["direction"] != "outbound" or row["status"] not in _RESENDABLE or row["resent_as_id"] is not None:
        raise Conflict(
            "Only a message that failed or whose fate is unknown can be sent again, once.", code="not_resendable"
        )
    _check_open(conversation)
    _check_held(conversation, row["kind"])
    await _check_window(uow, account, conversation_id, row["kind"], agent_id)
    target = await _target(uow, outgoing, account, conversation)
    (shape, *_) = await _insert(
        uow, conversation, [outgoing], agent_id=agent_id, target=target, client_id=client_id, digest=digest
    )
    if row["kind"] != "reaction":
        await uow.conn.execute("UPDATE message SET resent_as_id = $2 WHERE id = $1", message_id, UUID(shape["id"]))
        await announce(uow, [message_id])
    return shape


async def cancel(uow: UnitOfWork, *, message_id: UUID) -> Json:
    """Take a message back that still waits. Raises Conflict `not_cancellable` when it is too late."""
    row = await uow.conn.fetchrow("SELECT conversation_id, kind FROM message WHERE id = $1", message_id)
    if row is None:
        raise NotFound("There is no such message.")
    await _locked(uow, row["conversation_id"])
    done = await uow.conn.fetchval(
        "UPDATE message SET status = 'cancelled', error = NULL WHERE id = $1 AND status IN ('queued', 'scheduled') RETURNING id",
        message_id,
    )
    if done is None:
        raise Conflict("Only a message that still waits can be cancelled.", code="not_cancellable")
    if row["kind"] == "reaction":
        target_id = await retract(uow, message_id)
        return (await messages_json(uow, [target_id]))[target_id]
    await show_statuses(uow, [message_id])
    uow.enqueue("send_conversation", str(row["conversation_id"]))
    return (await messages_json(uow, [message_id]))[message_id]


async def _locked(uow: UnitOfWork, conversation_id: UUID) -> asyncpg.Record:
    conversation = await uow.conn.fetchrow(_LOCK, conversation_id)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation


def _check_open(conversation: asyncpg.Record) -> None:
    if conversation["account_state"] == "removed":
        raise Conflict("The channel account of this conversation was removed.", code="account_removed")
    if conversation["merged_into_id"] is not None:
        raise Conflict("This conversation went on in another one: write there.", code="conversation_merged")


async def _known(uow: UnitOfWork, conversation_id: UUID, client_id: str, digest: bytes) -> list[Json]:
    """Return what an earlier call with this client_id queued. Raises Conflict if that was something else."""
    row = await uow.conn.fetchrow(
        "SELECT id, group_id, kind, reply_to_id, client_digest FROM message WHERE conversation_id = $1 AND client_id = $2",
        conversation_id,
        client_id,
    )
    if row is None:
        return []
    if row["client_digest"] != digest:
        raise Conflict("This client_id was used for another message: take a new one.", code="client_id_used")
    ids = [row["reply_to_id"] if row["kind"] == "reaction" else row["id"]]
    if row["group_id"] is not None:
        rows = await uow.conn.fetch(_GROUP, conversation_id, row["group_id"])
        ids = [row["id"] for row in rows]
    shapes = await messages_json(uow, ids)
    return [shapes[message_id] for message_id in ids]


def _check_held(conversation: asyncpg.Record, kind: str) -> None:
    """An answer in public is nobody's thread; all else waits until the platform gives the thread to us."""
    if conversation["held_by"] is not None and kind != "comment":
        raise Conflict(
            "Another app or inbox has this conversation at the platform: answer there, or hand it over to Hawker.",
            code="thread_held",
        )


async def _filled(
    uow: UnitOfWork, account: AccountView, outgoing: Outgoing, conversation: asyncpg.Record, agent_id: UUID | None
) -> Outgoing:
    """Return a template filled for this contact, anything else as it is. Raises Invalid, NotFound."""
    if outgoing.kind != "template":
        return outgoing
    found = await fill(
        uow,
        account,
        template_id=UUID(outgoing.content["template_id"]),
        language=outgoing.content.get("language"),
        values=outgoing.content.get("variables") or {},
        contact_id=conversation["contact_id"],
        agent_id=agent_id,
    )
    return replace(outgoing, text=found.text, content=found.content(), files=tuple(found.files))


async def _files(
    uow: UnitOfWork, outgoing: Outgoing, conversation_id: UUID, *, agent_id: UUID | None, token_id: UUID | None
) -> Files:
    """Return the files that this very person or program uploaded, that templates show, or that are in this conversation already."""
    wanted = outgoing.media_ids
    if not wanted:
        return {}
    rows = await uow.conn.fetch(_FILES, wanted, agent_id, conversation_id, token_id)
    return {row["id"]: File(row["mime"], row["size_bytes"] or 0) for row in rows}


async def _check_window(
    uow: UnitOfWork, account: AccountView, conversation_id: UUID, kind: str, agent_id: UUID | None
) -> str:
    """Return the window that allows this message. Raises Conflict with what may be sent instead."""
    try:
        return await open_window(uow, conversation_id, kind, account.capabilities, by_agent=agent_id is not None)
    except WindowIsClosed as closed:
        instead = "a template can be sent" if account.capabilities.templates else "the customer can write first"
        why = {
            "window_closed": "The customer wrote too long ago",
            "window_used_up": "All the messages that the platform allows were sent",
        }[closed.code]
        raise Conflict(f"{why}: only {instead} now.", code=closed.code) from None


async def _target(
    uow: UnitOfWork, outgoing: Outgoing, account: AccountView, conversation: asyncpg.Record
) -> asyncpg.Record | None:
    """Return the message that is answered or reacted to. Raises Invalid."""
    if outgoing.reply_to_id is None:
        return None
    place = "message_id" if outgoing.kind == "reaction" else "reply_to_id"
    row = await uow.conn.fetchrow(_TARGET, outgoing.reply_to_id, conversation["id"])
    if row is None or row["deleted_at"] is not None:
        raise Invalid(
            "Name a message of this conversation.", code="target_missing", fields={place: "not in this conversation"}
        )
    if outgoing.kind == "reaction":
        _check_reactable(row, account.capabilities.reaction_max_age_s, conversation["now"])
    if outgoing.kind == "comment" and row["kind"] != "comment":
        raise Invalid("Name a comment.", code="target_missing", fields={place: "not a comment"})
    return row


def _check_reactable(target: asyncpg.Record, max_age_s: int | None, now: datetime) -> None:
    if target["external_id"] is None:
        raise Invalid("Wait until the message was sent.", code="target_not_sent", fields={"message_id": "not sent yet"})
    if max_age_s is not None and now - target["position_at"] > timedelta(seconds=max_age_s):
        raise Invalid("The message is too old for a reaction.", code="target_too_old", fields={"message_id": "too old"})


async def _insert(
    uow: UnitOfWork,
    conversation: asyncpg.Record,
    parts: Sequence[Outgoing],
    *,
    agent_id: UUID | None,
    target: asyncpg.Record | None,
    client_id: str | None,
    digest: bytes,
) -> list[Json]:
    ids = uuid7s(len(parts))
    error = _waits_because(conversation)
    for n, (message_id, part) in enumerate(zip(ids, parts, strict=True)):
        answered = target if part.reply_to_id is not None else None
        await uow.conn.execute(
            _INSERT,
            message_id,
            conversation["id"],
            conversation["channel_account_id"],
            part.kind,
            part.text,
            _content(part),
            client_id if n == 0 else None,
            digest if n == 0 and client_id is not None else None,
            answered["id"] if answered else None,
            answered["external_id"] if answered else None,
            ids[0] if len(ids) > 1 else None,
            agent_id,
            error,
            conversation["now"] + n * _MOMENT,
        )
        for position, media_id in enumerate(part.media_ids):
            await uow.conn.execute(
                "INSERT INTO attachment (message_id, position, media_id, voice) VALUES ($1, $2, $3, $4)",
                message_id,
                position,
                media_id,
                part.voice,
            )
    uow.enqueue("send_conversation", str(conversation["id"]))
    if parts[0].kind == "reaction":
        target_id = await show(uow, ids[0])
        return [(await messages_json(uow, [target_id]))[target_id]]
    question = question_of(parts[-1], ids[-1], conversation["now"])
    return await _show_lines(uow, conversation["id"], ids, agent_id, question)


async def _show_lines(
    uow: UnitOfWork, conversation_id: UUID, ids: Sequence[UUID], agent_id: UUID | None, question: Json | None
) -> list[Json]:
    """Bring the new lines to the list and to the live readers; nobody waits for an answer any more.

    `question` replaces what was asked before.
    """
    newest = await uow.conn.fetchrow("SELECT * FROM message WHERE id = $1", ids[-1])
    await uow.conn.execute(
        _SHOW,
        conversation_id,
        orjson.dumps(last_message_json(newest)).decode(),
        newest["position_at"],
        None if question is None else orjson.dumps(question).decode(),
    )
    if agent_id is not None:
        await uow.conn.execute(
            "DELETE FROM draft WHERE conversation_id = $1 AND agent_id = $2", conversation_id, agent_id
        )
    shapes = await announce(uow, ids, MessageCreated)
    return [shapes[message_id] for message_id in ids]


def _waits_because(conversation: asyncpg.Record) -> str | None:
    if conversation["sending_stopped_reason"] is not None:
        return stopped_json(conversation["sending_stopped_reason"])
    if conversation["account_state"] != "active":
        return stopped_json(conversation["account_state"])
    return None


def _content(part: Outgoing) -> str:
    content = {**part.content, "link_preview": part.link_preview} if part.kind == "text" else part.content
    return orjson.dumps(content).decode()


async def _as_outgoing(uow: UnitOfWork, row: asyncpg.Record) -> Outgoing:
    attachments = await uow.conn.fetch(
        "SELECT media_id, voice FROM attachment WHERE message_id = $1 ORDER BY position", row["id"]
    )
    shows_several = row["kind"] in _SEVERAL_FILES
    attachment = attachments[0] if attachments and not shows_several else None
    content = dict(row["content"])
    return Outgoing(
        kind=row["kind"],
        text=row["text"],
        link_preview=bool(content.pop("link_preview", True)),
        content=content,
        media_id=attachment["media_id"] if attachment else None,
        files=tuple(each["media_id"] for each in attachments) if shows_several else (),
        reply_to_id=row["reply_to_id"],
        voice=attachment["voice"] if attachment else False,
    )


def _digest(outgoing: Outgoing) -> bytes:
    """Return what tells whether two requests with one client_id ask for the same."""
    members = [
        *(outgoing.kind, outgoing.text, outgoing.content, str(outgoing.media_id), str(outgoing.reply_to_id)),
        *(outgoing.link_preview, outgoing.voice, [str(media_id) for media_id in outgoing.files]),
    ]
    return hashlib.sha256(orjson.dumps(members, option=orjson.OPT_SORT_KEYS)).digest()

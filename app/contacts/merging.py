"""Merge two contacts that are one person: both rows stay, one points to the other, and everything that hangs on it moves.

One merge at a time; then locks in one order: contacts, their conversations, their identities, each sorted. Ingest locks the contacts that it adds to
in the same order, so that nothing is hung on a contact that goes at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.contacts.fields import Choices, Step, Values, flatten, unflatten
from app.contacts.queries import no_contact
from app.contacts.requests import request_matches
from app.contacts.telling import announce_contact, tell_threads
from app.db import UnitOfWork
from app.errors import Conflict, Invalid
from app.folding import fold
from app.ids import uuid7
from app.people.permissions import Actor
from app.people.service import write_audit

_MERGING = 0x6D65726765
"""The advisory lock of all that changes which contacts are one."""
_LOCK = "SELECT id, merged_into_id FROM contact WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_ROWS = """
SELECT p.id, to_jsonb(p) AS row, array(SELECT tag_id::text FROM contact_tag WHERE contact_id = p.id ORDER BY tag_id) AS tags
FROM contact p WHERE p.id = ANY($1::uuid[])
"""
_SET = """
UPDATE contact p SET (name, named_by, phone, email, language, birthday, gender, time_zone, country, avatar_media_id,
    source, blocked_at, archived_at, attributes, folded_name, updated_at)
  = (n.name, n.named_by, n.phone, n.email, n.language, n.birthday, n.gender, n.time_zone, n.country, n.avatar_media_id,
    n.source, n.blocked_at, n.archived_at, n.attributes, $3, now())
FROM jsonb_populate_record(NULL::contact, $2::jsonb) AS n WHERE p.id = $1
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts on their way to be one."""

    stays_id: UUID
    goes_id: UUID

    def __post_init__(self) -> None:
        if self.stays_id == self.goes_id:
            raise Invalid("Choose another contact: this is the same one.", fields={"contact_id": "another contact"})

    @property
    def ids(self) -> list[UUID]:
        return sorted((self.stays_id, self.goes_id))


async def merge_contacts(
    uow: UnitOfWork,
    pair: Pair,
    *,
    actor: Actor | None,
    reason: str,
    evidence: Mapping[str, Any] | None = None,
    choices: Choices | None = None,
) -> UUID:
    """Make one contact part of another; return the merge's id, by which it can be undone. No actor = it was found by itself.

    Raises NotFound, and Conflict when one of them was merged meanwhile.
    """
    await _lock_both(uow, pair)
    step = await plan(uow.conn, pair, choices or {})
    await put_values(uow, pair.stays_id, step.became)
    merge_id = uuid7()
    moved = await _move(uow, pair)
    await uow.conn.execute(
        """INSERT INTO contact_merge (id, stays_id, goes_id, reason, evidence, by_agent_id, image, moved, merged_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())""",
        *(merge_id, pair.stays_id, pair.goes_id, reason, _text(evidence or {}), actor and actor.agent_id),
        *(_text(image_of(step)), _text(moved)),
    )
    await _forget_suggestions(uow, pair)
    await request_matches(uow, [pair.stays_id])
    name = name_of(step.goes)
    params = {"contact": name, "merge_id": str(merge_id), "reason": {"code": reason, "params": {}}}
    await tell_threads(uow, pair.stays_id, "contact_merged", params, actor)
    await announce_contact(uow, pair.stays_id)
    trace = {"merge_id": str(merge_id), "contact_id": str(pair.goes_id), "name": name, "reason": reason}
    await write_audit(uow, actor, "contact.merged", "contact", pair.stays_id, trace, by_itself=actor is None)
    return merge_id


async def plan(conn: asyncpg.Connection, pair: Pair, choices: Choices) -> Step:
    """Return what a merge would do to the values. Raises NotFound, and Conflict for a contact that was merged."""
    rows = {row["id"]: row for row in await conn.fetch(_ROWS, pair.ids)}
    if len(rows) < 2:
        raise no_contact()
    check_living(row["row"]["merged_into_id"] for row in rows.values())
    stays, goes = (flatten(rows[one]["row"], rows[one]["tags"]) for one in (pair.stays_id, pair.goes_id))
    return Step.of(stays, goes, choices)


async def values_of(conn: asyncpg.Connection, contact_id: UUID) -> Values:
    """Return a contact's values as they are."""
    row = await conn.fetchrow(_ROWS, [contact_id])
    assert row is not None
    return flatten(row["row"], row["tags"])


async def put_values(uow: UnitOfWork, contact_id: UUID, values: Values) -> None:
    """Let a locked contact be `values`."""
    columns, tags = unflatten(values)
    await uow.conn.execute(_SET, contact_id, _text(columns), fold(columns["name"]))
    await uow.conn.execute(
        "DELETE FROM contact_tag WHERE contact_id = $1 AND tag_id <> ALL($2::text[]::uuid[])", contact_id, tags
    )
    await uow.conn.execute(
        "INSERT INTO contact_tag (contact_id, tag_id) SELECT $1, unnest($2::text[]::uuid[]) ON CONFLICT DO NOTHING",
        contact_id,
        tags,
    )


def name_of(values: Values) -> str:
    """Return what to call a contact in a line of text."""
    return str(values.get("name") or values.get("phone") or values.get("email") or "…")


def image_of(step: Step) -> dict[str, Any]:
    return {"stays": step.stays, "goes": step.goes, "choices": step.choices, "became": step.became}


def step_from(image: Mapping[str, Any]) -> Step:
    return Step(image["stays"], image["goes"], image["choices"], image["became"])


async def one_at_a_time(uow: UnitOfWork) -> None:
    """Wait for other merges and undoings: each may change rows of contacts that it does not name."""
    await uow.conn.execute("SELECT pg_advisory_xact_lock($1)", _MERGING)


async def _lock_both(uow: UnitOfWork, pair: Pair) -> None:
    await one_at_a_time(uow)
    rows = await uow.conn.fetch(_LOCK, pair.ids)
    if len(rows) < 2:
        raise no_contact()
    check_living(row["merged_into_id"] for row in rows)


def check_living(merged_into: Any) -> None:
    """Raises Conflict when one of the contacts was merged into another."""
    if any(one is not None for one in merged_into):
        raise Conflict(
            "One of the two was merged a moment ago. Open the contact again and look.", code="already_merged"
        )


_IDENTITIES = "SELECT id FROM identity WHERE contact_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_CONVERSATIONS = "SELECT id FROM conversation WHERE contact_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"


async def lock_belongings(uow: UnitOfWork, contact_ids: Sequence[UUID]) -> None:
    """Lock what hangs on locked contacts: conversations, then identities."""
    await uow.conn.execute(_CONVERSATIONS, list(contact_ids))
    await uow.conn.execute(_IDENTITIES, list(contact_ids))


async def _move(uow: UnitOfWork, pair: Pair) -> dict[str, Any]:
    """Move what hangs on the contact that goes, and point to the other. Return what moved, by table."""
    await lock_belongings(uow, pair.ids)
    moved: dict[str, Any] = {}
    for table in ("identity", "conversation", "consent"):
        rows = await uow.conn.fetch(
            f"UPDATE {table} SET contact_id = $1 WHERE contact_id = $2 RETURNING id", pair.stays_id, pair.goes_id
        )
        moved[table] = sorted(str(row["id"]) for row in rows)
    pointers = await uow.conn.fetch(
        "UPDATE contact SET merged_into_id = $1 WHERE merged_into_id = $2 RETURNING id", pair.stays_id, pair.goes_id
    )
    moved["contact"] = sorted(str(row["id"]) for row in pointers)
    await uow.conn.execute(
        "UPDATE contact SET merged_into_id = $1, updated_at = now() WHERE id = $2", pair.stays_id, pair.goes_id
    )
    return moved


async def _forget_suggestions(uow: UnitOfWork, pair: Pair) -> None:
    """The contact that goes is compared with nobody any more; the one that stays is compared anew."""
    await uow.conn.execute(
        "DELETE FROM contact_suggestion WHERE (one_id = $1 OR other_id = $1) AND dismissed_at IS NULL", pair.goes_id
    )


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()

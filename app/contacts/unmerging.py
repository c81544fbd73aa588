"""Undo a merge: what went comes back as it was, with what it brought; what came later stays where it is."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import orjson

from app.contacts import fields
from app.contacts.dismissals import dismiss_pair
from app.contacts.merging import image_of, lock_belongings, name_of, one_at_a_time, put_values, step_from, values_of
from app.contacts.requests import request_matches
from app.contacts.telling import announce_contact, tell_threads
from app.db import UnitOfWork
from app.errors import Conflict, NotFound
from app.ids import uuid7
from app.people.permissions import Actor
from app.people.service import write_audit

_LOCK = "SELECT id, merged_into_id FROM contact WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_STEPS = """
SELECT id, image FROM contact_merge WHERE stays_id = $1 AND undone_at IS NULL ORDER BY merged_at, id FOR UPDATE
"""
_BACK = {
    "identity": "UPDATE identity SET contact_id = $1 WHERE id = ANY($3::text[]::uuid[]) AND contact_id = $2",
    "consent": "UPDATE consent SET contact_id = $1 WHERE id = ANY($3::text[]::uuid[]) AND contact_id = $2",
    "contact": "UPDATE contact SET merged_into_id = $1 WHERE id = ANY($3::text[]::uuid[]) AND merged_into_id = $2",
}
_THREADS_BACK = """
UPDATE conversation c SET contact_id = $1 FROM identity i WHERE i.id = c.identity_id AND i.contact_id = $1 AND c.contact_id = $2
"""
_WITHDRAWN = """
SELECT * FROM (
    SELECT DISTINCT ON (purpose, channel) * FROM consent WHERE contact_id = ANY($1::uuid[])
    ORDER BY purpose, channel, occurred_at DESC, id DESC
) AS newest WHERE NOT granted
"""
_WITHDRAW = """
INSERT INTO consent (id, contact_id, purpose, channel, granted, source, proof, occurred_at)
SELECT $1, $2, $3, $4, false, 'merge_undone', $5, $6 WHERE coalesce((
    SELECT granted FROM consent WHERE contact_id = $2 AND purpose = $3 AND channel = $4 ORDER BY occurred_at DESC, id DESC LIMIT 1
), true)
"""


async def undo_merge(uow: UnitOfWork, merge_id: UUID, *, actor: Actor | None) -> tuple[UUID, UUID]:
    """Make two contacts of one again; return the one that stayed and the one that is back.

    The pair counts as dismissed from then on. Raises NotFound, and Conflict for a merge that was undone, or that others were
    built on: those are undone first.
    """
    merge = await _take(uow, merge_id)
    stays_id, goes_id = merge["stays_id"], merge["goes_id"]
    await lock_belongings(uow, [stays_id, goes_id])
    await _put_back_values(uow, stays_id, merge_id)
    withdrawn = await uow.conn.fetch(_WITHDRAWN, [stays_id])
    await _put_back_belongings(uow, merge)
    await _keep_withdrawn(uow, withdrawn, (stays_id, goes_id))
    await uow.conn.execute(
        "UPDATE contact_merge SET undone_at = clock_timestamp(), undone_by_agent_id = $2 WHERE id = $1",
        merge_id,
        actor and actor.agent_id,
    )
    await dismiss_pair(uow, stays_id, goes_id, actor=actor)
    await request_matches(uow, [stays_id, goes_id])
    await _tell(uow, merge, actor)
    return stays_id, goes_id


async def _take(uow: UnitOfWork, merge_id: UUID) -> asyncpg.Record:
    """Lock a merge that can be undone, and its contacts."""
    pair = await uow.conn.fetchrow("SELECT stays_id, goes_id FROM contact_merge WHERE id = $1", merge_id)
    if pair is None:
        raise NotFound("No merge has this id.")
    await one_at_a_time(uow)
    rows = await uow.conn.fetch(_LOCK, sorted(pair.values()))
    merge = await uow.conn.fetchrow("SELECT * FROM contact_merge WHERE id = $1 FOR UPDATE", merge_id)
    if merge is None or merge["undone_at"] is not None:
        raise Conflict("This merge was undone already.", code="already_undone")
    merged_into = {row["id"]: row["merged_into_id"] for row in rows}
    if merged_into[merge["stays_id"]] is not None:
        raise Conflict("The contact was merged into another since. Undo that merge first.", code="merged_since")
    return merge


async def _put_back_values(uow: UnitOfWork, stays_id: UUID, merge_id: UUID) -> None:
    """Let the contact be what it was without this merge, and the merges after it know of nothing else."""
    rows = await uow.conn.fetch(_STEPS, stays_id)
    ids = [row["id"] for row in rows]
    steps = [step_from(row["image"]) for row in rows]
    now = await values_of(uow.conn, stays_id)
    values, later = fields.undo(steps, ids.index(merge_id), now)
    await put_values(uow, stays_id, values)
    for row_id, step in zip(ids[ids.index(merge_id) + 1 :], later, strict=True):
        image = orjson.dumps(image_of(step)).decode()
        await uow.conn.execute("UPDATE contact_merge SET image = $2 WHERE id = $1", row_id, image)


async def _put_back_belongings(uow: UnitOfWork, merge: asyncpg.Record) -> None:
    """Move back what the merge moved and nobody moved on since. Threads go with their identities, new ones too."""
    stays_id, goes_id = merge["stays_id"], merge["goes_id"]
    await uow.conn.execute("UPDATE contact SET merged_into_id = NULL, updated_at = now() WHERE id = $1", goes_id)
    for table, statement in _BACK.items():
        await uow.conn.execute(statement, goes_id, stays_id, merge["moved"][table])
    await uow.conn.execute(_THREADS_BACK, goes_id, stays_id)


async def _keep_withdrawn(uow: UnitOfWork, withdrawn: list[asyncpg.Record], contact_ids: tuple[UUID, UUID]) -> None:
    """Let a consent that the one person had withdrawn be withdrawn for both of the two."""
    for line in withdrawn:
        proof = orjson.dumps({"consent_id": str(line["id"])}).decode()
        for contact_id in contact_ids:
            await uow.conn.execute(
                _WITHDRAW, uuid7(), contact_id, line["purpose"], line["channel"], proof, line["occurred_at"]
            )


async def _tell(uow: UnitOfWork, merge: asyncpg.Record, actor: Actor | None) -> None:
    name = name_of(merge["image"]["goes"])
    params = {"contact": name, "merge_id": str(merge["id"])}
    for contact_id in (merge["stays_id"], merge["goes_id"]):
        await tell_threads(uow, contact_id, "contact_unmerged", params, actor)
        await announce_contact(uow, contact_id)
        trace = {"merge_id": str(merge["id"]), "name": name}
        await write_audit(uow, actor, "contact.unmerged", "contact", contact_id, trace, by_itself=actor is None)

"""Opening, snoozing and closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.assignment.service import assign_soon, forget_request, request_owner
from app.conversations.activity import Activity
from app.conversations.locks import announce, update
from app.conversations.present import Row, text_id, time_json
from app.db import UnitOfWork
from app.errors import Invalid
from app.people.permissions import Actor
from app.runtime import Runtime

LONGEST_SNOOZE = timedelta(days=366)
BY_AGENT = {"code": "manual", "params": {}}
SNOOZE_ENDED = {"code": "snooze_ended", "params": {}}
AT_ONCE = 200
"""Snoozes that one transaction ends."""


async def close(uow: UnitOfWork, actor: Actor, row: Row) -> Row:
    """Close a locked conversation: nobody waits for an answer any more."""
    if row["status"] == "closed":
        return row
    after = await update(
        uow, row["id"], status="closed", closed_at=datetime.now(UTC), snoozed_until=None, waiting_since=None
    )
    await forget_request(uow, [row["id"]])
    await announce(
        uow, row, after, Activity(after, "closed", {"by_agent_id": text_id(actor.agent_id)}, at=after["closed_at"])
    )
    return after


async def reopen(uow: UnitOfWork, row: Row, *, by: Actor | None, reason: dict[str, Any]) -> Row:
    """Open a locked conversation that is closed or snoozed; it asks for an owner if it has none."""
    if row["status"] == "open":
        return row
    after = await update(uow, row["id"], status="open", closed_at=None, snoozed_until=None)
    if after["assignee_id"] is None:
        await request_owner(uow, [(after["id"], after["team_id"], "reopened")])
    params = {"by_agent_id": text_id(by.agent_id) if by else None, "reason": reason}
    await announce(uow, row, after, Activity(after, "reopened", params))
    return after


async def snooze(uow: UnitOfWork, actor: Actor, row: Row, until: datetime) -> Row:
    """Put a locked conversation aside until a time. Raises Invalid for one that is past or too far."""
    check_snooze(until)
    if row["status"] == "snoozed" and row["snoozed_until"] == until:
        return row
    after = await update(uow, row["id"], status="snoozed", snoozed_until=until, closed_at=None)
    await forget_request(uow, [row["id"]])
    params = {"until": time_json(until), "by_agent_id": text_id(actor.agent_id)}
    await announce(uow, row, after, Activity(after, "snoozed", params))
    return after


def check_snooze(until: datetime, *, field: str = "snoozed_until") -> None:
    """Raises Invalid for a time that is past or too far."""
    if not datetime.now(UTC) < until < datetime.now(UTC) + LONGEST_SNOOZE:
        raise Invalid("Choose another time.", fields={field: "a time from now, at most a year ahead"})


_DUE = f"""
SELECT * FROM conversation WHERE status = 'snoozed' AND snoozed_until <= now()
ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED
"""


async def wake_snoozed(runtime: Runtime) -> int:
    """Open the conversations whose snooze has ended; return how many."""
    woken = 0
    while True:
        async with runtime.database.begin() as uow:
            due = await uow.conn.fetch(_DUE)
            for row in due:
                await reopen(uow, row, by=None, reason=SNOOZE_ENDED)
        woken += len(due)
        if len(due) < AT_ONCE:
            break
    if woken:
        assign_soon(runtime)
    return woken

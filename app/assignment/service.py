"""Who gets a conversation: at once when it needs an owner, and at once when someone gets free.

`request_owner` writes the need in the transaction that causes it. After the commit `assign_soon` empties the queue: one
assigner at a time in the whole installation (an advisory lock), one transaction for choice and assignment. Open, unsnoozed
conversations count as load. The engine of rules, teams, skills and languages belongs into `choice.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.assignment.choice import Candidate, Choice, Request, choose
from app.assignment.record import Ownership, record_owners
from app.db import Database, UnitOfWork
from app.runtime import Runtime

__all__ = ["Ownership", "assign_soon", "assign_waiting", "forget_request", "record_owners", "request_owner"]

LOCK = 0x6861_776B_6172_0001
"""The advisory lock of the assigner."""
AT_ONCE = 500
"""Requests that one transaction looks at."""
_log = structlog.get_logger()

_REQUEST = """
INSERT INTO assignment_request (conversation_id, team_id, code)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) ON CONFLICT (conversation_id) DO NOTHING
"""
_REQUESTS = f"""
SELECT r.conversation_id, r.team_id, r.code FROM assignment_request r
JOIN conversation c ON c.id = r.conversation_id
WHERE c.status = 'open' AND c.assignee_id IS NULL ORDER BY r.requested_at, r.conversation_id LIMIT {AT_ONCE}
"""
_OBSOLETE = """
DELETE FROM assignment_request r USING conversation c
WHERE c.id = r.conversation_id AND (c.status = 'closed' OR c.assignee_id IS NOT NULL)
"""
_CANDIDATES = """
SELECT a.id, a.capacity, a.last_assigned_at,
    ARRAY(SELECT team_id FROM team_member m WHERE m.agent_id = a.id) AS team_ids,
    (SELECT count(*) FROM conversation c WHERE c.assignee_id = a.id AND c.status = 'open' AND c.listed) AS load
FROM agent a
WHERE a.disabled_at IS NULL AND a.availability = 'available' AND a.role IN ('admin', 'supervisor', 'agent')
    AND EXISTS (SELECT 1 FROM agent_socket s WHERE s.agent_id = a.id AND s.expires_at > now())
"""
_HOPE = "SELECT EXISTS (SELECT FROM agent_socket) AND EXISTS (SELECT FROM assignment_request)"
"""Is there something to give, and somebody who may take it?"""
_LOCK_OPEN = """
SELECT id FROM conversation WHERE id = ANY($1::uuid[]) AND status = 'open' AND assignee_id IS NULL ORDER BY id FOR UPDATE
"""


async def request_owner(uow: UnitOfWork, rows: Iterable[tuple[UUID, UUID | None, str]]) -> None:
    """Note that conversations need an owner: (conversation id, team id, code of the reason). After the commit call `assign_soon`."""
    wanted = sorted(rows, key=lambda row: row[0])
    if wanted:
        await uow.conn.execute(_REQUEST, *map(list, zip(*wanted, strict=True)))


async def forget_request(uow: UnitOfWork, conversation_ids: Sequence[UUID]) -> None:
    """Take conversations out of the queue: they got an owner, or need none any more."""
    await uow.conn.execute("DELETE FROM assignment_request WHERE conversation_id = ANY($1::uuid[])", conversation_ids)


def assign_soon(runtime: Runtime) -> None:
    """Empty the queue in the background; calls while it runs make it look once more."""
    assigner = _ASSIGNERS.get(runtime.database)
    if assigner is None:
        assigner = _ASSIGNERS[runtime.database] = Assigner(runtime)
    assigner.wake()


class Assigner:
    """The assigner of one process: at most one run at a time, and one more for whoever asked meanwhile."""

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self._task: asyncio.Task[None] | None = None
        self._again = False
        runtime.database.before_close.append(self._end)

    def wake(self) -> None:
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _end(self) -> None:
        self._again = False
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._again:
            self._again = False
            try:
                await assign_waiting(self._database)
            except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("assigning_failed", error=type(error).__name__)  # the sweep tries again


_ASSIGNERS: WeakKeyDictionary[Database, Assigner] = WeakKeyDictionary()


async def assign_waiting(database: Database) -> int:
    """Give every waiting conversation to someone who is free; return how many were given. Those left wait for the next call."""
    given = 0
    while True:
        async with database.begin_lean() as uow:
            made, looked = await _assign_some(uow)
        given += made
        if made == 0 or looked < AT_ONCE:
            return given


async def _assign_some(uow: UnitOfWork) -> tuple[int, int]:
    """Return how many conversations were given, of how many looked at."""
    if not await uow.conn.fetchval(_HOPE):
        return 0, 0
    if not any(candidate.load < candidate.capacity for candidate in await _candidates(uow)):
        return 0, 0  # a flood of new conversations must not look through the whole queue each time, to give none away
    await uow.conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    await uow.conn.execute(_OBSOLETE)
    requests = [Request(*row) for row in await uow.conn.fetch(_REQUESTS)]
    choices = choose(requests, await _candidates(uow))
    await _give(uow, choices)
    return len(choices), len(requests)


async def _candidates(uow: UnitOfWork) -> list[Candidate]:
    return [
        Candidate(row["id"], row["capacity"], row["load"], row["last_assigned_at"], frozenset(row["team_ids"]))
        for row in await uow.conn.fetch(_CANDIDATES)
    ]


async def _give(uow: UnitOfWork, choices: Sequence[Choice]) -> None:
    """Write the choices for those conversations that still need an owner: a person may have been faster."""
    rows = await uow.conn.fetch(_LOCK_OPEN, [choice.conversation_id for choice in choices])
    free = {row["id"] for row in rows}
    await record_owners(
        uow,
        [
            Ownership(conversation_id=choice.conversation_id, agent_id=choice.agent_id, reason=choice.reason)
            for choice in choices
            if choice.conversation_id in free
        ],
    )

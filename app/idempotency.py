"""Idempotency-Key: the first answer to a request is kept for 24 h and given again to whoever repeats it.

The key, what the request does, and its answer are one transaction. A twin that comes while the first runs waits on the
unique key; when that takes too long it is told so. Errors of the asker (4xx) are kept too, ours (5xx) are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import asyncpg
from fastapi import Depends, Header
from starlette.requests import Request

from app.api import Answer, RuntimeDep
from app.db import Released, UnitOfWork
from app.errors import AppError, Conflict, RateLimited
from app.people.service import Actor, ActorDep
from app.runtime import Runtime

TWIN_WAIT_S = 10.0
LONGEST_KEY = 200
_CLAIM = """
INSERT INTO idempotency_key (scope_digest, body_digest, status) VALUES ($1, $2, 0)
ON CONFLICT (scope_digest) DO UPDATE SET body_digest = excluded.body_digest, status = 0, body = NULL, created_at = now()
    WHERE idempotency_key.created_at < now() - interval '24 hours'
RETURNING 1
"""
_FIND = "SELECT body_digest, status, body FROM idempotency_key WHERE scope_digest = $1"
_KEEP = "UPDATE idempotency_key SET status = $2, body = $3 WHERE scope_digest = $1"

Act = Callable[[UnitOfWork], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Once:
    """One request that creates or sends. `scope` None = no key was sent: it is simply done."""

    runtime: Runtime
    scope: bytes | None
    body: bytes

    async def run(self, act: Act, *, secret: bool = False) -> Answer:
        """Do `act` in a transaction and return its answer, or the answer that the same key got before.

        `secret`: the answer holds a secret, so its body is not kept. Raises Conflict for the same key with another body,
        for a twin that still runs, and for a secret that was shown before.
        """
        if self.scope is None:
            async with self.runtime.database.begin() as uow:
                return await act(uow)
        async with self.runtime.database.begin(lock_s=TWIN_WAIT_S) as uow:
            return await self._claimed(uow) or await self._first(uow, act, secret=secret)

    async def _claimed(self, uow: UnitOfWork) -> Answer | None:
        """Return the answer that this key got; None when it is ours now."""
        try:
            if await uow.conn.fetchval(_CLAIM, self.scope, self.body):
                return None
        except asyncpg.LockNotAvailableError:
            raise Conflict("The first request with this key still runs. Ask again.", code="in_progress") from None
        row = await uow.conn.fetchrow(_FIND, self.scope)
        assert row is not None
        if row["body_digest"] != self.body:
            raise Conflict("This Idempotency-Key was used for another body. Take a new one.", code="key_reused")
        if row["body"] is None:
            raise Conflict("This was done before; its secret is shown only once.", code="shown_before")
        return Answer.kept(row["body"], row["status"])

    async def _first(self, uow: UnitOfWork, act: Act, *, secret: bool) -> Answer:
        try:
            async with uow.session.begin_nested():
                answer = await act(uow)
        except RateLimited:
            raise
        except AppError as error:
            if error.http_status >= 500:
                raise
            uow.released = Released()
            answer = Answer(error.as_json(), error.http_status)
        kept = None if secret and answer.status_code < 400 else bytes(answer.body)
        await uow.conn.execute(_KEEP, self.scope, answer.status_code, kept)
        return answer


async def _once(
    request: Request,
    actor: ActorDep,
    runtime: RuntimeDep,
    idempotency_key: Annotated[
        str | None,
        Header(max_length=LONGEST_KEY, description="Answers a repeat within 24 h as the first was answered."),
    ] = None,
) -> Once:
    return once_for(request, actor, runtime, body=await request.body() if idempotency_key else b"")


def once_for(request: Request, actor: Actor, runtime: Runtime, *, body: bytes) -> Once:
    """Return the guard of a request; `body` stands for what is asked: a file's hash where the body is a file."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return Once(runtime, None, b"")
    scope = "\n".join((actor.key, request.method, request.url.path, key[:LONGEST_KEY]))
    return Once(runtime, hashlib.sha256(scope.encode()).digest(), hashlib.sha256(body).digest())


OnceDep = Annotated[Once, Depends(_once)]

"""Log-in: throttled, the same answer and time for accounts that exist and that do not, and a second proof where one is set."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from app.errors import Invalid, NotAuthenticated
from app.people import second_factor
from app.people.passwords import is_password
from app.people.permissions import Rights
from app.people.sessions import NewSession, start_session
from app.people.throttle import throttle_on
from app.runtime import Runtime

_FIND = "SELECT id, password_hash, role, visibility FROM agent WHERE email = $1 AND disabled_at IS NULL"


def fold_email(email: str) -> str:
    return email.strip().casefold()


async def log_in(
    runtime: Runtime, *, email: str, password: str, code: str | None, address: str, user_agent: str
) -> NewSession:
    """Open a session.

    Raises NotAuthenticated: `credentials_wrong`, the same for an unknown, wrong or disabled account, then `code_required`
    or `code_wrong`; and RateLimited.
    """
    email = fold_email(email)
    throttle = throttle_on(runtime.redis)
    await throttle.check(email=email, address=address)
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_FIND, email)
    if not await is_password(password, row and row["password_hash"]):
        await throttle.count_failure(email=email, address=address)
        raise NotAuthenticated("E-mail address or password is wrong.", code="credentials_wrong")
    assert row is not None
    try:
        return await _open(runtime, row, code=code, address=address, user_agent=user_agent)
    except NotAuthenticated:
        if code:
            await throttle.count_failure(email=email, address=address)
        raise


async def _open(
    runtime: Runtime, row: asyncpg.Record, *, code: str | None, address: str, user_agent: str
) -> NewSession:
    async with runtime.database.begin() as uow:
        await second_factor.check(uow, runtime.vault, agent_id=row["id"], code=code)
        return await start_session(
            uow,
            runtime,
            agent_id=row["id"],
            rights=Rights(row["role"], row["visibility"]),
            address=address,
            user_agent=user_agent,
        )


async def prove_password(runtime: Runtime, agent_id: UUID, password: str) -> None:
    """Let a logged-in person prove to be that person, before what a stranger at an open screen must not do.

    Raises Invalid, and RateLimited for guesses.
    """
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow("SELECT email, password_hash FROM agent WHERE id = $1", agent_id)
    assert row is not None
    throttle = throttle_on(runtime.redis)
    await throttle.check(email=row["email"])
    if not await is_password(password, row["password_hash"]):
        await throttle.count_failure(email=row["email"])
        raise Invalid("This is not your password.", fields={"current_password": "the one you log in with"})

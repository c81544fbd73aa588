"""Tell every process at once that an account changed: another's pasted token must not be used for seconds to come.

Redis carries the word; a process that misses it reads the accounts again within `Directory.FRESH_S` all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.exceptions import RedisError

from app.db import UnitOfWork
from app.runtime import Runtime

CHANNEL = "hawker:accounts"
_AGAIN_AFTER_S = 1.0
_WAIT_S = 5.0
_log = structlog.get_logger()


def account_changed(uow: UnitOfWork, runtime: Runtime) -> None:
    """After the commit, read the accounts again, here and in every other process."""
    uow.after_commit(runtime.accounts.refresh)
    uow.after_commit(lambda: _tell(runtime))


async def _tell(runtime: Runtime) -> None:
    try:
        await runtime.redis.publish(CHANNEL, str(runtime.process_id))
    except (RedisError, OSError) as error:
        _log.warning("account_change_untold", error=type(error).__name__)


@asynccontextmanager
async def following_changes(runtime: Runtime) -> AsyncIterator[None]:
    """Read the accounts again whenever another process says that one changed."""
    task = asyncio.create_task(_follow(runtime))
    try:
        yield
    finally:
        while not task.done():  # the client takes a cancellation now and then for the end of a wait of its own
            task.cancel()
            await asyncio.wait({task}, timeout=0.2)


async def _follow(runtime: Runtime) -> None:
    task = asyncio.current_task()
    assert task is not None
    while not task.cancelling():
        try:
            await _listen(runtime)
        except (RedisError, OSError) as error:
            if task.cancelling():
                return
            _log.warning("account_changes_unheard", error=type(error).__name__)
        await asyncio.sleep(_AGAIN_AFTER_S)


async def _listen(runtime: Runtime) -> None:
    own = str(runtime.process_id).encode()
    async with runtime.redis.pubsub() as words:
        await words.subscribe(CHANNEL)
        while True:
            word = await words.get_message(timeout=_WAIT_S)
            if (
                word is not None and word["data"] != own
            ):  # the first is that we are subscribed: what changed before is not told
                await runtime.accounts.refresh_or_stay()

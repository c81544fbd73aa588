"""What ingest does while the database is away: deliveries go to the spool, and back out first, in order, when it returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from app.errors import Unavailable
from app.inbound import arrivals, metrics
from app.inbound.arrivals import Arrival
from app.inbound.failures import DatabaseAway, Verdict, judge
from app.inbound.spool import Orphan, Spool, Spooled, SpoolFull
from app.runtime import Runtime
from channels.contract import SignatureInvalid

T = TypeVar("T")
LOOK_EVERY_S = 1.0
ORPHANS_EVERY_S = 10.0
AT_ONCE = 256
_log = structlog.get_logger()


class Refuge:
    """The spool of this process and the task that empties it. While `in_use`, new deliveries queue up behind those kept."""

    def __init__(self, runtime: Runtime, write: Callable[[Sequence[Arrival]], Awaitable[None]]) -> None:
        self._runtime = runtime
        self._write = write
        settings = runtime.settings
        self._spool = Spool(settings.data_dir / "spool", runtime.vault, max_bytes=settings.spool_max_bytes)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._gate = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.in_use = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch(), name="spool")

    async def close(self) -> None:
        """Stop emptying; what is kept stays on the disk for the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._on_disk(self._spool.close)
        self._disk.shutdown()

    async def keep(self, kept: Sequence[Arrival]) -> None:
        """Put deliveries on the disk. Raises Unavailable when that cannot be."""
        async with self._gate:
            try:
                await self._on_disk(lambda: self._spool.append(kept))
            except (SpoolFull, OSError) as error:
                _log.error("spool_refused", error=type(error).__name__, deliveries=len(kept))
                raise Unavailable("The database is away and the spool is full; send it again.") from error
            self.in_use = True
        metrics.SPOOLED.inc(len(kept))

    async def _watch(self) -> None:
        """Take over what dead processes left, now and then; empty our own as soon as the database is back."""
        loop = asyncio.get_running_loop()
        orphans_at = loop.time()
        while True:
            try:
                if loop.time() >= orphans_at:
                    orphans_at = loop.time() + ORPHANS_EVERY_S
                    await self._take_over()
                if self.in_use:
                    await self._empty()
            except DatabaseAway:
                pass
            except Exception as error:  # noqa: BLE001 -- the spool is looked at again, whatever it was
                _log.error("spool_not_emptied", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _empty(self) -> None:
        """Write our own deliveries; when none is left, and none can come meanwhile, leave the refuge. Raises DatabaseAway."""
        await self._on_disk(self._spool.rewind)
        total = 0
        while found := await self._read_or_leave():
            await self._write(await self._revived(found))
            total += len(found)
        _log.info("spool_emptied", deliveries=total)

    async def _read_or_leave(self) -> list[Spooled]:
        async with self._gate:
            found = await self._on_disk(lambda: self._spool.read(AT_ONCE))
            if not found:
                await self._on_disk(self._spool.forget)
                self.in_use = False
            return found

    async def _take_over(self) -> None:
        for orphan in await self._on_disk(lambda: list(self._spool.orphans())):
            try:
                await self._write_orphan(orphan)
            except BaseException:
                await self._on_disk(orphan.close)
                raise
            await self._on_disk(orphan.delete)

    async def _write_orphan(self, orphan: Orphan) -> None:
        while found := await self._on_disk(lambda: orphan.read(AT_ONCE)):
            await self._write(await self._revived(found))

    async def _revived(self, found: Sequence[Spooled]) -> list[Arrival]:
        """Open and parse again what was kept. Raises DatabaseAway."""
        return [arrival for one in found if (arrival := await revive(self._runtime, one)) is not None]

    async def _on_disk(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, call)


async def revive(runtime: Runtime, kept: Spooled) -> Arrival | None:
    """Return a kept delivery as it was taken, or None when its account was removed meanwhile. Raises DatabaseAway."""
    try:
        account = await runtime.accounts.get(kept.account_id)
    except Exception as error:
        if judge(error) is Verdict.TRANSIENT:
            raise DatabaseAway from error
        raise
    if account is None:
        _log.warning("account_removed", delivery_id=str(kept.id))
        return None
    try:
        opened = account.adapter.open(kept.delivery, account.credentials, kept.delivery.received_at)
    except SignatureInvalid:
        arrival = Arrival(account, kept.delivery, [], error="signature_invalid")
    else:
        arrival = arrivals.read(account, opened, runtime.accounts)
    arrival.id = kept.id
    return arrival

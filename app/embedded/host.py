"""Who runs the embedded engines of a data directory: the first process that needs them; others use them and inherit the task.

`engines.lock` is held by the process that runs them. It writes `engines.json` with their addresses when they are ready and
removes it when it stops them. A process that joined tries for the lock once a second, so that the engines come back under
it when their first host ends. The addresses depend only on the data directory.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from app.embedded import postgres, valkey
from app.embedded.placement import EngineError, Placement, place
from app.supervisor import ProgramFailed, Report, Supervisor, report_to_stderr, try_lock

START_TIMEOUT_S = 60.0
TAKE_OVER_EVERY_S = 1.0


@dataclass(frozen=True)
class EngineUrls:
    """Addresses of what runs embedded; None for an engine that is configured by its own URL."""

    database_url: str | None
    redis_url: str | None


class EngineHost:
    """Runs the wanted engines for this process, or joins the process that already does."""

    def __init__(
        self,
        data_dir: Path,
        *,
        pg_bin: Path | None = None,
        database: bool = True,
        redis: bool = True,
        durable: bool = True,
        report: Report = report_to_stderr,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.ended_uncleanly = False
        self._wanted = (database, redis)
        self._pg_bin = pg_bin
        self._durable = durable
        self._report = report
        self._supervisor = Supervisor(report=report)
        self._lock = (self.data_dir / "engines.lock").open("ab")
        self._addresses = self.data_dir / "engines.json"
        self._stopping = threading.Event()
        self._heir: threading.Thread | None = None
        self._placement: Placement | None = None

    @property
    def hosts(self) -> bool:
        return bool(self._supervisor.keepers)

    @property
    def keepers(self) -> dict[str, int | None]:
        """Name → process id of what this process runs."""
        return {keeper.program.name: keeper.pid for keeper in self._supervisor.keepers}

    def start(self) -> EngineUrls:
        """Return the addresses once the engines answer. Raises EngineError."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not try_lock(self._lock):
            if urls := self._joined():
                self._heir = threading.Thread(target=self._inherit, name="engines", daemon=True)
                self._heir.start()
                return urls
            if time.monotonic() > deadline:
                raise EngineError(f"Another process holds {self._lock.name} and its engines do not come up: stop it.")
            time.sleep(0.05)
        return self._run()

    def stop(self) -> None:
        """Stop what this process runs. Whoever joined takes over."""
        self._stopping.set()
        if self._heir:
            self._heir.join()
        if self.hosts:
            self._addresses.unlink(missing_ok=True)
            self._supervisor.stop(timeout_s=30)
            self._remove_short_socket_dir()
        self._lock.close()

    def kill(self) -> None:
        self._supervisor.kill()

    def trim_logs(self) -> None:
        self._supervisor.trim_logs()

    def _run(self) -> EngineUrls:
        self.ended_uncleanly = self._addresses.exists()
        self._addresses.unlink(missing_ok=True)
        database, redis = self._wanted
        placement = self._placement = place(self.data_dir, pg_bin=self._pg_bin, report=self._report)
        logs = self.data_dir / "logs"
        if redis:
            self._supervisor.add(valkey.program(placement, log=logs / "valkey.log"))
        try:
            if database:
                self._supervisor.add(postgres.program(placement, log=logs / "postgres.log", durable=self._durable))
            for keeper in self._supervisor.keepers:
                keeper.wait_ready(START_TIMEOUT_S)
        except (ProgramFailed, EngineError) as error:
            self._supervisor.stop()
            raise EngineError(str(error)) from None
        urls = _urls(placement, database=database, redis=redis)
        unfinished = self._addresses.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(urls)))
        unfinished.rename(self._addresses)
        return urls

    def _remove_short_socket_dir(self) -> None:
        """Leave nothing outside of the data; whoever takes over makes it anew, so it may be in use already."""
        if self._placement and not self._placement.sockets.is_relative_to(self._placement.home):
            with suppress(OSError):
                self._placement.sockets.rmdir()

    def _joined(self) -> EngineUrls | None:
        """Return the addresses that the host wrote, or None while it is not ready."""
        try:
            urls = EngineUrls(**json.loads(self._addresses.read_text()))
        except FileNotFoundError:
            return None
        for wanted, url, setting in zip(
            self._wanted, (urls.database_url, urls.redis_url), ("DATABASE", "REDIS"), strict=True
        ):
            if wanted and url is None:
                raise EngineError(
                    f"HAWKER_{setting}_URL: the process that runs on {self.data_dir} has it set; set it here to the same."
                )
        return urls

    def _inherit(self) -> None:
        while not self._stopping.wait(TAKE_OVER_EVERY_S):
            if try_lock(self._lock):
                try:
                    self._run()
                except EngineError as error:
                    self._report(f"The engines ended and could not be started again here: {error}")
                    return
                self._report(
                    f"The process that ran the engines of {self.data_dir} has ended; they run under this one now."
                )
                return


def _urls(placement: Placement, *, database: bool, redis: bool) -> EngineUrls:
    return EngineUrls(
        database_url=postgres.database_url(placement) if database else None,
        redis_url=valkey.redis_url(placement) if redis else None,
    )


@contextmanager
def embedded_engines(data_dir: Path, *, pg_bin: Path | None = None, durable: bool = True) -> Iterator[EngineUrls]:
    """Run both engines, or use those that run on `data_dir`, for the length of the block. Raises EngineError."""
    host = EngineHost(data_dir, pg_bin=pg_bin, durable=durable)
    try:
        yield host.start()
    finally:
        host.stop()

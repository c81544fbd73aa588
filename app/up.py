"""`hawker up`: everything on one machine under one process, ready in seconds, gone without a trace when it is stopped."""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from app.config import Settings, get_settings
from app.demo.cast import BUSINESS, LOG_INS
from app.embedded import EngineHost
from app.embedded.needed import with_addresses
from app.processes import ROOT, CannotRun, command_of
from app.serve import listen, origin
from app.supervisor import Program, Supervisor, launch_command, report_to_stderr, try_lock

READY_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 10.0
HOUSEKEEPING_EVERY_S = 60.0
PORT_PATIENCE_S = 5.0
"""How long the processes of an `up` that was killed may take to let go of the port."""
MOST_EARLY_DEATHS = 3
SAME_WISH_S = 1.0
"""One Ctrl-C may come twice, from the terminal and from the program that runs us; a later one is impatience, and kills."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UpError(CannotRun):
    """`up` cannot start; the text says what to do."""


class Stopped(Exception):
    """Ctrl-C or SIGTERM came."""


def run(*, host: str, port: int, demo: bool) -> None:
    """Start everything, say so in one block, and return when it has been stopped.

    Raises UpError, PortTaken, EngineError or ProgramFailed when something does not start; what had started is stopped.
    """
    settings = get_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        killed_before = stack.enter_context(only_one(settings.data_dir))
        make_secret_key(settings)
        patience_s = PORT_PATIENCE_S if killed_before else 0.0
        web = stack.enter_context(listen(host, port, patience_s=patience_s))
        sandbox = stack.enter_context(listen(host, port + 1, patience_s=patience_s)) if demo else None
        everything = Everything(settings, web=web, sandbox=sandbox)
        stack.callback(_ignore_signals)
        stack.callback(everything.stop)
        try:
            everything.heed_signals()
            print(everything.start(), flush=True)
            everything.watch()
        except Stopped:
            return


def _ignore_signals() -> None:
    """Let a second wish to stop that comes late find nothing to kill: Python gives signals their deadly default back at its end."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def make_secret_key(settings: Settings) -> None:
    """Make `secret.key` in the data directory unless a key is set or there. Without it nothing encrypted can be read again."""
    if settings.secret_key is None:
        whole = settings.data_dir / "secret.key"
        unfinished = whole.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48) + "\n")
        unfinished.rename(whole)
        get_settings.cache_clear()


@contextmanager
def only_one(data_dir: Path) -> Iterator[bool]:
    """Be the only `up` on the data directory, and yield whether the last one was killed. Raises UpError."""
    with (data_dir / "up.lock").open("a+b") as file:
        if not try_lock(file):
            raise UpError(
                f"`hawker up` already runs on {data_dir.resolve()}. Stop that one, or give another --data-dir."
            )
        file.seek(0)
        killed_before = bool(file.read())
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        try:
            yield killed_before
        finally:
            file.truncate(0)


class Everything:
    """The engines and the processes of one `up`, on sockets that are listening already."""

    def __init__(self, settings: Settings, *, web: socket.socket, sandbox: socket.socket | None) -> None:
        self._settings = settings
        self._data_dir = settings.data_dir.resolve()
        self._web = web
        self._sandbox = sandbox
        self._has_migrated = False
        self._stopping_since: float | None = None
        self._processes = Supervisor()
        self._engines = EngineHost(
            self._data_dir,
            pg_bin=settings.pg_bin,
            database=settings.database_url is None,
            redis=settings.redis_url is None,
        )

    def heed_signals(self) -> None:
        """Stop on the first Ctrl-C, SIGTERM or closed terminal; on the second, kill."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def start(self) -> str:
        """Start all of it, and return the text that tells where to go."""
        os.environ["HAWKER_DATA_DIR"] = str(self._data_dir)
        os.environ.setdefault("HAWKER_BASE_URL", self._settings.base_url or _origin(self._web))
        urls = self._engines.start()
        with_addresses(urls.database_url, urls.redis_url)
        if self._sandbox:
            if "business_name" not in self._settings.model_fields_set:
                os.environ["HAWKER_BUSINESS_NAME"] = BUSINESS
            self._add("sandbox", self._sandbox)
        if not self._is_migrated():
            self._migrate()
        self._add("web", self._web)
        self._add("worker")
        self._wait_for(self._web, "/readyz")
        if self._sandbox:
            self._wait_for(self._sandbox, "/sandbox/accounts")
            self._furnish_demo(self._sandbox)
        return self._welcome()

    def watch(self) -> None:
        """Keep house until Stopped."""
        if not self._has_migrated:
            self._make_partitions()
        while True:
            time.sleep(HOUSEKEEPING_EVERY_S)
            self._processes.trim_logs()
            self._engines.trim_logs()

    def stop(self) -> None:
        self._processes.stop(timeout_s=STOP_TIMEOUT_S)
        self._engines.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()
            raise Stopped
        if time.monotonic() - self._stopping_since > SAME_WISH_S:
            self._processes.kill()
            self._engines.kill()

    def _add(self, name: str, listener: socket.socket | None = None) -> None:
        fds = (listener.fileno(),) if listener else ()
        argv, env = command_of(name, *(("--fd", str(fds[0])) if fds else ()), data_dir=self._data_dir)
        self._processes.add(
            Program(
                name=name,
                argv=argv,
                env=env,
                log=self._log(name),
                fds=fds,
                parent_death_signal=signal.SIGKILL,  # without us there is no database that it could end in order with
            )
        )

    def _make_partitions(self) -> None:
        """Migrate all the same: it makes the partitions of the next days, which nobody has to wait for."""
        try:
            self._migrate()
        except UpError as error:
            report_to_stderr(str(error))

    def _is_migrated(self) -> bool:
        """Say whether the embedded database went through these very migrations: then nobody has to wait for them again."""
        marker = self._data_dir / "migrations.digest"
        return self._settings.database_url is None and marker.exists() and marker.read_text() == _migrations_digest()

    def _migrate(self) -> None:
        self._run_once("migrate")
        self._has_migrated = True
        (self._data_dir / "migrations.digest").write_text(_migrations_digest())

    def _run_once(self, *words: str) -> None:
        """Run one of our commands to its end. Raises UpError with what it said."""
        argv, env = command_of(*words, data_dir=self._data_dir)
        log = self._log(words[0])
        log.parent.mkdir(exist_ok=True, mode=0o700)
        with log.open("wb") as output:
            done = subprocess.run(launch_command(argv), stdout=output, stderr=output, env=os.environ | env, check=False)
        if done.returncode != 0:
            raise UpError(f"`hawker {words[0]}` failed:\n{log.read_text(errors='replace').strip()}")

    def _wait_for(self, listener: socket.socket, path: str) -> None:
        """Return when `path` answers 200. Raises ProgramFailed for a process that keeps dying, UpError after READY_TIMEOUT_S."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while (answer := _ask(listener, "GET", path))[0] != http.HTTPStatus.OK:
            for keeper in self._processes.keepers:
                if keeper.deaths >= MOST_EARLY_DEATHS:
                    raise keeper.failure()
            if time.monotonic() > deadline:
                raise UpError(
                    f"Not ready after {READY_TIMEOUT_S:.0f} s: {path} answers {answer}. Logs: {self._log('*')}"
                )
            time.sleep(0.05)

    def _furnish_demo(self, sandbox: socket.socket) -> None:
        """Furnish the demo shop at the first start, and again when it listens elsewhere; else leave alone what people changed."""
        marker = self._data_dir / "demo.txt"
        addresses = f"{_origin(self._web)}\n{_origin(sandbox)}\n"
        if not marker.exists() or marker.read_text() != addresses:
            self._run_once("demo-shop", "--web-url", _origin(self._web), "--sandbox-url", _origin(sandbox))
            marker.write_text(addresses)
        status, text = _ask(sandbox, "POST", "/sandbox/scripts/start")
        if status >= http.HTTPStatus.BAD_REQUEST:
            raise UpError(f"The sandbox could not start its customers: {status} {text}")

    def _log(self, name: str) -> Path:
        return self._data_dir / "logs" / f"{name}.log"

    def _welcome(self) -> str:
        lines = ["", "Hawker is ready.", "", f"  Inbox     {os.environ['HAWKER_BASE_URL']}"]
        if self._sandbox:
            lines += [
                f"  {'Log in' if n == 0 else '':<9} {email:<26} {password}"
                for n, (email, password) in enumerate(LOG_INS)
            ]
            lines += [f"  Sandbox   {_origin(self._sandbox)}   (be the customer: the phone page)"]
        else:
            lines += ["  Log in    with an agent that `hawker agent create EMAIL --name NAME --role admin` made"]
        return "\n".join([*lines, f"  Data      {self._data_dir}", "", "Ctrl-C stops everything.", ""])


def _migrations_digest() -> str:
    found = hashlib.sha256()
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _origin(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return origin(host, port)


def _ask(listener: socket.socket, method: str, path: str) -> tuple[int, str]:
    """Return status and text of what one of our processes answers; status 0 when it does not."""
    host, port = listener.getsockname()[:2]
    connection = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=10)  # noqa: S104
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read(1000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()

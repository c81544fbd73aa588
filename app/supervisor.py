"""Keeps child processes alive: starts each, starts it again when it dies, stops them in order, and never outlives them."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.processes import CannotRun

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 5.0
STEADY_S = 30.0
"""A child that lived this long starts again without having earned a longer pause."""
LOG_MAX_BYTES = 20 * 1024 * 1024

Report = Callable[[str], None]


def report_to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how to run and stop it.

    `log`: its output is appended there; None leaves it on our own stderr. `lock`: a file that is locked before the start
    and stays locked as long as the program or any child of it lives, whoever started it. `launch`: options of launch.py.
    `is_ready` is asked with the process id.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    parent_death_signal: signal.Signals | None = None
    fds: tuple[int, ...] = ()
    lock: Path | None = None
    launch: tuple[str, ...] = ()
    before_start: Callable[[], None] = lambda: None
    is_ready: Callable[[int], bool] = lambda pid: True


class ProgramFailed(CannotRun):
    """A program did not become ready; the text holds the end of its log."""


class Keeper:
    """One child process and the thread that waits for it. The thread lives as long as the child may: the kernel ties the
    parent-death signal to the thread that forked."""

    def __init__(self, program: Program, *, report: Report = report_to_stderr) -> None:
        self.program = program
        self.deaths = 0
        self._report = report
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.RLock()  # a signal's handler may run in the thread that holds it
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=program.name, daemon=True)

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process else None

    def start(self) -> None:
        self._thread.start()

    def is_ready(self) -> bool:
        pid = self.pid
        return pid is not None and self.program.is_ready(pid)

    def wait_ready(self, timeout_s: float, *, max_deaths: int = 5) -> None:
        """Return when the program is ready. Raises ProgramFailed after `timeout_s` or `max_deaths` early ends."""
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            if self.deaths >= max_deaths or time.monotonic() > deadline or self._stopping.is_set():
                raise self.failure()
            time.sleep(0.01)

    def failure(self) -> ProgramFailed:
        return ProgramFailed(f"{self.program.name} did not start. {self._log_tail()}")

    def ask_to_stop(self) -> None:
        """Let it end in its own way; finish() waits for that."""
        with self._guard:
            self._stopping.set()
            if self._process:
                self._process.send_signal(self.program.stop_signal)

    def finish(self, timeout_s: float) -> None:
        """Wait for the end that was asked for; after `timeout_s` kill the program and all in its session's group."""
        if not self._thread.is_alive():
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self.kill()
            self._thread.join()

    def kill(self) -> None:
        with self._guard:
            self._stopping.set()
            if self._process:
                _kill_group(self._process.pid)

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = time.monotonic()
            reason = self._run_once()
            if self._stopping.is_set():
                return
            self.deaths += 1
            pause_s = FIRST_PAUSE_S if time.monotonic() - started > STEADY_S else min(pause_s * 2, LONGEST_PAUSE_S)
            where = f" (log: {self.program.log})" if self.program.log else ""
            self._report(f"{self.program.name} {reason}; starting it again{where}")
            self._stopping.wait(pause_s)

    def _run_once(self) -> str:
        """Run the program to its end and say how it ended."""
        try:
            with _held(self.program.lock, self._stopping) as lock_fd:
                self.program.before_start()
                with self._guard:
                    if self._stopping.is_set():
                        return "was stopped"
                    process = self._process = self._spawn(lock_fd)
        except OSError as error:
            return f"could not be started: {error}"
        code = process.wait()
        with self._guard:
            self._process = None
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def _spawn(self, lock_fd: int | None) -> subprocess.Popen[bytes]:
        program = self.program
        command = launch_command(
            program.argv, program.launch, death_signal=program.parent_death_signal or program.stop_signal
        )
        with _log_file(program.log) as output:
            return subprocess.Popen(
                command,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[*program.fds, *([] if lock_fd is None else [lock_fd])],
            )

    def _log_tail(self, lines: int = 12) -> str:
        if not self.program.log or not self.program.log.exists():
            return "Its output is above."
        text = self.program.log.read_text(errors="replace").splitlines()[-lines:]
        return f"The end of {self.program.log}:\n" + "\n".join(text)


class Supervisor:
    """Several programs, started one by one and stopped together."""

    def __init__(self, *, report: Report = report_to_stderr) -> None:
        self.keepers: list[Keeper] = []
        self._report = report

    def add(self, program: Program) -> Keeper:
        keeper = Keeper(program, report=self._report)
        self.keepers.append(keeper)
        keeper.start()
        return keeper

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Stop all of them; what has not ended after `timeout_s` is killed."""
        deadline = time.monotonic() + timeout_s
        for keeper in self.keepers:
            keeper.ask_to_stop()
        for keeper in self.keepers:
            keeper.finish(max(0.0, deadline - time.monotonic()))
        self.keepers.clear()

    def kill(self) -> None:
        for keeper in self.keepers:
            keeper.kill()

    def trim_logs(self) -> None:
        """Keep one older part of each log that has grown beyond LOG_MAX_BYTES; a child appends, so it may go on writing."""
        for keeper in self.keepers:
            log = keeper.program.log
            if log and log.exists() and log.stat().st_size > LOG_MAX_BYTES:
                log.with_suffix(".old.log").write_bytes(log.read_bytes())
                os.truncate(log, 0)


def launch_command(
    argv: Sequence[str | Path], options: Sequence[str] = (), *, death_signal: int = signal.SIGKILL
) -> list[str]:
    """Return the command that runs `argv` tied to this process's life; `options` are launch.py's."""
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
    tie = ["--parent", str(os.getpid()), "--signal", str(int(death_signal))]
    return [*launcher, *tie, *options, "--", *map(str, argv)]


@contextmanager
def _held(path: Path | None, give_up: threading.Event) -> Iterator[int | None]:
    """Hold `path` locked while a child is started, waiting until it is free; the child inherits the lock and keeps it."""
    if path is None:
        yield None
        return
    with path.open("ab") as file:
        while not try_lock(file) and not give_up.wait(0.05):
            pass
        yield file.fileno()


def try_lock(file: IO[bytes]) -> bool:
    """Lock the open file for this process and those who inherit it, or return False when somebody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _log_file(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        yield file


def _kill_group(pid: int) -> None:
    """The child leads its own session; before it has got so far, only itself can be killed."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)

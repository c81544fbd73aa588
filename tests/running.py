"""The product as its users run it: `hawker` in processes of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

READY_S = 120


def hawker(*words: str, data_dir: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, in the directory above its data, so that no settings file is found."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words, "--data-dir", str(data_dir)],
        cwd=data_dir.parent,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=READY_S,
        check=False,
    )


class Up:
    """A running `hawker up`, and what it has said."""

    def __init__(self, data_dir: Path, port: int, *options: str, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "up", "--port", str(port), "--data-dir", str(data_dir), *options],
            cwd=data_dir.parent,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_ready(self) -> Up:
        self.wait_until(lambda: self.has_said("Ctrl-C") or self.process.poll() is not None, "the block", READY_S)
        assert self.has_said("Hawker is ready."), "".join(self.said)
        return self

    def has_said(self, text: str) -> bool:
        return any(text in line for line in list(self.said))

    def wait_until(self, condition: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come: {''.join(self.said)}"
            time.sleep(0.05)

    def get(self, path: str, *, port: int = 0, token: str = "") -> tuple[int, str]:
        """Return status and text of what the inbox, or the process on `port`, answers."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def pid_of(self, command: str) -> int | None:
        """Return the process of `web`, `worker` or `sandbox`, or None while there is none."""
        found = [pid for pid, line in command_lines(self.data_dir).items() if f" app {command} " in line]
        return found[0] if found else None

    def end(self, *, times: int = 1) -> int:
        """Ask it to stop, `times` at once as a terminal and a runner between may, and return its exit code."""
        for _ in range(times):
            self.process.send_signal(signal.SIGTERM)
        return self._wait_ended()

    def kill(self) -> None:
        self.process.kill()
        self._wait_ended()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.said.extend(lines)

    def _wait_ended(self) -> int:
        code = self.process.wait(timeout=60)
        self._reader.join()
        return code


def command_lines(directory: Path) -> dict[int, str]:
    """Return id → command line of the live processes that name `directory`."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(directory) in line:
                found[int(entry.name)] = line
    return found


def free_ports() -> int:
    """Return a port that is free together with the next one, where the sandbox listens."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port

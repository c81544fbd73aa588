"""`hawker up` as a newcomer meets it: one command, one block of text, and nothing left when it ends."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.processes import ROOT

READY_S = 90


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


def hawker(*words: str, data_dir: Path, timeout_s: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words, "--data-dir", str(data_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


class Up:
    """A running `hawker up`, and what it said."""

    def __init__(self, data_dir: Path, port: int, *options: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "up", "--port", str(port), "--data-dir", str(data_dir), *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.said.extend(lines)

    def wait_ready(self) -> Up:
        wait_until(lambda: self._has_said("Ctrl-C") or self.process.poll() is not None, "the block", self.said, READY_S)
        assert self._has_said("Hawker is ready."), "".join(self.said)
        return self

    def _has_said(self, text: str) -> bool:
        return any(text in line for line in list(self.said))

    def get(self, path: str, *, port: int = 0, token: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def pid_of(self, command: str) -> int | None:
        found = [pid for pid, line in command_lines(self.data_dir).items() if f" app {command} " in line]
        return found[0] if found else None

    def end(self) -> int:
        self.process.terminate()
        return self.wait_ended()

    def kill(self) -> None:
        self.process.kill()
        self.wait_ended()

    def wait_ended(self) -> int:
        code = self.process.wait(timeout=30)
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


def wait_until(condition: Callable[[], bool], what: str, said: list[str], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come: {''.join(said)}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One running `up --demo` for all claims that leave it running."""
    up = Up(tmp_path_factory.mktemp("up") / "data", free_ports(), "--demo")
    try:
        yield up.wait_ready()
    finally:
        up.end()


def test_the_block_names_inbox_log_ins_and_sandbox(demo: Up) -> None:
    block = "".join(demo.said)
    assert f"http://localhost:{demo.port}\n" in block
    assert f"http://localhost:{demo.port + 1} " in block
    assert len(re.findall(r"\S+@demo\.hawker\.test +\S+", block)) >= 2
    assert demo.get("/readyz")[0] == 200
    assert demo.get("/sandbox/accounts", port=demo.port + 1)[0] == 200


def test_a_second_one_on_the_same_directory_is_refused(demo: Up) -> None:
    second = hawker("up", "--port", str(free_ports()), data_dir=demo.data_dir)
    assert second.returncode == 1
    assert "already runs" in second.stderr
    assert demo.get("/readyz")[0] == 200


@pytest.mark.parametrize("taken", [0, 1], ids=["inbox", "sandbox"])
def test_a_taken_port_is_said_and_nothing_is_left(tmp_path: Path, taken: int) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + taken)):
        refused = hawker("up", "--demo", "--port", str(port), data_dir=tmp_path / "data")
    assert refused.returncode == 1
    assert f"Port {port + taken} " in refused.stderr
    assert "--port" in refused.stderr
    assert not command_lines(tmp_path)


@pytest.mark.parametrize("command", ["web", "worker", "sandbox"])
def test_a_killed_process_is_started_again(demo: Up, command: str) -> None:
    killed = demo.pid_of(command)
    assert killed
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: demo.pid_of(command) not in (None, killed), f"another {command}", demo.said)
    assert demo.get("/readyz")[0] == 200
    assert demo.get("/sandbox/accounts", port=demo.port + 1)[0] == 200
    wait_until(lambda: any(f"{command} was killed by SIGKILL" in line for line in demo.said), "the report", demo.said)


def test_a_token_made_beside_it_is_alone_on_standard_output_and_opens_the_api(demo: Up) -> None:
    made = hawker("token", "create", "shop", "--role", "admin", data_dir=demo.data_dir)
    assert made.returncode == 0, made.stderr
    [token] = made.stdout.splitlines()
    status, body = demo.get("/api/v1/channel-accounts", token=token)
    assert status == 200
    accounts = json.loads(body)["items"]
    sandbox_accounts = json.loads(demo.get("/sandbox/accounts", port=demo.port + 1)[1])
    assert {account["external_id"] for account in accounts} <= {account["external_id"] for account in sandbox_accounts}
    assert accounts


def test_the_doctor_finds_nothing_broken_beside_it(demo: Up) -> None:
    seen = hawker("doctor", "--json", data_dir=demo.data_dir)
    states = {finding["name"]: finding["state"] for finding in json.loads(seen.stdout)["findings"]}
    assert seen.returncode == 0, seen.stdout
    assert states["schema"] == states["database"] == states["Redis"] == states["worker (interactive)"] == "fine"


def test_after_a_kill_it_starts_again_with_all_data_and_stops_without_a_trace(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    port = free_ports()
    up = Up(data_dir, port).wait_ready()
    token = hawker("token", "create", "shop", "--role", "admin", data_dir=data_dir).stdout.strip()
    up.kill()
    up = Up(data_dir, port).wait_ready()
    assert up.get("/api/v1/channel-accounts", token=token)[0] == 200
    assert (data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert up.end() == 0
    assert not command_lines(data_dir)


def test_stopped_while_it_starts_it_leaves_nothing(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", free_ports())
    wait_until(lambda: any("postgres" in line for line in command_lines(tmp_path).values()), "PostgreSQL", up.said)
    assert up.end() == 0
    assert not command_lines(tmp_path)

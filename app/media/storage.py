"""Files, named by what is in them: `media/ab/cd/<sha256>` under the data directory, or there and on S3-compatible storage.

A file is written elsewhere, flushed to the disk and moved into place, so that a name is either absent or whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import filetype

from app.config import Settings
from app.media.remote import Remote, remote

OCTETS = "application/octet-stream"
GRACE_S = 3600
"""Longer than any request takes from keeping a file to committing its row."""
_HEAD_BYTES = 8192
_TEXTS = ("text/plain", "text/csv")
_DECLARED_WITHIN = {
    # containers that only a look at all their parts would tell apart: the declared type is believed if it is such a container
    "application/zip": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "application/x-ole-storage": (
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
    ),
    "video/mp4": ("audio/mp4", "video/3gpp"),
    "video/3gpp": ("audio/mp4", "audio/3gpp"),
    "video/webm": ("audio/webm",),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store. `mime` is what its bytes say, with the declared type where the bytes leave it open."""

    sha256: str
    size_bytes: int
    mime: str

    @property
    def storage_key(self) -> str:
        return storage_key(self.sha256)


def storage_key(sha256: str) -> str:
    """Return the file's place below the media directory."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def path_of(settings: Settings, sha256: str) -> Path:
    """Return where the file with this content is, or would be."""
    return settings.data_dir / "media" / storage_key(sha256)


def file_of(settings: Settings, storage_key: str) -> Path:
    """Return the file on this machine's disk, brought from the storage if need be. Blocks: call it in a thread.

    Raises FileNotFoundError, StorageAway.
    """
    path = settings.data_dir / "media" / storage_key
    store = remote(settings)
    if store is None or _touch(path):
        return path
    with incoming(settings) as receiving:
        store.get(storage_key, receiving.path)
        _move(receiving.path, path)
    return path


def keep(settings: Settings, path: Path, *, sha256: str, declared_mime: str = "") -> Stored:
    """Move a whole file into the store; `sha256` is that of its bytes. Blocks: call it in a thread. Raises StorageAway."""
    stored = Stored(sha256, path.stat().st_size, sniff(path, declared_mime))
    if store := remote(settings):
        store.put(stored.storage_key, path)
    target = path_of(settings, sha256)
    if _touch(target) and target.stat().st_size == stored.size_bytes:
        path.unlink()
        return stored
    _move(path, target)
    return stored


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_dev != target.parent.stat().st_dev:
        nearby = target.with_suffix(f".{os.getpid()}.new")
        shutil.copyfile(path, nearby)
        path.unlink()
        path = nearby
    _flush(path)
    path.replace(target)
    _flush(target.parent)


def discard(settings: Settings, storage_key: str) -> bool:
    """Delete a file that no row refers to; say whether it is gone. Blocks: call it in a thread.

    One that was kept again within GRACE_S may be about to get a row, and stays. It is looked at out of reach: who keeps
    the same content meanwhile finds no file to touch, and writes it anew.
    """
    store = remote(settings)
    if store and not _discard_remote(store, storage_key):
        return False
    path = settings.data_dir / "media" / storage_key
    aside = path.with_suffix(f".{os.getpid()}.gone")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return True
    if store is None and time.time() - aside.stat().st_mtime < GRACE_S:
        aside.replace(path)
        return False
    aside.unlink()
    return True


def _discard_remote(store: Remote, storage_key: str) -> bool:
    """Its own time counts there: whoever keeps the same content anew, on any machine, writes it anew."""
    try:
        age_s = time.time() - store.changed_at(storage_key).timestamp()
    except FileNotFoundError:
        return True
    if age_s < GRACE_S:
        return False
    store.remove(storage_key)
    return True


def trim_cache(settings: Settings) -> int:
    """Where the storage has everything, delete from the disk what was used longest ago, down to the bytes that are set.

    Returns how many files went. Blocks: call it in a thread.
    """
    if remote(settings) is None:
        return 0
    files = [(path.stat(), path) for path in (settings.data_dir / "media").rglob("*") if path.is_file()]
    held, gone = sum(about.st_size for about, _ in files), 0
    for about, path in sorted(files, key=lambda file: file[0].st_mtime):
        if held <= settings.media_cache_bytes:
            break
        path.unlink(missing_ok=True)
        held, gone = held - about.st_size, gone + 1
    return gone


def _touch(path: Path) -> bool:
    """Mark a file as kept just now; say whether it is there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


class Incoming:
    """A file that is being received: write chunks, then `keep`."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self.path = path
        self._digest = hashlib.sha256()
        self._file = path.open("wb")
        self.size_bytes = 0

    def write(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size_bytes += len(chunk)
        self._file.write(chunk)

    def sniff(self, declared_mime: str = "") -> str:
        """Return the type that the bytes show."""
        self._file.flush()
        return sniff(self.path, declared_mime)

    def keep(self, *, declared_mime: str = "") -> Stored:
        """Put what was written into the store."""
        self._file.close()
        return keep(self._settings, self.path, sha256=self._digest.hexdigest(), declared_mime=declared_mime)

    def close(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def incoming(settings: Settings) -> Iterator[Incoming]:
    """Open a file to receive into; what is not kept when the block ends is deleted. Its methods block: use a thread."""
    directory = settings.data_dir / "tmp"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=directory, prefix="incoming-", delete=False) as file:
        path = Path(file.name)
    receiving = Incoming(settings, path)
    try:
        yield receiving
    finally:
        receiving.close()


def sniff(path: Path, declared_mime: str = "") -> str:
    """Return the type that the bytes show; application/octet-stream when they show none that is safe to name.

    A declared type counts only where the bytes cannot tell: inside a container they prove, and for plain text.
    """
    declared = declared_mime.partition(";")[0].strip().lower()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    guess = filetype.guess(head)
    if guess is not None:
        found = str(guess.mime)
        return declared if declared in _DECLARED_WITHIN.get(found, ()) else found
    if (
        head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        and declared in _DECLARED_WITHIN["application/x-ole-storage"]
    ):
        return declared
    return declared if declared in _TEXTS and _is_text(head) else OCTETS


def _is_text(head: bytes) -> bool:
    """Is it UTF-8 without control bytes? The cut may have gone through the last character."""
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) == _HEAD_BYTES and error.start >= _HEAD_BYTES - 3
    return True


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

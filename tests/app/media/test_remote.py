"""Files on S3-compatible storage: the disk is a cache in front of it. The storage here keeps to the protocol, and no more."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from app.config import Settings
from app.media.remote import StorageAway, remote
from app.media.storage import Stored, discard, file_of, incoming, path_of, trim_cache

PDF = b"%PDF-1.7\n" + b"x" * 50


class Bucket:
    """What is stored, by path, with its time."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.signed = True
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def _path(self) -> str:
                bucket.signed &= "Signature=" in self.headers.get("Authorization", "")
                return unquote(urlsplit(self.path).path)

            def _answer(
                self, status: int, body: bytes = b"", at: datetime | None = None, length: int | None = None
            ) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.send_header("ETag", '"1"')
                if at:
                    self.send_header("Last-Modified", format_datetime(at, usegmt=True))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bucket.objects[self._path()] = (body, datetime.now(UTC))
                self._answer(200)

            def do_HEAD(self) -> None:
                found = bucket.objects.get(self._path())
                self._answer(200, b"", found[1], len(found[0])) if found else self._answer(404)

            def do_GET(self) -> None:
                found = bucket.objects.get(self._path())
                error = b"<Error><Code>NoSuchKey</Code></Error>"
                self._answer(200, found[0], found[1]) if found else self._answer(404, error)

            def do_DELETE(self) -> None:
                bucket.objects.pop(self._path(), None)
                self._answer(204)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    bucket = Bucket()
    yield bucket
    bucket.server.shutdown()
    bucket.server.server_close()


@pytest.fixture
def settings(bucket: Bucket, tmp_path: Path) -> Settings:
    return machine(bucket, tmp_path / "one")


def machine(bucket: Bucket, data_dir: Path) -> Settings:
    return Settings(
        data_dir=data_dir,
        media_url="s3://files/hawker",
        s3_endpoint=f"http://127.0.0.1:{bucket.server.server_port}",
        s3_region="eu-test-1",
        s3_access_key="key",
        s3_secret_key="secret",
        media_cache_bytes=100,
    )


def receive(settings: Settings, content: bytes = PDF) -> Stored:
    with incoming(settings) as receiving:
        receiving.write(content)
        return receiving.keep()


def test_what_one_machine_keeps_another_reads(settings: Settings, bucket: Bucket, tmp_path: Path) -> None:
    stored = receive(settings)
    assert {path: content for path, (content, _) in bucket.objects.items()} == {
        f"/files/hawker/{stored.storage_key}": PDF
    }
    other = machine(bucket, tmp_path / "two")
    assert file_of(other, stored.storage_key).read_bytes() == PDF
    bucket.objects.clear()
    assert file_of(other, stored.storage_key).read_bytes() == PDF, "it is on the disk now"
    assert bucket.signed


def test_what_is_nowhere_is_not_found(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError):
        file_of(settings, "ab/cd/abcd")


def test_a_storage_that_is_away_is_told_from_a_file_that_is_not_there(settings: Settings, bucket: Bucket) -> None:
    store = remote(settings)
    assert store is not None
    store._client._http.connection_pool_kw["retries"] = 0  # type: ignore[attr-defined]
    bucket.server.shutdown()
    bucket.server.server_close()
    with pytest.raises(StorageAway):
        file_of(settings, "ab/cd/abcd")


def test_a_file_is_discarded_there_too_once_it_is_old(settings: Settings, bucket: Bucket) -> None:
    stored = receive(settings)
    assert not discard(settings, stored.storage_key), "it may be about to get a row"
    ((path, (content, _)),) = bucket.objects.items()
    bucket.objects[path] = (content, datetime.now(UTC) - timedelta(hours=2))
    assert discard(settings, stored.storage_key)
    assert (bucket.objects, path_of(settings, stored.sha256).exists()) == ({}, False)


def test_the_disk_holds_what_was_used_last(settings: Settings, bucket: Bucket) -> None:
    old, new = receive(settings), receive(settings, PDF + b"new")
    os.utime(path_of(settings, old.sha256), (0, 0))
    assert trim_cache(settings) == 1
    assert not path_of(settings, old.sha256).exists()
    assert path_of(settings, new.sha256).exists()
    assert file_of(settings, old.storage_key).read_bytes() == PDF

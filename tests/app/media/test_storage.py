"""Files are kept by content, typed by their bytes, and never half written."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from app.config import Settings
from app.media.storage import Stored, discard, incoming, keep, path_of, sniff

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
PDF = b"%PDF-1.7\n"
ZIP = b"PK\x03\x04" + b"\0" * 30
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.mark.parametrize(
    ("label", "content", "declared", "mime"),
    [
        ("the bytes win over the declared type", PNG, "application/pdf", "image/png"),
        ("a page called picture is no picture", b"<html><script>", "image/png", "application/octet-stream"),
        ("HTML is never served as HTML", b"<html>", "text/html", "application/octet-stream"),
        ("SVG is code", b"<svg xmlns='x'/>", "image/svg+xml", "application/octet-stream"),
        ("declared text that is text", "Grüße".encode(), "text/plain; charset=utf-8", "text/plain"),
        ("declared text that is none", b"\0\1\2", "text/plain", "application/octet-stream"),
        ("PDF", PDF, "", "application/pdf"),
        ("a document inside a zip", ZIP, DOCX, DOCX),
        ("a zip that says it is a picture", ZIP, "image/png", "application/zip"),
        ("nothing", b"", "", "application/octet-stream"),
    ],
)
def test_a_type_is_what_the_bytes_show(label: str, content: bytes, declared: str, mime: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniff(path, declared) == mime


def test_text_cut_inside_a_character_is_text(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 8191 + "好".encode() * 10)
    assert sniff(path, "text/plain") == "text/plain"


def test_received_chunks_are_kept_under_their_hash(settings: Settings) -> None:
    with incoming(settings) as receiving:
        receiving.write(PNG[:5])
        receiving.write(PNG[5:])
        stored = receiving.keep(declared_mime="image/jpeg")
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert stored == Stored(sha256, len(PNG), "image/png")
    assert path_of(settings, sha256).read_bytes() == PNG
    assert list((settings.data_dir / "tmp").iterdir()) == []


def test_what_is_not_kept_is_deleted(settings: Settings) -> None:
    with incoming(settings) as receiving:
        receiving.write(PNG)
    assert [path for path in settings.data_dir.rglob("*") if path.is_file()] == []


def test_the_same_content_is_kept_once(settings: Settings, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PDF).hexdigest()
    for name in ("one", "two"):
        path = tmp_path / name
        path.write_bytes(PDF)
        keep(settings, path, sha256=sha256)
        assert not path.exists()
    assert [path.name for path in (settings.data_dir / "media").rglob("*") if path.is_file()] == [sha256]


def test_a_broken_file_of_that_name_is_replaced(settings: Settings, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PDF).hexdigest()
    target = path_of(settings, sha256)
    target.parent.mkdir(parents=True)
    target.write_bytes(PDF[:3])
    path = tmp_path / "file"
    path.write_bytes(PDF)
    keep(settings, path, sha256=sha256)
    assert target.read_bytes() == PDF


def test_a_file_that_was_kept_again_just_now_is_not_discarded(settings: Settings) -> None:
    def receive() -> Stored:
        with incoming(settings) as receiving:
            receiving.write(PDF)
            return receiving.keep()

    stored = receive()
    path = path_of(settings, stored.sha256)
    os.utime(path, (0, 0))
    assert receive() == stored
    assert not discard(settings, stored.storage_key)
    assert path.read_bytes() == PDF
    os.utime(path, (0, 0))
    assert discard(settings, stored.storage_key)
    assert list(path.parent.iterdir()) == []
    assert discard(settings, stored.storage_key), "gone is gone"

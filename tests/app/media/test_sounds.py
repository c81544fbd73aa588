"""Recordings are put into the form that a channel takes; what is none is left alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from app.config import Settings
from app.media.sounds import FORMATS, fitted
from app.media.storage import path_of

RATE = 48_000
FRAME = 960
RECORDINGS = {
    "audio/webm": ("webm", "libopus"),
    "audio/ogg": ("ogg", "libopus"),
    "audio/mp4": ("mp4", "aac"),
    "audio/mpeg": ("mp3", "libmp3lame"),
    "audio/wav": ("wav", "pcm_s16le"),
    "audio/aac": ("adts", "aac"),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def recording(path: Path, container: str, codec: str, *, frames: int = 50) -> Path:
    """Write `frames` hundredths of a second, twice, of silence."""
    with av.open(str(path), "w", format=container) as made:
        stream = made.add_stream(codec, rate=RATE)
        for number in range(frames):
            frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = RATE, number * FRAME, Fraction(1, RATE)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("mime", RECORDINGS)
@pytest.mark.parametrize(
    ("takes", "codec"),
    [(("audio/ogg", "audio/amr"), "opus"), (("audio/mpeg",), "mp3"), (("audio/mp4",), "aac"), (("audio/aac",), "aac")],
    ids=["ogg", "mp3", "mp4", "aac"],
)
def test_a_recording_becomes_what_a_channel_takes(
    settings: Settings, tmp_path: Path, mime: str, takes: tuple[str, ...], codec: str
) -> None:
    path = recording(tmp_path / "recorded", *RECORDINGS[mime])
    made = fitted(settings, path, mime, mimes=takes, max_bytes=1_000_000)
    assert made is not None
    assert made.mime == takes[0]
    with av.open(str(path_of(settings, made.sha256))) as sound:
        assert sound.streams.audio[0].codec_context.name.startswith(codec)
        heard = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
    assert 0.9 < heard < 1.2


def test_opus_is_copied_not_encoded_again(settings: Settings, tmp_path: Path) -> None:
    path = recording(tmp_path / "recorded", "webm", "libopus")
    made = fitted(settings, path, "audio/webm", mimes=["audio/ogg"], max_bytes=1_000_000)
    assert made is not None

    def packets(file: Path) -> list[bytes]:
        with av.open(str(file)) as sound:
            return [bytes(packet) for packet in sound.demux(audio=0) if packet.size]

    assert packets(path_of(settings, made.sha256)) == packets(path)


def test_a_channel_without_recordings_gets_none(settings: Settings, tmp_path: Path) -> None:
    path = recording(tmp_path / "recorded", "webm", "libopus")
    assert fitted(settings, path, "audio/webm", mimes=["audio/amr"], max_bytes=1_000_000) is None
    assert fitted(settings, path, "audio/webm", mimes=["audio/ogg"], max_bytes=10) is None


@pytest.mark.parametrize("mime", FORMATS)
@pytest.mark.parametrize("content", [b"", b"no sound at all" * 100, b"OggS" + bytes(60), b"\x1aE\xdf\xa3" + bytes(60)])
def test_what_is_no_recording_is_left_alone(settings: Settings, tmp_path: Path, mime: str, content: bytes) -> None:
    path = tmp_path / "recorded"
    path.write_bytes(content)
    assert fitted(settings, path, mime, mimes=["audio/ogg"], max_bytes=1_000_000) is None

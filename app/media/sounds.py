"""Recordings in a form that a channel takes. Everything here blocks: call it in a thread.

Browsers record Opus into WebM, and platforms want it in Ogg: then the sound is put into the other container as it is. Where a
channel takes no Opus, it is encoded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.config import Settings
from app.media.storage import Stored, incoming

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer

FORMATS = {
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mp4": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/aac": "aac",
}
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """`codec` as FFmpeg names the encoder, `carries` as it names what may be copied."""

    mime: str
    container: str
    codec: str
    carries: str
    rate: int


TARGETS = (
    Target("audio/ogg", "ogg", "libopus", "opus", 48_000),
    Target("audio/mpeg", "mp3", "libmp3lame", "mp3", 44_100),
    Target("audio/mp4", "mp4", "aac", "aac", 44_100),
    Target("audio/aac", "adts", "aac", "aac", 44_100),
)


def fitted(settings: Settings, path: Path, mime: str, *, mimes: Sequence[str], max_bytes: int) -> Stored | None:
    """Store the recording as the first of TARGETS that is in `mimes`; None where that cannot be done within `max_bytes`."""
    target = next((one for one in TARGETS if one.mime in mimes), None)
    if mime not in FORMATS or target is None or path.stat().st_size > MOST_BYTES:
        return None
    import av  # FFmpeg's libraries: only who converts waits for them

    written = BytesIO()
    try:
        with av.open(str(path), format=FORMATS[mime]) as source, av.open(written, "w", format=target.container) as made:
            _convert(source, made, target)
    except (av.error.FFmpegError, ValueError, IndexError):
        return None  # not the recording that it claims to be
    content = written.getvalue()
    if len(content) > max_bytes:
        return None
    with incoming(settings) as receiving:
        receiving.write(content)
        return receiving.keep(declared_mime=target.mime)


def _convert(source: InputContainer, made: OutputContainer, target: Target) -> None:
    sound = source.streams.audio[0]
    if sound.codec_context.name == target.carries:
        _copy(source, sound, made)
    else:
        _encode(source, sound, made, target)


def _copy(source: InputContainer, sound: AudioStream, made: OutputContainer) -> None:
    stream = made.add_stream_from_template(sound)
    for packet in source.demux(sound):
        if packet.dts is not None:
            packet.stream = stream
            made.mux(packet)


def _encode(source: InputContainer, sound: AudioStream, made: OutputContainer, target: Target) -> None:
    stream = cast("AudioStream", made.add_stream(target.codec, rate=target.rate))
    for frame in source.decode(sound):
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))

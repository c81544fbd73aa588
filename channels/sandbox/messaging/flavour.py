"""What tells Messenger's and Instagram's rules apart, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DAY_S = 86_400
MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class FileRule:
    """What a kind of file may be: the beginnings of its MIME type, and its size."""

    mimes: tuple[str, ...]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Flavour:
    """One channel's rules.

    object          of its webhooks
    fields          which subscription field an event object belongs to, by the member that names it; an echo is "echo"
    id_prefix       how its people's ids begin
    files           attachments that carry a file, by type
    extras          attachment types of its own that carry none
    templates, buttons, quick_replies   kinds that it takes
    echoes_say_who  an echo names the app that sent, and carries its metadata
    delivers        it tells when a message was delivered
    reads_by_mid    a read receipt names a message instead of a watermark
    window_closed, person_unknown, reply_used, reply_late   (code, subcode) of its refusals
    """

    channel: str
    object: str
    fields: Mapping[str, str]
    id_prefix: str
    text_most: int
    text_in_bytes: bool
    images_most: int
    files: Mapping[str, FileRule]
    extras: frozenset[str]
    templates: frozenset[str]
    buttons: frozenset[str]
    quick_replies: frozenset[str]
    stickers: bool
    utility: bool
    personas: bool
    answers_edge: str
    echoes_say_who: bool
    delivers: bool
    reads_by_mid: bool
    inbox_app_id: str
    window_closed: tuple[int, int | None]
    person_unknown: tuple[int, int | None]
    reply_used: tuple[int, int | None]
    reply_late: tuple[int, int | None]

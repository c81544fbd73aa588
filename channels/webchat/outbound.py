"""Turn an intent into requests to the host, which is this very server: it holds the visitors' sockets.

What is sent is the message's own row, which the visitor's page reads; the request says only that it may be shown now, so that
asking twice shows it once.
"""

from __future__ import annotations

from typing import Literal

from channels.contract import (
    Account,
    Call,
    Check,
    Checked,
    CheckItem,
    Done,
    FetchMedia,
    Intent,
    Json,
    MarkRead,
    MediaFetched,
    MessageInvalid,
    Person,
    PlatformRequest,
    ResponseUnexpected,
    Send,
    Sent,
    Subscribe,
    Typing,
    Unsubscribe,
)
from channels.kit.intents import unsupported
from channels.webchat.errors import check

KINDS = frozenset(
    ("text", "image", "video", "audio", "document", "buttons", "list", "cards", "location", "reaction", "sticker")
)


def call(intent: Intent, account: Account) -> Call:
    """Yield the requests that fulfil an intent, return its result. Raises SendError."""
    match intent:
        case Send():
            return _send(intent)
        case MarkRead():
            return _tell("/read", {"to": _named(intent.to), "id": intent.external_id})
        case Typing():
            return _tell("/typing", {"to": _named(intent.to)})
        case FetchMedia():
            return _fetch(intent)
        case Check():
            return _check(account)
        case Subscribe() | Unsubscribe():
            return _nothing_to_do()
        case _:
            return unsupported(intent)


def _send(intent: Send) -> Call:
    if intent.message.kind not in KINDS:
        raise MessageInvalid(intent.message.kind, code="kind_unsupported")
    body = {"to": _named(intent.to), "id": intent.callback, "kind": intent.message.kind}
    check((yield PlatformRequest(method="POST", url="/messages", json=body, delivers=True)))
    return Sent(intent.callback)


def _tell(url: str, body: Json) -> Call:
    check((yield PlatformRequest(method="POST", url=url, json=body)))
    return Done()


def _fetch(intent: FetchMedia) -> Call:
    request = PlatformRequest(
        method="GET", url=f"/files/{intent.media.external_id}", download_max_bytes=intent.max_bytes
    )
    response = check((yield request))
    if response.downloaded is None:
        raise ResponseUnexpected("no file in the answer")
    return MediaFetched(response.downloaded, mime=intent.media.mime, filename=intent.media.filename)


def _check(account: Account) -> Call:
    """Nothing can be wrong on the way: only that no page may use it yet."""
    yield from ()
    origins = account.settings.get("allowed_origins") or []
    state: Literal["ok", "warning"] = "ok" if origins else "warning"
    return Checked((CheckItem("webchat_origins", state, {"origins": ", ".join(origins)}),))


def _nothing_to_do() -> Call:
    yield from ()
    return Done()


def _named(person: Person | None) -> list[Json]:
    return [{"kind": key.kind, "value": key.value} for key in person.keys] if person else []

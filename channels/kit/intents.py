"""Answer the intents that a channel has not."""

from __future__ import annotations

from collections.abc import Generator

from channels.contract import Intent, MessageInvalid, PlatformRequest, PlatformResponse, Result


def unsupported(intent: Intent) -> Generator[PlatformRequest, PlatformResponse, Result]:
    """Return a call that makes no request and raises MessageInvalid `intent_unsupported`."""
    yield from ()
    raise MessageInvalid(type(intent).__name__, code="intent_unsupported")

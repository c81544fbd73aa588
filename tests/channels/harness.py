"""Run an adapter's case tables: deliveries in and events out, generators driven by hand, whole request bodies compared with files."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from channels.contract import (
    Adapter,
    Call,
    Delivery,
    Downloaded,
    InboundEvent,
    PlatformRequest,
    PlatformResponse,
    Result,
    SendError,
)

RECEIVED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
APP_SECRET = "an-app-secret"
VERIFY_TOKEN = "a-verify-token"


def at(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def signed(raw: bytes, secret: str = APP_SECRET) -> Delivery:
    """Return a POST as Meta signs it."""
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return Delivery("POST", "", {"x-hub-signature-256": f"sha256={digest}"}, raw, RECEIVED_AT)


def handshake(query: str) -> Delivery:
    return Delivery("GET", query, {}, b"", RECEIVED_AT)


def events_in(adapter: Adapter, raw: bytes) -> list[InboundEvent]:
    """Return the events of a rightly signed body."""
    return adapter.parse(adapter.open(signed(raw), {"app_secret": APP_SECRET}, RECEIVED_AT))


def answer(body: object, status: int = 200, **headers: str) -> PlatformResponse:
    """Return a platform's answer: JSON of an object, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PlatformResponse(status, headers, raw)


def refused(code: int, details: str = "", status: int = 400) -> PlatformResponse:
    """Return Graph's error envelope."""
    error = {"message": f"(#{code}) No", "type": "OAuthException", "code": code, "error_data": {"details": details}}
    return answer({"error": error}, status)


def downloaded(content: bytes) -> PlatformResponse:
    return PlatformResponse(200, {}, downloaded=Downloaded("/tmp/x", len(content), hashlib.sha256(content).hexdigest()))


@dataclass(frozen=True)
class Driven:
    """What a call asked for, and how it ended: exactly one of `result` and `error` is set."""

    requests: list[PlatformRequest]
    result: Result | None = None
    error: SendError | None = None


def drive(call: Call, responses: Sequence[PlatformResponse] = ()) -> Driven:
    """Answer a call's requests one by one. Every scripted response has to be used, and no further one asked for."""
    requests: list[PlatformRequest] = []
    remaining = list(responses)
    try:
        requests.append(next(call))
        while True:
            assert remaining, f"asked for more than was scripted: {requests[-1]}"
            requests.append(call.send(remaining.pop(0)))
    except StopIteration as stop:
        assert not remaining, "not every answer was asked for"
        return Driven(requests, result=stop.value)
    except SendError as error:
        assert not remaining, "not every answer was asked for"
        return Driven(requests, error=error)


def compare_golden(path: Path, body: Any, *, update: bool) -> None:
    """Compare a whole request body with its file; `update` writes it for a person to read the difference."""
    if update:
        path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")
    assert body == json.loads(path.read_text())

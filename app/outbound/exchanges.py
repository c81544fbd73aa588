"""The log of requests to platforms that did not simply succeed: what was asked and answered, without anybody's words or secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.runtime import Runtime
from channels.contract import PlatformRequest, PlatformResponse, SendError

ASKED = frozenset(("type", "status", "messaging_product", "recipient_type", "product"))
"""Members of a request whose texts name a kind. Every other text is shown by its length only."""
ANSWERED = ASKED | {
    *("code", "error_code", "errcode", "error_subcode", "subcode", "state", "is_transient", "fbtrace_id", "request_id"),
    *("message", "errmsg", "details", "title", "error_user_title"),
}
"""Members of an answer whose texts are the platform's own."""
_DIGITS = re.compile(r"\d{7,}")
_INSERT = """
INSERT INTO exchange (id, channel_account_id, message_id, method, url, status, duration_ms, error_code, external_code, request, response)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_log = structlog.get_logger()


@dataclass(slots=True)
class Attempt:
    """One request on its way: its answer, and the error that it became."""

    request: PlatformRequest
    started: float
    response: PlatformResponse | None = None
    error: SendError | None = None
    duration_s: float = 0.0

    @property
    def failed(self) -> bool:
        return self.error is not None or (self.response is not None and self.response.status >= 400)


async def log_exchanges(
    runtime: Runtime, account: AccountView, message_id: UUID | None, attempts: Sequence[Attempt]
) -> None:
    """Write `attempts`. A log that cannot be written is no reason to lose the outcome that it speaks of."""
    if not attempts:
        return
    try:
        async with runtime.database.begin() as uow:
            await uow.conn.executemany(_INSERT, [_row(account, message_id, attempt) for attempt in attempts])
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        _log.warning("exchange_not_logged", channel_account_id=str(account.id), error=type(error).__name__)


def _row(account: AccountView, message_id: UUID | None, attempt: Attempt) -> tuple[object, ...]:
    request, response, error = attempt.request, attempt.response, attempt.error
    secrets = [value for value in account.credentials.values() if len(value) >= 6]
    return (
        uuid7(),
        account.id,
        message_id,
        request.method,
        _without(secrets, urlsplit(request.url)._replace(query="", fragment="").geturl()),
        response.status if response else None,
        round(attempt.duration_s * 1000, 1),
        error.code if error else None,
        error.external_code if error else None,
        orjson.dumps(_request_shape(request, secrets)).decode(),
        orjson.dumps(_response_shape(response, secrets)).decode(),
    )


def _request_shape(request: PlatformRequest, secrets: Sequence[str]) -> dict[str, Any]:
    shape: dict[str, Any] = {"delivers": request.delivers}
    if request.json is not None:
        shape["json"] = redacted(request.json, told=ASKED, secrets=secrets)
    if request.form is not None:
        shape["form"] = redacted(dict(request.form), told=ASKED, secrets=secrets)
    if request.files:
        shape["files"] = [{"mime": part.media.mime, "size_bytes": part.media.size_bytes} for part in request.files]
    return shape


def _response_shape(response: PlatformResponse | None, secrets: Sequence[str]) -> dict[str, Any]:
    if response is None:
        return {}
    try:
        return {"json": redacted(orjson.loads(response.body), told=ANSWERED, secrets=secrets)}
    except orjson.JSONDecodeError:
        return {"size_bytes": len(response.body), "content_type": response.headers.get("content-type", "")[:100]}


def redacted(value: object, *, told: frozenset[str], secrets: Sequence[str] = (), name: str = "") -> object:
    """Return the shape of a JSON value: small whole numbers, and texts of the members in `told`; of all other texts the length."""
    if isinstance(value, Mapping):
        return {str(key): redacted(item, told=told, secrets=secrets, name=str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [redacted(item, told=told, secrets=secrets, name=name) for item in value[:20]]
    if isinstance(value, str):
        return _masked(_without(secrets, value))[:300] if name in told else f"({len(value)} characters)"
    if isinstance(value, bool) or value is None or (isinstance(value, int) and abs(value) < 10_000_000):
        return value
    return "(number)"


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text


def _masked(text: str) -> str:
    """Hide what may be a phone number, but for its last two digits."""
    return _DIGITS.sub(lambda match: "…" + match.group()[-2:], text)

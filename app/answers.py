"""Every error as HTTP shows it: {"error": {code, message, fields?}}; what nobody expected is logged and says only that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.api import Answer
from app.errors import AppError, Gone, Invalid, NotFound, RateLimited, Unavailable
from app.transient import is_transient

_log = structlog.get_logger()
_CODES = {
    404: NotFound.code,
    405: "method_not_allowed",
    410: Gone.code,
    413: "too_large",
    415: "media_type_unsupported",
}
_MESSAGES = {404: "There is nothing at this address.", 405: "This address does not take this method."}


def add_error_answers(app: FastAPI) -> None:
    """Make `app` answer errors in one shape."""
    app.add_exception_handler(AppError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, PoolExhausted, OSError):
        app.add_exception_handler(kind, _engine)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(request: Request, error: Exception) -> Answer:
    assert isinstance(error, AppError)
    headers = {"Retry-After": str(int(error.retry_after_s))} if isinstance(error, RateLimited) else None
    return Answer(error.as_json(), error.http_status, headers=headers)


async def _invalid(request: Request, error: Exception) -> Answer:
    assert isinstance(error, RequestValidationError)
    fields = fields_of(error.errors())
    unknown = any(one["type"] in _NO_SUCH_CHOICE for one in error.errors())
    refusal = Invalid(
        "Some of this cannot be taken: see `fields`.", code="kind_unknown" if unknown else None, fields=fields
    )
    return await _expected(request, refusal)


_NO_SUCH_CHOICE = ("union_tag_invalid", "union_tag_not_found")


def fields_of(errors: Sequence[Any]) -> dict[str, str]:
    """Return what is wrong by field: a name for bodies and queries, `a.b.0` within."""
    fields: dict[str, str] = {}
    for error in errors:
        where = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
        if error["type"] in _NO_SUCH_CHOICE:
            where.append(error["ctx"]["discriminator"].strip("'"))
        fields.setdefault(".".join(where) or "body", _what_to_write(error))
    return fields


def _what_to_write(error: Any) -> str:
    """Say which values there are where one of several was wanted, else what the check said."""
    if error["type"] == "union_tag_invalid":
        return f"Write one of {error['ctx']['expected_tags'].replace(chr(39), '')}."
    if error["type"] == "union_tag_not_found":
        return "Say which kind it is."
    return str(error["msg"]).removeprefix("Value error, ")


async def _http(request: Request, error: Exception) -> Answer:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "bad_request")
    message = _MESSAGES.get(error.status_code, str(error.detail))
    return Answer({"error": {"code": code, "message": message}}, error.status_code, headers=error.headers)


async def _engine(request: Request, error: Exception) -> Answer:
    if not is_transient(error):
        return await _unexpected(request, error)
    _log.warning("engine_away", path=request.url.path, error=type(error).__name__)
    return await _expected(request, Unavailable("The database is away or busy. Try again in a moment."))


async def _unexpected(request: Request, error: Exception) -> Answer:
    _log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    message = "Something went wrong on our side. It was logged; try again, and tell your administrator if it stays."
    return Answer({"error": {"code": "internal", "message": message}}, 500)

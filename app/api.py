"""What every route of the JSON API shares: the runtime, checked input, answers, and pages of a list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.errors import Invalid
from app.runtime import Runtime

DEEPEST = 20
"""Levels of nesting in a body; ours need six."""


def runtime_of(connection: HTTPConnection) -> Runtime:
    runtime: Runtime = connection.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(runtime_of)]


class Answer(Response):
    """JSON, made from dicts, lists, strings, numbers, dates and UUIDs."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content, default=_plain)

    @classmethod
    def kept(cls, body: bytes, status: int) -> Answer:
        """Return an answer whose JSON text was made before."""
        return cls(body, status)


def _plain(value: Any) -> str:
    """orjson takes UUIDs, but not asyncpg's own kind of them."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


class Input(BaseModel):
    """A body. Unknown members are refused, and so are texts that no database can hold."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        check_storable(value)
        return value


def check_storable(value: Any, depth: int = 0) -> None:
    """Raise ValueError for a NUL character, half a surrogate pair, or nesting beyond DEEPEST."""
    if depth > DEEPEST:
        raise ValueError("write it with less nesting")
    if isinstance(value, str):
        storable_text(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            storable_text(str(key))
            check_storable(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            check_storable(member, depth + 1)


def storable_text(text: str) -> str:
    """Return `text`. Raises ValueError where PostgreSQL would refuse it."""
    if "\x00" in text:
        raise ValueError("leave out NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("leave out halves of surrogate pairs") from None
    return text


Text = Annotated[str, AfterValidator(storable_text)]
"""Text of a query parameter that can be compared with what is stored."""

Limit = Annotated[int, Query(ge=1, le=200, description="Rows per page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


def encode_cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts, default=_plain)).decode().rstrip("=")


def decode_cursor(cursor: str, *parsers: Callable[[Any], Any]) -> list[Any]:
    """Return the parts of a cursor, each by its parser. Raises Invalid for one that we did not make."""
    try:
        parts = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        check_storable(parts)
        return [parse(part) for parse, part in zip(parsers, parts, strict=True)]
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise Invalid(
            "Take `cursor` from `next_cursor` of the page before.", fields={"cursor": "not one of ours"}
        ) from None


def page(items: Sequence[Any], next_cursor: str | None = None) -> dict[str, Any]:
    return {"items": items, "next_cursor": next_cursor}

"""Expected errors and how HTTP shows them.

AppError(code, message, http_status)
├── NotAuthenticated 401    NotAllowed 403    NotFound 404 (also for "exists, but not yours")
├── Conflict 409    Gone 410    TooLarge 413    Invalid 422    RateLimited 429    Unavailable 503
└── anything else raised is a bug: 500, logged with its trace
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AppError(Exception):
    """Expected; rendered as {"error": {code, message, fields?}}. `message` tells the reader what to do."""

    http_status = 400
    code = "bad_request"

    def __init__(self, message: str, *, code: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields or {})

    def as_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.fields:
            error["fields"] = self.fields
        return {"error": error}


class NotAuthenticated(AppError):
    http_status, code = 401, "not_authenticated"


class NotAllowed(AppError):
    http_status, code = 403, "not_allowed"


class NotFound(AppError):
    http_status, code = 404, "not_found"


class Conflict(AppError):
    http_status, code = 409, "conflict"


class Gone(AppError):
    http_status, code = 410, "gone"


class TooLarge(AppError):
    http_status, code = 413, "too_large"


class Invalid(AppError):
    http_status, code = 422, "invalid"


class RateLimited(AppError):
    http_status, code = 429, "rate_limited"

    def __init__(self, message: str, *, retry_after_s: float, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(AppError):
    http_status, code = 503, "unavailable"

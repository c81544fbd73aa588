"""Answers of the Graph API that refuse: the error envelope, and the refusals that every object has in common.

Source: Meta's "Handle errors" page of the Graph API (Nov 2025).
"""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import JSONResponse

Json = dict[str, Any]

TRANSIENT = frozenset((1, 2))


class GraphError(Exception):
    """An answer that refuses: {"error": {message, type, code, error_subcode?, error_data?, is_transient?, fbtrace_id}}."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        http: int = 400,
        kind: str = "OAuthException",
        data: Json | None = None,
        transient: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.subcode = subcode
        self.http = http
        self.kind = kind
        self.data = data
        self.transient = code in TRANSIENT if transient is None else transient

    def response(self) -> JSONResponse:
        error: Json = {"message": self.message, "type": self.kind, "code": self.code}
        if self.data:
            error["error_data"] = self.data
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return JSONResponse({"error": error}, self.http)


def no_such_object(method: str, object_id: str) -> GraphError:
    """Return Graph's answer about an id that does not exist, or that the token may not see."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation",
        subcode=33,
        kind="GraphMethodException",
    )


def no_such_edge(method: str, object_id: str, edge: str) -> GraphError:
    return GraphError(2500, f"Unknown path components: /{edge}") if edge else no_such_object(method, object_id)


def token_refused() -> GraphError:
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", http=401)


def token_expired() -> GraphError:
    return GraphError(190, "Error validating access token: Session has expired.", subcode=463, http=401)


def token_invalidated() -> GraphError:
    message = "Error validating access token: The session has been invalidated because the user changed their password."
    return GraphError(190, message, subcode=460, http=401)

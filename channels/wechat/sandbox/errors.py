"""Errors as WeChat words them: HTTP 200, `errcode`, and an `errmsg` that ends in an id of the request.

Source: https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html, and for WeCom
https://developer.work.weixin.qq.com/document/path/90455 (2026).
"""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import JSONResponse, Response

TEXTS: dict[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid meida size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40053: "invalid action info",
    40058: "invalid Request Parameter",
    40096: "invalid external userid",
    40125: "invalid appsecret",
    40164: "invalid ip, not in whitelist",
    40200: "invalid account type",
    41001: "access_token missing",
    41005: "media data missing",
    41006: "media_id missing",
    42001: "access_token expired",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45007: "playtime out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45033: "api concurrent out of limit",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    45067: "clientmsgid size out of limit",
    45072: "invalid command",
    45080: "no message between you and the user in the last 30s",
    45081: "already in typing status",
    45157: "invalid tag name",
    46003: "menu not exist",
    47001: "data format error",
    47003: "argument invalid",
    48001: "api unauthorized",
    48006: "forbid to clear quota because of reaching the limit",
    95000: "invalid open_kfid",
    95001: "send msg count limit",
    95014: "servicer status invalid",
    95016: "service state transition not allowed",
    95018: "send msg session status invalid",
}


class WeChatError(Exception):
    """An answer that refuses; `more` are members beside the code."""

    def __init__(self, code: int, detail: str = "", **more: Any) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.more = more

    def response(self) -> Response:
        said = " ".join(part for part in (TEXTS.get(self.code, "error"), self.detail) if part)
        return answer(errcode=self.code, errmsg=f"{said} rid: {rid()}", **self.more)


def rid() -> str:
    """Return a request id as the platform prints it."""
    return "-".join(secrets.token_hex(4) for _ in range(3))


def answer(**members: Any) -> Response:
    """JSON, under the content type that the platform often gives it."""
    return JSONResponse(members)


def done(**members: Any) -> Response:
    return answer(errcode=0, errmsg="ok", **members)

"""Build authorised requests for one account. The token goes into the query, as the platform wants it on every call.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/api/ (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from channels.contract import (
    Account,
    Credentials,
    FilePart,
    Json,
    MediaHandle,
    PlatformRequest,
    PlatformResponse,
    TokenRejected,
)
from channels.wechat.errors import answer_of
from channels.wechat.flavour import is_kf

_TRANSFER_TIMEOUT_S = 60.0
_JSON_TYPES = ("application/json", "text/plain", "text/json")

Asking = Generator[PlatformRequest, PlatformResponse, Json]


@dataclass(frozen=True, slots=True)
class Api:
    """`wecom`: what some error codes mean differs there."""

    token: str = field(repr=False)
    wecom: bool = False

    @classmethod
    def of(cls, account: Account, credentials: Credentials) -> Api:
        """Raises TokenRejected when there is no token yet: it comes of `RefreshToken`, not of the set-up form."""
        token = credentials.get("access_token", "")
        if not token:
            raise TokenRejected("there is no access token yet")
        return cls(token, is_kf(account.settings))

    def get(self, path: str, **query: str) -> PlatformRequest:
        return PlatformRequest(method="GET", url=path, query=self._query(**query))

    def post(self, path: str, json: Json, *, delivers: bool = False) -> PlatformRequest:
        return PlatformRequest(method="POST", url=path, query=self._query(), json=json, delivers=delivers)

    def upload(self, path: str, kind: str, media: MediaHandle) -> PlatformRequest:
        return PlatformRequest(
            method="POST",
            url=path,
            query=self._query(type=kind),
            files=(FilePart("media", media),),
            timeout_s=_TRANSFER_TIMEOUT_S,
        )

    def download(self, path: str, max_bytes: int, **query: str) -> PlatformRequest:
        return PlatformRequest(
            method="GET",
            url=path,
            query=self._query(**query),
            download_max_bytes=max_bytes,
            not_files=_JSON_TYPES,
            timeout_s=_TRANSFER_TIMEOUT_S,
        )

    def ask(self, request: PlatformRequest) -> Asking:
        """Make a request and return its good answer. Raises SendError."""
        response = yield request
        return answer_of(response, delivers=request.delivers, wecom=self.wecom)

    def _query(self, **query: str) -> dict[str, str]:
        return {"access_token": self.token, **query}


def public_download(url: str, max_bytes: int) -> PlatformRequest:
    """Fetch an address that the platform gave us. It gets no token: it is on other hosts."""
    return PlatformRequest(
        method="GET", url=url, download_max_bytes=max_bytes, not_files=_JSON_TYPES, timeout_s=_TRANSFER_TIMEOUT_S
    )

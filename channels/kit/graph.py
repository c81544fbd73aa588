"""Speak the Graph API: requests out, the error envelope in. WhatsApp, Messenger and Instagram share it.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling (read Nov 2025).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

import orjson

from channels.contract import Account, Credentials, FilePart, Json, MediaHandle, PlatformRequest, PlatformResponse
from channels.kit.tolerant import integer, items, number, obj, objects, text

FACEBOOK = "https://graph.facebook.com"
DEFAULT_VERSION = "v25.0"
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
_TRANSFER_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class GraphError:
    """`{"error": {"message", "code", "error_data": {"details"}, "error_subcode", "is_transient"}}`; `code` None = none was given."""

    code: int | None
    subcode: int | None = None
    message: str = ""
    details: str = ""
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Builds authorised requests for one account. The version is a setting (`graph_version`), never part of the code."""

    version: str
    token: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, account: Account, credentials: Credentials) -> Graph:
        wanted = text(account.settings.get("graph_version"))
        version = wanted if _VERSION.fullmatch(wanted) else DEFAULT_VERSION
        token = credentials.get("access_token", "")
        proof = account.settings.get("appsecret_proof") is True
        query = {"appsecret_proof": _appsecret_proof(credentials.get("app_secret", ""), token)} if proof else {}
        return cls(version, token, query)

    def get(self, *path: str, **query: str) -> PlatformRequest:
        return PlatformRequest(
            method="GET", url=self._url(path), headers=self._headers(), query={**query, **self.query}
        )

    def unversioned(self, *path: str, **query: str) -> PlatformRequest:
        """Ask one of the few edges that have no version."""
        return PlatformRequest(
            method="GET", url="/".join(("", *path)), headers=self._headers(), query={**query, **self.query}
        )

    def post(
        self, *path: str, json: Json, delivers: bool = False, query: Mapping[str, str] = MappingProxyType({})
    ) -> PlatformRequest:
        return PlatformRequest(
            method="POST",
            url=self._url(path),
            headers=self._headers(),
            query={**query, **self.query},
            json=json,
            delivers=delivers,
        )

    def delete(self, *path: str, query: Mapping[str, str] = MappingProxyType({})) -> PlatformRequest:
        return PlatformRequest(
            method="DELETE", url=self._url(path), headers=self._headers(), query={**query, **self.query}
        )

    def stream(self, *path: str, media: MediaHandle, headers: Mapping[str, str]) -> PlatformRequest:
        """Send a file's bytes as they are, as the resumable upload wants them."""
        return PlatformRequest(
            method="POST",
            url=self._url(path),
            headers={"authorization": f"OAuth {self.token}", **headers},
            query=self.query,
            body=media,
            timeout_s=_TRANSFER_TIMEOUT_S,
        )

    def upload(self, *path: str, form: Mapping[str, str], media: MediaHandle, part: str = "file") -> PlatformRequest:
        return PlatformRequest(
            method="POST",
            url=self._url(path),
            headers=self._headers(),
            query=self.query,
            form=form,
            files=(FilePart(part, media),),
            timeout_s=_TRANSFER_TIMEOUT_S,
        )

    def download(self, url: str, max_bytes: int) -> PlatformRequest:
        """Fetch an absolute address that the platform gave us; it wants the token too."""
        return PlatformRequest(
            method="GET",
            url=url,
            headers=self._headers(),
            download_max_bytes=max_bytes,
            timeout_s=_TRANSFER_TIMEOUT_S,
        )

    def _url(self, path: tuple[str, ...]) -> str:
        return "/".join(("", self.version, *(quote(part, safe="") for part in path)))

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def read_object(response: PlatformResponse) -> Json | None:
    """Return the JSON object in a response, None for anything else (an HTML page of a proxy, half an answer)."""
    try:
        answer = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def read_error(answer: Json | None) -> GraphError | None:
    """Return the error that an answer carries, whatever its HTTP status."""
    if not answer or not isinstance(answer.get("error"), dict):
        return None
    error = answer["error"]
    return GraphError(
        code=integer(error.get("code")),
        subcode=integer(error.get("error_subcode")),
        message=text(error.get("message")),
        details=text(obj(error.get("error_data")).get("details")) or text(error.get("error_user_msg")),
        transient=error.get("is_transient") is True,
    )


def retry_after_s(response: PlatformResponse) -> float | None:
    """Return how long the platform asks us to wait: `Retry-After`, else the business use case's minutes."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    seconds = number(headers.get("retry-after"))
    if seconds is not None and seconds >= 0:
        return seconds
    try:
        usage = obj(orjson.loads(headers.get("x-business-use-case-usage", "{}")))
    except orjson.JSONDecodeError:
        return None
    minutes = [
        number(use.get("estimated_time_to_regain_access")) or 0.0
        for uses in usage.values()
        for use in objects(items(uses))
    ]
    return max(minutes, default=0.0) * 60 or None


def next_cursor(answer: Json) -> str:
    """Return the cursor of the next page, "" on the last one."""
    paging = obj(answer.get("paging"))
    return text(obj(paging.get("cursors")).get("after")) if paging.get("next") else ""


def _appsecret_proof(app_secret: str, token: str) -> str:
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

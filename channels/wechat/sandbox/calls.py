"""One request to the API, taken apart."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request

from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import Json, Platform

ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Call:
    """`app` are the accounts behind the token: one Official Account, or all customer service accounts of a company's app."""

    request: Request
    host: Host
    platform: Platform
    app: list[Account]
    raw: bytes

    @property
    def account(self) -> Account:
        return self.app[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)

    def body(self, *, raw_letters: bool = False) -> Json:
        """Return the JSON object. `raw_letters`: escapes like `\\u4f60` are refused here. Raises WeChatError."""
        if not self.raw:
            raise WeChatError(44002)
        if raw_letters and ESCAPED.search(self.raw):
            raise WeChatError(40033)
        try:
            body = json.loads(self.raw)
        except (JSONDecodeError, UnicodeDecodeError):
            raise WeChatError(47001) from None
        if not isinstance(body, dict):
            raise WeChatError(47001)
        return body

    def person(self, openid: object, *, wrong: int = 40003) -> Customer:
        """Return who this is to the app. Raises WeChatError."""
        found = self.platform.person(self.account, openid) if isinstance(openid, str) and openid else None
        if found is None:
            raise WeChatError(wrong)
        return found


class Speed:
    """Counts what an account sent in the last second, for `throttle_per_second`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._sent: dict[str, deque[float]] = {}

    def check(self, account: Account) -> None:
        """Raises WeChatError 45011."""
        most = self._host.faults.of(account.id).throttle_per_second
        if most is None:
            return
        now, sent = self._host.now(), self._sent.setdefault(account.id, deque())
        while sent and sent[0] <= now - max(1.0, 1 / most):
            sent.popleft()
        if len(sent) >= max(1.0, most):
            raise WeChatError(45011)
        sent.append(now)


def text_of(part: Json, name: str, *, most_bytes: int = 0, missing: int = 44004, too_long: int = 45002) -> str:
    """Return a text. Raises WeChatError for one that is missing, empty or too long in UTF-8."""
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise WeChatError(missing)
    if most_bytes and len(value.encode()) > most_bytes:
        raise WeChatError(too_long)
    return value


def part_of(body: Json, name: str, *, missing: int = 47001) -> Json:
    """Return an object. Raises WeChatError."""
    value: Any = body.get(name)
    if not isinstance(value, dict):
        raise WeChatError(missing)
    return value

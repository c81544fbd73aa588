"""A laboratory with one account of the Messenger Platform, and how a business speaks to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from tests.sandbox.conftest import Lab, open_lab

ACCOUNTS = {"messenger": ("messenger", 0), "instagram": ("instagram", 0), "instagram by page": ("instagram", 1)}
"""By name: channel, and which of its demo accounts. "instagram" is by Instagram Login."""


class MessagingLab(Lab):
    """The customer is `person` to the account, once they have met. `known` is for what a module's tests share."""

    person: str = ""
    known: Mapping[str, str] = MappingProxyType({})

    @property
    def sender(self) -> str:
        """Return whose /messages is called: the Page, or the Instagram account."""
        return str(self.account["settings"].get("page_id") or self.account["external_id"])

    async def state(self) -> dict[str, Any]:
        path = f"/sandbox/customers/{self.customer['id']}/chat?account={self.account['id']}"
        return dict((await self.http.get(path)).json()["state"])

    async def lines(self) -> list[dict[str, Any]]:
        path = f"/sandbox/customers/{self.customer['id']}/messages?account={self.account['id']}"
        return list((await self.http.get(path)).json())

    async def greet(self) -> dict[str, Any]:
        """Let the customer write first, and learn who they are."""
        line = await self.write(text="hello")
        self.person = (await self.state())["user_id"]
        return line

    async def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return await self.http.request(method, f"/v24.0/{path}", headers=self.token, **kwargs)

    async def post(self, body: dict[str, Any]) -> httpx.Response:
        """Post to /messages; the recipient is the customer unless the body names one."""
        return await self.call("POST", f"{self.sender}/messages", json={"recipient": {"id": self.person}, **body})

    async def settings(self, **settings: Any) -> None:
        await self.http.patch(f"/sandbox/accounts/{self.account['id']}", json={"settings": settings})

    def items(self, place: str = "messaging") -> list[dict[str, Any]]:
        """Return the event objects, or changes, that were delivered so far."""
        return [item for payload in self.payloads() for entry in payload["entry"] for item in entry.get(place, [])]

    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _, raw in self.business.deliveries]

    async def message(self, member: str) -> dict[str, Any]:
        """Wait for the newest `message` with this member."""
        said = lambda: [item["message"] for item in self.items() if member in item.get("message", {})]  # noqa: E731
        return dict((await self.until(said))[-1])

    async def item(self, member: str, place: str = "messaging") -> dict[str, Any]:
        """Wait for the newest event object with this member."""
        found = await self.until(lambda: [item for item in self.items(place) if member in item])
        return dict(found[-1])


@contextlib.asynccontextmanager
async def open_messaging(state_dir: Path, name: str) -> AsyncIterator[MessagingLab]:
    async with open_lab(state_dir, *ACCOUNTS[name]) as lab:
        yield MessagingLab(lab.app, lab.http, lab.business, lab.account, lab.customer)


def error_of(response: httpx.Response) -> tuple[int, int | None]:
    """Return (code, subcode) of a refusal."""
    assert response.status_code >= 400, response.text
    error = response.json()["error"]
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode")

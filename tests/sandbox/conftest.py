"""A laboratory in this process, and a business that receives its webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.sandbox import create_sandbox

HOOK = "http://business.test/webhooks/whatsapp/1"
RETRY_AFTER_S = (0.01,)


@dataclass
class Business:
    """Our side of the line: answers handshakes, keeps deliveries. `answers` are given out first, then 200."""

    deliveries: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    challenge_answer: str | None = None

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/webhooks/whatsapp/1", self._hook, methods=["GET", "POST"])])

    async def _hook(self, request: Request) -> Response:
        if request.method == "GET":
            return PlainTextResponse(self.challenge_answer or request.query_params["hub.challenge"])
        self.deliveries.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    def values(self, field: str = "messages") -> list[dict[str, Any]]:
        """Return every `value` received so far for one webhook field."""
        return [
            change["value"]
            for _, raw in self.deliveries
            for entry in json.loads(raw)["entry"]
            for change in entry["changes"]
            if change["field"] == field
        ]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", [])]


@dataclass
class Lab:
    """The laboratory with one account and one customer ready to talk."""

    app: Starlette
    http: httpx.AsyncClient
    business: Business
    account: dict[str, Any]
    customer: dict[str, Any]

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account['credentials']['access_token']}"}

    @property
    def waba(self) -> str:
        return str(self.account["credentials"]["waba_id"])

    async def send(self, body: dict[str, Any], *, to: str | None = None) -> httpx.Response:
        """Send as the business; the common members are added."""
        whole = {"messaging_product": "whatsapp", "to": to or f"+{self.customer['phone']}", **body}
        return await self.http.post(f"/v24.0/{self.account['external_id']}/messages", headers=self.token, json=whole)

    async def write(self, kind: str = "text", **wish: Any) -> dict[str, Any]:
        """Let the customer write, and return the line."""
        path = f"/sandbox/customers/{self.customer['id']}/messages"
        response = await self.http.post(path, json={"account": self.account["id"], "kind": kind, **wish})
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def act(self, **wish: Any) -> dict[str, Any]:
        path = f"/sandbox/customers/{self.customer['id']}/actions"
        response = await self.http.post(path, json={"account": self.account["id"], **wish})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def faults(self, **switches: Any) -> None:
        response = await self.http.put("/sandbox/faults", json={"account": self.account["id"], **switches})
        assert response.status_code == 200, response.text

    async def until(self, happened: Callable[[], Any], *, most_s: float = 30) -> Any:
        """Wait until something is true and return it."""
        async with asyncio.timeout(most_s):
            while not (result := happened()):  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.005)
        return result


@contextlib.asynccontextmanager
async def open_lab(state_dir: Path, channel: str = "whatsapp", number: int = 0) -> AsyncIterator[Lab]:
    """Open a laboratory with a customer of the channel's account of that number, whose events come to us."""
    business = Business()
    app = create_sandbox(state_dir, webhook_transport=httpx.ASGITransport(business.app), retry_after_s=RETRY_AFTER_S)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as http,
    ):
        accounts = [one for one in (await http.get("/sandbox/accounts")).json() if one["channel"] == channel]
        account = accounts[number]
        await http.patch(f"/sandbox/accounts/{account['id']}", json={"webhook_url": HOOK})
        customer = (await http.post("/sandbox/customers", json={"channel": channel, "name": "Jürgen 陳"})).json()
        yield Lab(app, http, business, account, customer)


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path) as opened:
        yield opened

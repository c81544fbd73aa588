"""WeChat's sandbox in this process, and a business that is the adapter itself: it opens, reads and acknowledges every push."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.contract import (
    Account,
    Delivery,
    Downloaded,
    HttpAnswer,
    InboundEvent,
    Intent,
    Key,
    OutboundMessage,
    PassiveReply,
    Person,
    PlatformRequest,
    PlatformResponse,
    RefreshToken,
    Result,
    SignatureInvalid,
    TokenRefreshed,
    TokenRejected,
)
from channels.sandbox import create_sandbox
from channels.sandbox.samples import png
from channels.wechat import ADAPTER
from tests.channels.harness import at

HOOK = "http://business.test/hook"
FAR_AHEAD = at(2_500_000_000)
"""A time of receipt after any moment of the sandbox, whose clock is the machine's."""


@dataclass
class Business:
    """Our side of the line. `answers` are given out first: bytes, a status, a text to reply with, or a pause in seconds."""

    credentials: dict[str, str] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    events: list[InboundEvent] = field(default_factory=list)
    answers: list[bytes | int | str | float] = field(default_factory=list)
    stored: HttpAnswer | None = None
    refused: int = 0

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self._hook, methods=["GET", "POST"])])

    async def _hook(self, request: Request) -> Response:
        headers = dict(request.headers)
        raw, query = await request.body(), request.url.query
        delivery = Delivery(request.method, query, headers, raw, FAR_AHEAD)
        try:
            opened = ADAPTER.open(delivery, self.credentials, FAR_AHEAD)
        except SignatureInvalid:
            self.refused += 1
            return Response(status_code=401)
        if opened.challenge is not None:
            return _http(ADAPTER.acknowledge(opened, ()))
        self.deliveries.append(delivery)
        self.events += ADAPTER.parse(opened)
        match self.answers.pop(0) if self.answers else None:
            case bytes() as body:
                return Response(body)
            case int() as status:
                return Response(status_code=status)
            case str() as text:
                reply = PassiveReply(OutboundMessage("text", text), at(1763770001), bytes(range(32)))
                self.stored = self.stored or ADAPTER.acknowledge(opened, (reply,))
                return _http(ADAPTER.acknowledge(opened, (self.stored,)))
            case float() as seconds:
                await asyncio.sleep(seconds)
        return _http(ADAPTER.acknowledge(opened, ()))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def _http(answer: HttpAnswer) -> Response:
    return Response(answer.body, answer.status, media_type=answer.content_type)


@dataclass
class Lab:
    """One account and one customer."""

    http: httpx.AsyncClient
    business: Business
    account: dict[str, Any]
    customer: dict[str, Any]
    token: str = ""

    @property
    def credentials(self) -> dict[str, str]:
        return {**self.account["credentials"], "access_token": self.token, "mode": self.account["settings"]["mode"]}

    @property
    def contract_account(self) -> Account:
        return Account(self.account["external_id"], "http://sandbox.test", self.account["hawker_settings"])

    async def write(self, kind: str = "text", **wish: Any) -> dict[str, Any]:
        path = f"/sandbox/customers/{self.customer['id']}/messages"
        response = await self.http.post(path, json={"account": self.account["id"], "kind": kind, **wish})
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def act(self, **wish: Any) -> dict[str, Any]:
        path = f"/sandbox/customers/{self.customer['id']}/actions"
        response = await self.http.post(path, json={"account": self.account["id"], **wish})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def inject(self, **wish: Any) -> None:
        response = await self.http.post(f"/sandbox/accounts/{self.account['id']}/events", json=wish)
        assert response.status_code == 202, response.text

    async def settle(self, **settings: Any) -> None:
        """Set ways of the account."""
        path = f"/sandbox/accounts/{self.account['id']}"
        self.account = (await self.http.patch(path, json={"settings": settings})).json()

    async def faults(self, **switches: Any) -> None:
        response = await self.http.put("/sandbox/faults", json={"account": self.account["id"], **switches})
        assert response.status_code == 200, response.text

    async def phone(self) -> list[dict[str, Any]]:
        """Return what the customer's phone shows of this account, without the notices of what was done."""
        path = f"/sandbox/customers/{self.customer['id']}/messages?account={self.account['id']}"
        lines = (await self.http.get(path)).json()
        return [line for line in lines if line["extra"].get("type") != "notice"]

    async def got(self) -> list[dict[str, Any]]:
        return [line["view"] for line in await self.phone() if line["by"] == "business"]

    async def until(self, happened: Callable[[], Any], *, most_s: float = 5) -> Any:
        async with asyncio.timeout(most_s):
            while not (result := happened()):  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.005)
        return result

    async def person(self) -> Person:
        """Return the customer as the platform's pushes name them."""
        events = await self.until(lambda: [event for event in self.business.events if _person_of(event)])
        found: Person = _person_of(events[0])
        return found

    async def run(self, intent: Intent) -> Result:
        """Carry out an intent; a refused token is renewed once, as the product does it."""
        if isinstance(intent, RefreshToken):
            return await self._call(intent)
        try:
            return await self._call(intent)
        except TokenRejected:
            fresh = await self._call(RefreshToken(self.token))
            assert isinstance(fresh, TokenRefreshed)
            self.token = fresh.access_token
        return await self._call(intent)

    async def _call(self, intent: Intent) -> Result:
        call = ADAPTER.call(intent, self.contract_account, self.credentials)
        request = next(call)
        while True:
            response = await self.ask(request)
            try:
                request = call.send(response)
            except StopIteration as stop:
                result: Result = stop.value
                return result

    async def ask(self, request: PlatformRequest) -> PlatformResponse:
        answer = await self.http.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            params=dict(request.query) or None,
            json=request.json,
            files={part.name: (part.media.filename, png(40, 40), part.media.mime) for part in request.files} or None,
        )
        is_file = answer.headers.get("content-type", "").partition(";")[0] not in request.not_files
        file = None
        if request.download_max_bytes is not None and answer.status_code == 200 and is_file:
            file = Downloaded("/tmp/x", len(answer.content), hashlib.sha256(answer.content).hexdigest())
        return PlatformResponse(answer.status_code, dict(answer.headers), answer.content, file)


def _person_of(event: InboundEvent) -> Any:
    return getattr(event, "person", None) or getattr(event, "sender", None)


def openid_of(person: Person) -> str:
    return next(key.value for key in person.keys if key.kind == "openid")


def stranger() -> Person:
    return Person((Key("account", "openid", "oNOBODY_openid_00000000000001"),))


@contextlib.asynccontextmanager
async def open_lab(state_dir: Path, *, flavour: str = "official_account", mode: str = "safe") -> AsyncIterator[Lab]:
    """Open the sandbox with one account of this kind, connected by the console's handshake."""
    business = Business()
    app = create_sandbox(state_dir, webhook_transport=httpx.ASGITransport(business.app), retry_after_s=(0.01,))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as http,
    ):
        accounts = (await http.get("/sandbox/accounts")).json()
        account = next(one for one in accounts if one["settings"].get("flavour") == flavour)
        lab = Lab(http, business, account, {})
        await lab.settle(mode=mode, result_after_s=0.01)
        business.credentials = lab.credentials
        connected = await http.post(f"/console/wechat/{account['id']}", json={"url": HOOK})
        assert connected.status_code == 200, connected.text
        lab.customer = (await http.post("/sandbox/customers", json={"channel": "wechat", "name": "王思远"})).json()
        yield lab

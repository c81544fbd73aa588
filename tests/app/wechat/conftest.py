"""A shop with WeChat accounts on the sandbox: the whole application on one side, the platform on a real socket on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.inbound import profiles, pulls
from app.inbound.service import open_ingest
from app.main import create_app
from app.media.fetching import fetch_media
from app.outbound.sender import send_conversation
from app.people.service import create_token
from app.realtime.hub import open_hub
from app.runtime import Runtime
from channels.sandbox import create_sandbox
from tests.app.outbound.conftest import _warm, free_port

Json = dict[str, Any]


@dataclass
class Shop:
    """Our API and rows on one side, the sandbox's API on the other. `ids`: our account by the sandbox's flavour."""

    runtime: Runtime
    api: httpx.AsyncClient
    lab: httpx.AsyncClient
    accounts: dict[str, Json]
    ids: dict[str, UUID] = field(default_factory=dict)

    async def rows(self, statement: str, *params: object) -> list[asyncpg.Record]:
        async with self.runtime.database.begin() as uow:
            rows: list[asyncpg.Record] = await uow.conn.fetch(statement, *params)
            return rows

    async def value(self, statement: str, *params: object) -> Any:
        async with self.runtime.database.begin() as uow:
            return await uow.conn.fetchval(statement, *params)

    async def customer(self, name: str = "王思远", **more: Any) -> Json:
        answer = await self.lab.post("/sandbox/customers", json={"channel": "wechat", "name": name, **more})
        return dict(answer.json())

    async def write(self, customer: Json, kind: str = "text", *, to: str = "official_account", **wish: Any) -> Json:
        body = {"account": self.accounts[to]["id"], "kind": kind, **wish}
        answer = await self.lab.post(f"/sandbox/customers/{customer['id']}/messages", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def got(self, customer: Json, *, on: str = "official_account") -> list[str]:
        """Return the texts from us on the customer's phone."""
        path = f"/sandbox/customers/{customer['id']}/messages?account={self.accounts[on]['id']}"
        lines = (await self.lab.get(path)).json()
        return [line["view"].get("text", "") for line in lines if line["by"] == "business"]

    async def settle(self, flavour: str, **settings: Any) -> None:
        answer = await self.lab.patch(f"/sandbox/accounts/{self.accounts[flavour]['id']}", json={"settings": settings})
        self.accounts[flavour] = answer.json()

    async def set(self, flavour: str, **settings: Any) -> None:
        """Change our account's settings, as an administrator does."""
        answer = await self.api.patch(f"/channel-accounts/{self.ids[flavour]}", json={"settings": settings})
        assert answer.status_code == 200, answer.text

    async def calls(self, path: str) -> list[Json]:
        """Return the calls that the platform got for an address, oldest first."""
        wire = (await self.lab.get("/sandbox/wire")).json()["items"]
        return [entry for entry in reversed(wire) if entry["way"] == "call" and entry["url"] == path]

    async def until(self, happened: Callable[[], Awaitable[Any]], *, most_s: float = 8) -> Any:
        async with asyncio.timeout(most_s):
            while not (result := await happened()):  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.01)
        return result

    async def pull(self) -> None:
        """Do the job that a push asked for."""
        await self.until(lambda: self.value("SELECT 1 FROM pull WHERE announced > fetched"))
        await pulls.fetch_updates(self.runtime, self.ids["kf"])

    async def conversation(self, flavour: str = "official_account") -> Json:
        """Wait for the newest conversation and return it as the inbox shows it."""
        statement = "SELECT id FROM conversation WHERE channel_account_id = $1 ORDER BY id DESC LIMIT 1"
        found = await self.until(lambda: self.value(statement, self.ids[flavour]))
        return dict((await self.api.get(f"/conversations/{found}")).json())

    async def say(self, conversation: Json, text: str) -> httpx.Response:
        """Answer, and do the job of sending."""
        path = f"/conversations/{conversation['id']}/messages"
        answer = await self.api.post(path, json={"kind": "text", "text": text})
        await send_conversation(self.runtime, UUID(conversation["id"]))
        return answer

    async def lines(self, conversation: Json) -> list[Json]:
        """Return the thread, oldest first."""
        answer = await self.api.get(f"/conversations/{conversation['id']}/messages?limit=50")
        return list(reversed(answer.json()["items"]))

    async def ask_profiles(self) -> None:
        """Do the jobs that ask who everybody is, and fetch their pictures."""
        for row in await self.rows("SELECT id FROM identity WHERE merged_into_id IS NULL ORDER BY created_at, id"):
            await profiles.fetch_profile(self.runtime, row["id"])
        for row in await self.rows("SELECT id FROM media WHERE state = 'pending'"):
            await fetch_media(self.runtime, row["id"])


@pytest.fixture(scope="module")
def apps() -> list[FastAPI]:
    """The application, once it was made: describing its routes takes seconds on a busy machine."""
    return []


@pytest.fixture
async def app(apps: list[FastAPI], runtime: Runtime) -> AsyncIterator[FastAPI]:
    """The application on this test's runtime."""
    app = apps[0] if apps else create_app(runtime.settings)
    apps[:] = [app]
    async with open_ingest(runtime) as ingest, open_hub(runtime) as hub:
        app.state.runtime, app.state.ingest, app.state.hub = runtime, ingest, hub
        yield app


@pytest.fixture
async def shop(app: FastAPI, runtime: Runtime, tmp_path: Path) -> AsyncIterator[Shop]:
    ours = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    port = free_port()
    laboratory = create_sandbox(tmp_path / "lab", webhook_transport=ours, retry_after_s=(0.05,))
    server = uvicorn.Server(uvicorn.Config(laboratory, port=port, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  the server has no event for it
        await asyncio.sleep(0.005)
    url = f"http://127.0.0.1:{port}"
    async with runtime.database.begin() as uow:
        _, token = await create_token(uow, runtime, name="tests", role="admin")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(transport=ours, base_url="http://testserver/api/v1", headers=headers) as api,
        httpx.AsyncClient(base_url=url) as lab,
    ):
        everybody = (await lab.get("/sandbox/accounts")).json()
        accounts = {one["settings"]["flavour"]: one for one in everybody if one["channel"] == "wechat"}
        shop = Shop(runtime, api, lab, accounts)
        for flavour in accounts:
            await _connect(shop, flavour, url)
        yield shop
    server.should_exit = True
    await task


async def _connect(shop: Shop, flavour: str, url: str) -> None:
    """Connect one of the sandbox's accounts by pasting what it shows, then press the console's button."""
    offered = shop.accounts[flavour]
    body = {name: offered[name] for name in ("channel", "name", "external_id", "credentials")}
    settings = {"api_base_url": url, "max_per_second": 500, **offered["hawker_settings"]}
    answer = await shop.api.post("/channel-accounts", json={**body, "settings": settings})
    assert answer.status_code == 201, answer.text
    shop.ids[flavour] = UUID(answer.json()["id"])
    hook = f"http://testserver{answer.json()['webhook_path']}"
    connected = await shop.lab.post(f"/console/wechat/{offered['id']}", json={"url": hook})
    assert connected.status_code == 200, connected.text
    view = await shop.runtime.accounts.get(shop.ids[flavour])
    assert view is not None
    await _warm(shop.runtime, view.id)
    await shop.runtime.redis.rename(f"pace:{{{view.id}}}:{view.id}", f"pace:{{{view.platform_account_id}}}:{view.id}")

"""A shop with a Page and two Instagram accounts on the sandbox: the whole application on one side, the platform on a socket on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.outbound.calls import run
from app.outbound.sender import send_conversation
from app.people.service import create_token
from app.runtime import Runtime
from channels.contract import Subscribe
from channels.sandbox import create_sandbox
from tests.app.outbound.conftest import _warm, free_port
from tests.app.wechat.conftest import Json, app, apps  # noqa: F401  fixtures
from tests.app.wechat.conftest import Shop as AnyShop
from tests.sandbox.messaging import ACCOUNTS


class Shop(AnyShop):
    """`accounts` and `ids` by the names of ACCOUNTS."""

    async def person(self, on: str, name: str = "Sofia Reyes") -> Json:
        answer = await self.lab.post("/sandbox/customers", json={"channel": ACCOUNTS[on][0], "name": name})
        return dict(answer.json())

    async def send(self, conversation: Json, **body: Any) -> httpx.Response:
        """Send a message of any kind, and do the job."""
        answer = await self.api.post(f"/conversations/{conversation['id']}/messages", json=body)
        await send_conversation(self.runtime, UUID(conversation["id"]))
        return answer

    async def act(self, customer: Json, *, on: str, **wish: Any) -> None:
        body = {"account": self.accounts[on]["id"], **wish}
        answer = await self.lab.post(f"/sandbox/customers/{customer['id']}/actions", json=body)
        assert answer.status_code == 200, answer.text

    async def phone(self, customer: Json, *, on: str) -> list[Json]:
        path = f"/sandbox/customers/{customer['id']}/messages?account={self.accounts[on]['id']}"
        return list((await self.lab.get(path)).json())

    async def windows(self, on: str) -> dict[str, Json]:
        return {one["kind"]: one for one in (await self.conversation(on))["reply_windows"]}

    async def close_windows(self) -> None:
        """Let a week pass, for us and for the platform alike."""
        await self.rows("UPDATE reply_grant SET ends_at = now() - interval '1 minute'")
        await self.rows("UPDATE conversation SET reply_window_ends_at = now() - interval '1 minute'")
        for chat in self.world.chats():
            chat.last_inbound_at -= 8 * 86_400

    world: Any = None


@pytest.fixture
async def shop(app: FastAPI, runtime: Runtime, tmp_path: Path) -> AsyncIterator[Shop]:  # noqa: F811
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
        by_channel = {
            channel: [one for one in everybody if one["channel"] == channel] for channel, _ in ACCOUNTS.values()
        }
        accounts = {name: by_channel[channel][number] for name, (channel, number) in ACCOUNTS.items()}
        shop = Shop(runtime, api, lab, accounts)
        shop.world = laboratory.state.host.world
        for name in accounts:
            await connect(shop, name, url)
        yield shop
    server.should_exit = True
    await task


async def connect(shop: Shop, name: str, url: str) -> None:
    """Connect one of the sandbox's accounts by pasting what it shows; the callback is set in the app's dashboard."""
    offered = shop.accounts[name]
    body = {key: offered[key] for key in ("channel", "name", "external_id", "credentials")}
    settings = {"api_base_url": url, "max_per_second": 300, **offered["hawker_settings"]}
    answer = await shop.api.post("/channel-accounts", json={**body, "settings": settings})
    assert answer.status_code == 201, answer.text
    shop.ids[name] = UUID(answer.json()["id"])
    hook = f"http://testserver{answer.json()['webhook_path']}"
    await shop.lab.patch(f"/sandbox/accounts/{offered['id']}", json={"webhook_url": hook})
    view = await shop.runtime.accounts.get(shop.ids[name])
    assert view is not None
    await run(shop.runtime, view, Subscribe(hook, offered["credentials"]["verify_token"]))
    await _warm(shop.runtime, view.id)
    if view.platform_account_id:
        await shop.runtime.redis.rename(
            f"pace:{{{view.id}}}:{view.id}", f"pace:{{{view.platform_account_id}}}:{view.id}"
        )

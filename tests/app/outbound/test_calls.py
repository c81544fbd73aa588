"""Access tokens that the platform gives: fetched when missing, renewed when refused or soon over, once for everybody; and windows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.outbound.calls import EXPIRES_AT, TOKEN, renew_early, run
from app.outbound.claim import WindowIsClosed, open_window
from app.outbound.sender import send_conversation
from app.runtime import Runtime
from channels.contract import Capabilities, Check, CredentialsInvalid, Limit, Pace, Typing, Window
from channels.contract import Key as PersonKey
from channels.contract import Person as Customer
from tests.app.outbound.conftest import Shop, free_port, open_account

TOKEN_REFUSED = {"errcode": 40001, "errmsg": "invalid credential"}
TO = Customer((PersonKey("account", "openid", "oFAKE_1"),))


@dataclass
class WeChat:
    """An Official Account's API that gives out `tokens` one after the other, and takes only the one given last."""

    url: str = ""
    given: int = 0
    refuses_secret: bool = False
    refuses_tokens: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/cgi-bin/stable_token", self._token, methods=["POST"]),
                Route("/{path:path}", self._take, methods=["GET", "POST"]),
            ]
        )

    async def _token(self, request: Request) -> Response:
        if self.refuses_secret:
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        forced = (await request.json())["force_refresh"]
        await asyncio.sleep(0.05)
        if forced or not self.given:
            self.given += 1
        return JSONResponse({"access_token": f"token-{self.given}", "expires_in": 7200})

    async def _take(self, request: Request) -> Response:
        if self.refuses_tokens or request.query_params.get("access_token") != f"token-{self.given}":
            return JSONResponse(TOKEN_REFUSED)
        self.sent.append(await request.json())
        return JSONResponse({"errcode": 0, "errmsg": "ok"})


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    wechat, port = WeChat(), free_port()
    server = uvicorn.Server(uvicorn.Config(wechat.app, port=port, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  the server has no event for it
        await asyncio.sleep(0.005)
    wechat.url = f"http://127.0.0.1:{port}"
    yield wechat
    server.should_exit = True
    await task


@pytest.fixture
async def account(runtime: Runtime, wechat: WeChat) -> AccountView:
    return await connect(runtime, wechat, {})


async def connect(runtime: Runtime, wechat: WeChat, more: dict[str, str]) -> AccountView:
    account_id = uuid7()
    secrets = {"app_id": "wx0123456789abcdef", "app_secret": "fake-secret", "token": "fakeToken123", **more}
    await open_account(runtime, account_id, {"external_id": "gh_1", "credentials": secrets}, wechat.url)
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE channel_account SET channel = 'wechat' WHERE id = $1", account_id)
    return await stored(runtime, account_id)


async def stored(runtime: Runtime, account_id: UUID) -> AccountView:
    await runtime.accounts.refresh()
    view = await runtime.accounts.get(account_id)
    assert view is not None
    return view


async def test_a_missing_token_is_fetched_once_for_all_who_need_it(
    runtime: Runtime, account: AccountView, wechat: WeChat
) -> None:
    await asyncio.gather(*(run(runtime, account, Typing(TO, "1")) for _ in range(5)))
    assert (wechat.given, len(wechat.sent)) == (1, 5)
    assert (await stored(runtime, account.id)).credentials[TOKEN] == "token-1"
    async with runtime.database.begin() as uow:
        kept = await uow.conn.fetchval("SELECT credentials FROM channel_account WHERE id = $1", account.id)
    assert b"token-1" not in kept


async def test_a_refused_token_is_renewed_once_and_the_calls_are_made_again(
    runtime: Runtime, account: AccountView, wechat: WeChat
) -> None:
    await run(runtime, account, Typing(TO, "1"))
    known = await stored(runtime, account.id)
    wechat.given += 1  # somebody else asked for a fresh one, which ended ours
    await asyncio.gather(*(run(runtime, known, Typing(TO, "1")) for _ in range(5)))
    assert len(wechat.sent) == 6
    assert (await stored(runtime, account.id)).credentials[TOKEN] == f"token-{wechat.given}"


async def test_a_newer_token_that_another_process_stored_is_used(
    runtime: Runtime, account: AccountView, wechat: WeChat
) -> None:
    stale = replace(account, credentials={**account.credentials, TOKEN: "token-0"})
    await run(runtime, account, Typing(TO, "1"))
    wechat.refuses_secret = True
    await run(runtime, stale, Typing(TO, "1"))
    assert len(wechat.sent) == 2


async def test_a_message_is_sent_with_a_token_that_was_fetched_for_it(shop: Shop, wechat: WeChat) -> None:
    message_id = await on_wechat(shop, wechat)
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.status(message_id) == "sent"
    assert [body["text"] for body in wechat.sent] == [{"content": "hello"}]
    assert (await shop.message(message_id))["attempts"] == 1


@pytest.mark.parametrize(
    ("switch", "code"), [("refuses_secret", "secret_invalid"), ("refuses_tokens", "token_rejected")]
)
async def test_an_account_stops_only_when_no_token_helps(shop: Shop, wechat: WeChat, switch: str, code: str) -> None:
    message_id = await on_wechat(shop, wechat)
    setattr(wechat, switch, True)
    await send_conversation(shop.runtime, shop.conversation_id)
    (row,) = await shop.execute("SELECT sending_stopped_reason FROM channel_account WHERE id = $1", shop.account_id)
    assert (await shop.status(message_id), row["sending_stopped_reason"]) == ("queued", code)


async def test_a_token_that_cannot_be_renewed_is_the_callers_trouble(
    runtime: Runtime, account: AccountView, wechat: WeChat
) -> None:
    wechat.refuses_secret = True
    with pytest.raises(CredentialsInvalid) as raised:
        await run(runtime, account, Check())
    assert raised.value.code == "secret_invalid"


@pytest.mark.parametrize(("left_s", "renewed"), [(7000, False), (301, False), (200, True), (-10, True)])
async def test_a_token_is_renewed_before_it_ends(runtime: Runtime, wechat: WeChat, left_s: int, renewed: bool) -> None:
    account = await connect(runtime, wechat, {TOKEN: "token-0", EXPIRES_AT: str(int(time.time()) + left_s + 1)})
    await renew_early(runtime)
    await renew_early(runtime)
    assert (wechat.given == 1) is renewed
    assert ((await stored(runtime, account.id)).credentials[TOKEN] == "token-1") is renewed


async def on_wechat(shop: Shop, wechat: WeChat) -> UUID:
    """Let the shop's conversation be one on WeChat, with a text in its outbox."""
    secrets = {"app_id": "wx0123456789abcdef", "app_secret": "fake-secret", "token": "fakeToken123"}
    await shop.execute(
        "UPDATE channel_account SET channel = 'wechat', credentials = $2, settings = $3 WHERE id = $1",
        shop.account_id,
        shop.runtime.vault.encrypt_json(secrets),
        orjson.dumps({"api_base_url": wechat.url, "max_per_second": 1000}).decode(),
    )
    await shop.execute("UPDATE identity_key SET scope = $1, kind = 'openid', value = 'oFAKE_1'", str(shop.account_id))
    await shop.runtime.accounts.refresh()
    return await shop.queue()


HOUR = timedelta(hours=1)
CAPABILITIES = Capabilities(
    text=Limit(1000),
    media={},
    windows=(
        Window("short", 60, quota=2),
        Window("standard", 3600),
        Window("typed", 7 * 3600, by="agent"),
    ),
    pace=Pace(1.0),
)
WINDOWS: list[tuple[dict[str, int | None], str, bool, str | None]] = [
    ({"standard": None, "short": 2, "typed": None}, "text", False, "short"),
    ({"standard": None, "short": 0}, "text", False, "standard"),
    ({"typed": None}, "text", True, "typed"),
    ({"typed": None}, "text", False, None),
    ({"unheard_of": None}, "text", True, None),
    ({}, "text", True, None),
    ({}, "template", False, ""),
    ({}, "comment", True, ""),
]


@pytest.mark.parametrize(("grants", "kind", "by_agent", "window"), WINDOWS)
async def test_the_first_open_window_of_the_channel_is_used(
    shop: Shop, grants: dict[str, int | None], kind: str, by_agent: bool, window: str | None
) -> None:
    await shop.execute("DELETE FROM reply_grant")
    now = datetime.now(UTC)
    for name, quota_left in grants.items():
        await shop.execute(
            "INSERT INTO reply_grant (conversation_id, kind, opened_at, ends_at, quota_left) VALUES ($1, $2, $3, $4, $5)",
            shop.conversation_id,
            name,
            now,
            now + HOUR,
            quota_left,
        )
    async with shop.runtime.database.begin() as uow:
        if window is None:
            with pytest.raises(WindowIsClosed):
                await open_window(uow, shop.conversation_id, kind, CAPABILITIES, by_agent=by_agent)
        else:
            found = await open_window(uow, shop.conversation_id, kind, CAPABILITIES, by_agent=by_agent)
            assert found == window


async def test_what_was_surely_not_sent_does_not_use_up_a_window(shop: Shop, wechat: WeChat) -> None:
    await on_wechat(shop, wechat)
    await shop.execute("UPDATE reply_grant SET quota_left = 3")
    wechat.refuses_tokens = True
    await send_conversation(shop.runtime, shop.conversation_id)
    assert [row["quota_left"] for row in await shop.execute("SELECT quota_left FROM reply_grant")] == [3]
    wechat.refuses_tokens = False
    await shop.execute("UPDATE channel_account SET sending_stopped_reason = NULL")
    await shop.execute("UPDATE message SET not_before = NULL")
    await shop.runtime.accounts.refresh()
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.statuses() == ["sent"]
    assert [row["quota_left"] for row in await shop.execute("SELECT quota_left FROM reply_grant")] == [2]

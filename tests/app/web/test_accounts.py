"""Connecting a number: what is taken, what never comes back, and what becomes of shared secrets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from app.channel_accounts import check
from app.channel_accounts.changes import CHANNEL, following_changes
from app.channel_accounts.diagnosis import Diagnosis, diagnose_accounts
from app.config import Settings
from app.runtime import Runtime, open_runtime
from channels import registry
from channels.contract import Checked, CheckItem, CredentialsInvalid, Subscribe, Unsubscribe

from .conftest import Person, Platform, Shop

SECRETS = {"access_token": "EAAG-token", "app_secret": "s3cr3t", "verify_token": "verify-me", "waba_id": "201"}
ACCOUNT = {"channel": "whatsapp", "name": "Shop", "external_id": "101", "credentials": SECRETS}


async def test_a_connected_account_is_shown_without_its_secrets(ann: Person, runtime: Runtime) -> None:
    answer = await ann.send("POST", "/channel-accounts", ACCOUNT)
    assert answer.status_code == 201, answer.text
    account = answer.json()
    assert account["webhook_path"] == f"/webhooks/whatsapp/{account['id']}"
    assert account["webhook_url"] == f"http://testserver{account['webhook_path']}"
    assert (account["state"], account["label"], account["guide"]) == ("active", "WhatsApp", "whatsapp")
    assert account["health"] == {"state": "unchecked", "items": [], "facts": {}, "told": {}}
    assert set(account["credentials_kept"]) <= SECRETS.keys()
    assert account["capabilities"]["text"]["n"] > 0
    assert "source" not in str(account["capabilities"])
    (listed,) = (await ann.get("/channel-accounts")).json()["items"]
    assert listed == account | {"credentials_kept": list(SECRETS)}
    for secret in ("EAAG-token", "s3cr3t", "verify-me"):
        assert secret not in answer.text
    view = await runtime.accounts.get(UUID(account["id"]))
    assert view is not None
    assert dict(view.credentials) == SECRETS


async def test_accounts_of_one_platform_account_share_its_secrets(ann: Person, runtime: Runtime) -> None:
    first = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    newer = ACCOUNT | {"external_id": "102", "credentials": SECRETS | {"access_token": "EAAG-newer"}}
    second = (await ann.send("POST", "/channel-accounts", newer)).json()
    views = [await runtime.accounts.get(UUID(one["id"])) for one in (first, second)]
    assert [view and view.credentials["access_token"] for view in views] == ["EAAG-newer"] * 2
    assert len({view and view.platform_account_id for view in views}) == 1
    await ann.send("PATCH", f"/channel-accounts/{first['id']}", {"credentials": {"access_token": "EAAG-newest"}})
    view = await runtime.accounts.get(UUID(second["id"]))
    assert view is not None
    assert view.credentials["access_token"] == "EAAG-newest"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"external_id": ""}, "external_id"),
        ({"credentials": {}}, "credentials.access_token"),
        ({"credentials": SECRETS | {"password": "x"}}, "credentials.password"),
        ({"credentials": {"access_token": 3}}, "credentials.access_token"),
        ({"settings": {"api_base_url": "graph.facebook.com"}}, "settings.api_base_url"),
        ({"settings": {"api_base_url": "https://u:p@graph.facebook.com"}}, "settings.api_base_url"),
        ({"settings": {"api_base_url": "http://127.0.0.1:99999"}}, "settings.api_base_url"),
        ({"settings": {"api_base_url": "http://127.0.0.1:8001/path"}}, "settings.api_base_url"),
        ({"settings": {"api_base_url": 3}}, "settings.api_base_url"),
        ({"settings": {"max_per_second": 0}}, "settings.max_per_second"),
        ({"settings": {"max_per_second": "fast"}}, "settings.max_per_second"),
        ({"settings": {"max_per_second": True}}, "settings.max_per_second"),
        (
            {
                "channel": "instagram",
                "credentials": {"access_token": "a", "app_secret": "b"},
                "settings": {"login": "google"},
            },
            "settings.login",
        ),
    ],
)
async def test_what_cannot_be_connected(ann: Person, change: dict[str, Any], field: str) -> None:
    answer = await ann.send("POST", "/channel-accounts", ACCOUNT | change)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["error"]["fields"]


async def test_an_account_is_connected_once_and_again_after_it_was_removed(
    ann: Person, runtime: Runtime, platform: Platform
) -> None:
    first = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    twice = await ann.send("POST", "/channel-accounts", ACCOUNT)
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "account_connected")
    assert (await ann.send("DELETE", f"/channel-accounts/{first['id']}")).status_code == 204
    assert platform.asked == [Unsubscribe()]
    assert (await ann.get("/channel-accounts")).json()["items"] == []
    assert (await ann.get(f"/channel-accounts/{first['id']}")).json()["state"] == "removed"
    async with runtime.database.begin() as uow:
        assert await uow.conn.fetchval("SELECT credentials FROM channel_account") is None
    assert (await ann.send("POST", "/channel-accounts", ACCOUNT)).status_code == 201


async def test_settings_are_merged_and_cleared_by_null(ann: Person) -> None:
    settings = {"api_base_url": "http://127.0.0.1:8001/", "max_per_second": 20}
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT | {"settings": settings})).json()
    assert account["settings"] == {"api_base_url": "http://127.0.0.1:8001", "max_per_second": 20}
    path = f"/channel-accounts/{account['id']}"
    changed = (
        await ann.send("PATCH", path, {"name": "Main", "state": "paused", "settings": {"api_base_url": None}})
    ).json()
    assert (changed["name"], changed["state"], changed["settings"]) == ("Main", "paused", {"max_per_second": 20})


async def test_a_check_connects_the_webhook_and_keeps_what_it_found(ann: Person, platform: Platform) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    checked = (await ann.send("POST", f"/channel-accounts/{account['id']}/check")).json()
    assert platform.asked[0] == Subscribe(account["webhook_url"], "verify-me")
    assert checked["health"]["state"] == "warning"
    assert [one["code"] for one in checked["health"]["items"]] == ["webhook_connected", "token_valid", "quality_low"]
    platform.answers = CredentialsInvalid("Expired", external_code="190")
    failed = (await ann.send("POST", f"/channel-accounts/{account['id']}/check")).json()
    assert failed["health"]["state"] == "error"
    assert failed["health"]["items"][0] == {
        "code": "webhook_not_connected",
        "state": "error",
        "params": {"code": "credentials_invalid", "external_code": "190", "text": "Expired"},
        "label": "Webhook",
        "text": "WhatsApp does not deliver here.",
        "mend": "Look whether this address can be reached from the internet over https, then check again.",
        "detail": "Expired",
    }


async def test_an_address_that_is_pasted_by_hand_is_only_shown(
    ann: Person, platform: Platform, runtime: Runtime
) -> None:
    secrets = {"app_id": "wx0123456789abcdef", "app_secret": "s3cr3t", "token": "fakeToken123"}
    settings = {"mode": "plain"}
    body = {"channel": "wechat", "name": "WeChat", "external_id": "gh_1", "credentials": secrets, "settings": settings}
    account = (await ann.send("POST", "/channel-accounts", body)).json()
    await check.connect_webhook(runtime, UUID(account["id"]))
    health = (await ann.get(f"/channel-accounts/{account['id']}")).json()["health"]
    first = health["items"][0]
    assert (first["code"], first["state"], first["params"]) == (
        "webhook_by_hand",
        "ok",
        {"url": account["webhook_url"]},
    )
    assert not [asked for asked in platform.asked if isinstance(asked, Subscribe)]
    view = await runtime.accounts.get(UUID(account["id"]))
    assert view is not None
    assert view.credentials["mode"] == "plain", "a setting that the adapter needs to prove an origin"


async def test_only_an_administrator_touches_accounts(ann: Person, ben: Person) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    path = f"/channel-accounts/{account['id']}"
    seen = (await ben.get(path)).json()
    assert (seen["health"], seen["settings"]) == ({"state": "unchecked"}, {}), "no more than the inbox needs"
    assert (await ben.get("/channel-accounts")).json()["items"] == [seen]
    for where in ("/channels", "/channel-accounts/figures"):
        assert (await ben.get(where)).status_code == 403
    for method, where, body in (
        ("POST", "/channel-accounts", ACCOUNT),
        ("PATCH", path, {"name": "x"}),
        ("DELETE", path, None),
        ("POST", path + "/check", None),
        ("POST", "/agents", {"email": "a@b.c", "name": "a", "password": "long enough password"}),
        ("PATCH", f"/agents/{ben.id}", {"role": "admin"}),
        ("POST", "/teams", {"name": "a"}),
        ("POST", "/tokens", {"name": "a", "role": "admin"}),
    ):
        answer = await ben.send(method, where, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed"), (method, where)


async def test_what_a_check_found_is_said_in_the_readers_language(
    ann: Person, platform: Platform, runtime: Runtime
) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    params = {"granted": ["whatsapp_business_management"], "missing": ["whatsapp_business_messaging"]}
    soon = int(time.time()) + 86_400
    platform.answers = Checked(
        (CheckItem("permissions", "error", params), CheckItem("quality", "warning", {"quality": "yellow"})),
        {"token_expires_at": soon},
    )
    await ann.send("POST", f"/channel-accounts/{account['id']}/check")
    said = {}
    for language in ("en", "zh-Hant"):
        await ann.send("PATCH", "/me", {"language": language})
        seen = (await ann.get(f"/channel-accounts/{account['id']}")).json()["health"]
        said[language] = {one["code"]: one["text"] for one in seen["items"]}
    assert said["en"]["permissions"] == "Missing: whatsapp_business_messaging"
    assert said["en"]["quality"] == "Customers rate it medium."
    assert said["en"]["token_ends"].startswith("It ends soon, on 20")
    assert said["zh-Hant"]["quality"] == "客戶評為中等。"
    assert seen["facts"] == {"token_expires_at": soon}


async def test_what_the_platform_told_outlives_a_check(ann: Person, platform: Platform, runtime: Runtime) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    told = {"quality": {"value": "red", "severity": "warning", "at": "2026-11-22T00:00:00Z"}}
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "UPDATE channel_account SET health = health || $1", orjson.dumps({"told": told}).decode()
        )
    checked = (await ann.send("POST", f"/channel-accounts/{account['id']}/check")).json()
    assert checked["health"]["told"] == told


async def test_every_channel_says_how_it_is_connected(ann: Person) -> None:
    guides = (await ann.get("/channels")).json()["items"]
    names = [guide["name"] for guide in guides]
    assert len(set(names)) == len(names)
    assert {guide["channel"] for guide in guides} == set(registry.NAMES)
    for guide in guides:
        asked = [name for step in guide["steps"] for name in step["fields"]]
        assert len(set(asked)) == len(asked), guide["name"]
        assert set(asked) - {"external_id"} == {field["name"] for field in guide["fields"]}
        assert ("external_id" in asked) == bool(guide["id_label"])
        adapter = registry.get(guide["channel"])
        required = {each.name for each in adapter.credential_fields if each.required}
        assert required <= set(asked), guide["name"]


async def test_the_audit_names_what_was_replaced_and_holds_no_secret(ann: Person, runtime: Runtime) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    changes = {"name": "Main", "credentials": {"access_token": "EAAG-brand-new"}}
    await ann.send("PATCH", f"/channel-accounts/{account['id']}", changes)
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch("SELECT action, actor_id, params FROM audit_entry ORDER BY at")
    assert [(row["action"], row["actor_id"]) for row in rows] == [
        ("channel_account.created", ann.id),
        ("channel_account.changed", ann.id),
    ]
    assert rows[1]["params"] == {"fields": "credentials.access_token, name"}


async def test_the_figures_of_a_day(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("Wong")
    async with shop.runtime.database.begin() as uow:
        for status in ("sent", "read", "failed", "unknown", "queued"):
            error = '{"code": "window_closed"}' if status == "failed" else None
            await shop.message(uow, conversation_id, direction="outbound", status=status, error=error)
    (row,) = (await ann.get("/channel-accounts/figures")).json()["items"]
    assert row["channel_account_id"] == str(shop.account_id)
    counted = {name: row[name] for name in ("tried", "failed", "unknown", "waiting", "failed_share")}
    assert counted == {"tried": 4, "failed": 1, "unknown": 1, "waiting": 1, "failed_share": 0.25}
    assert row["reasons"] == [{"code": "window_closed", "n": 1}]


async def test_the_time_of_the_last_webhook_is_noted(ann: Person, client: httpx.AsyncClient, runtime: Runtime) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    assert account["last_webhook_at"] is None
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify-me", "hub.challenge": "42"}
    assert (await client.get(account["webhook_path"], params={**query, "hub.verify_token": "no"})).status_code == 401
    assert (await client.get(account["webhook_path"], params=query)).text == "42"
    await runtime.accounts.end_notes()
    assert (await ann.get(f"/channel-accounts/{account['id']}")).json()["last_webhook_at"] is not None


async def test_another_process_knows_a_new_token_at_once(ann: Person, settings: Settings) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    async with open_runtime(settings) as other, following_changes(other):
        view = await other.accounts.get(UUID(account["id"]))
        assert view is not None
        await until(lambda: is_heard(other))
        await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"credentials": {"access_token": "EAAG-2"}})
        await until(lambda: knows(other, UUID(account["id"]), "EAAG-2"))


async def is_heard(runtime: Runtime) -> bool:
    """Do both processes listen?"""
    ((_, listeners),) = await runtime.redis.pubsub_numsub(CHANNEL)
    return bool(listeners == 2)


async def knows(runtime: Runtime, account_id: UUID, token: str) -> bool:
    view = runtime.accounts.by_id(account_id)
    return view is not None and view.credentials["access_token"] == token


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(1000):
        if await condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come true")


async def test_the_terminal_says_of_every_account_what_the_page_says(
    ann: Person, platform: Platform, runtime: Runtime
) -> None:
    first = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    await ann.send("POST", "/channel-accounts", ACCOUNT | {"external_id": "102", "name": "Second"})
    await ann.send("PATCH", f"/channel-accounts/{first['id']}", {"state": "paused"})
    platform.answers = CredentialsInvalid("Expired", external_code="190")
    assert await diagnose_accounts(runtime) == [
        Diagnosis("WhatsApp: Shop", "warning", "paused: nothing is sent", "Resume it in Settings → Channels."),
        Diagnosis(
            "WhatsApp: Second",
            "error",
            "Connection: WhatsApp could not be asked. Expired",
            "Check again in a moment.",
        ),
    ]
    platform.answers = Checked((CheckItem("token", "ok"),))
    assert (await diagnose_accounts(runtime))[1] == Diagnosis("WhatsApp: Second", "ok", "works; nothing heard yet")

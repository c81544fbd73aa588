"""Connecting a number: what is taken, what never comes back, and what becomes of shared secrets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.channel_accounts import check
from app.runtime import Runtime
from channels.contract import CredentialsInvalid, Subscribe, Unsubscribe

from .conftest import Person, Platform

SECRETS = {"access_token": "EAAG-token", "app_secret": "s3cr3t", "verify_token": "verify-me", "waba_id": "201"}
ACCOUNT = {"channel": "whatsapp", "name": "Shop", "external_id": "101", "credentials": SECRETS}


async def test_a_connected_account_is_shown_without_its_secrets(ann: Person, runtime: Runtime) -> None:
    answer = await ann.send("POST", "/channel-accounts", ACCOUNT)
    assert answer.status_code == 201, answer.text
    account = answer.json()
    assert account["webhook_path"] == f"/webhooks/whatsapp/{account['id']}"
    assert account["webhook_url"] == f"http://testserver{account['webhook_path']}"
    assert (account["state"], account["label"], account["health"]) == ("active", "WhatsApp", {"state": "unchecked"})
    assert account["capabilities"]["text"]["n"] > 0
    assert "source" not in str(account["capabilities"])
    listed = (await ann.get("/channel-accounts")).json()["items"]
    assert listed == [account]
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
    assert failed["health"]["items"][0]["params"] == {
        "code": "credentials_invalid",
        "external_code": "190",
        "text": "Expired",
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
    assert health["items"][0] == {
        "code": "webhook_by_hand",
        "state": "ok",
        "params": {"url": account["webhook_url"]},
    }
    assert not [asked for asked in platform.asked if isinstance(asked, Subscribe)]
    view = await runtime.accounts.get(UUID(account["id"]))
    assert view is not None
    assert view.credentials["mode"] == "plain", "a setting that the adapter needs to prove an origin"


async def test_only_an_administrator_touches_accounts(ann: Person, ben: Person) -> None:
    account = (await ann.send("POST", "/channel-accounts", ACCOUNT)).json()
    path = f"/channel-accounts/{account['id']}"
    assert (await ben.get(path)).status_code == 200
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

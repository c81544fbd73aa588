"""Templates over HTTP: who may do what, what is answered; and what else a message may be refused for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.ids import uuid7
from app.people.service import create_token
from app.runtime import Runtime
from channels.contract import MessageInvalid, SendError, TemplateSeen, TemplatesSeen, TemplateSubmitted

from .conftest import NOW, LogIn, Person, Platform, Shop

HELLO = TemplateSeen(
    "77",
    "hello",
    "en",
    "utility",
    "approved",
    ({"type": "body", "text": "Hello {{1}}, here we are."},),
)
BODY = {"type": "body", "text": "Hello {{1}}, here we are.", "examples": {"1": "Mei"}}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def told(platform: Platform) -> Platform:
    """What the platform answers to templates."""
    platform.answers = TemplatesSeen((HELLO,))
    return platform


def draft(shop: Shop, **fields: Any) -> dict[str, Any]:
    new = {"name": "kettle", "language": "en", "category": "utility", "components": [BODY]}
    return {"channel_account_id": str(shop.account_id), **new, **fields}


async def open_window(shop: Shop, conversation_id: UUID) -> None:
    async with shop.runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO reply_grant (conversation_id, kind, opened_at, ends_at) VALUES ($1, 'service', $2, now() + $3)",
            conversation_id,
            NOW,
            timedelta(hours=1),
        )
    await shop.runtime.accounts.refresh()


async def test_templates_are_listed_searched_and_previewed(ben: Person, shop: Shop, told: Platform) -> None:
    synced = await ben.send("POST", "/templates/sync", {"channel_account_id": str(shop.account_id)})
    assert synced.json() == {"seen": 1, "gone": 0}
    for params, n in (
        ({}, 1),
        ({"q": "here we"}, 1),
        ({"q": "%"}, 0),
        ({"status": "rejected"}, 0),
        ({"language": "en"}, 1),
    ):
        found = (await ben.get("/templates", channel_account_id=str(shop.account_id), **params)).json()
        assert len(found["items"]) == n, params
    (template,) = (await ben.get("/templates")).json()["items"]
    assert template["versions"][0]["variables"] == [
        {"key": "1", "kind": "text", "name": "1", "example": "", "required": True}
    ]
    assert (await ben.get("/templates", channel_account_id=str(uuid7()))).json()["items"] == []
    conversation_id = await shop.conversation("Mei Chan")
    shown = await ben.send("POST", f"/templates/{template['id']}/preview", {"conversation_id": str(conversation_id)})
    assert [(one["place"], one["code"]) for one in shown.json()["problems"]] == [("1", "variable_missing")]
    body = {"kind": "template", "template_id": template["id"], "variables": {"1": "Mei"}}
    sent = await ben.send("POST", f"/conversations/{conversation_id}/messages", body)
    assert (sent.status_code, sent.json()["text"]) == (201, "Hello Mei, here we are.")
    assert (await ben.get("/templates", cursor="x")).status_code == 422


async def test_only_who_manages_templates_writes_them(ben: Person, log_in: LogIn, shop: Shop, told: Platform) -> None:
    assert (await ben.send("POST", "/templates", draft(shop))).status_code == 403
    assert (await ben.send("POST", "/templates/check", draft(shop))).status_code == 403
    zoe = await log_in("Zoe", role="marketer")
    made = await zoe.send("POST", "/templates", draft(shop))
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    version = made.json()["versions"][0]
    path = f"/templates/{made.json()['id']}"
    assert (await zoe.send("POST", "/templates", draft(shop))).status_code == 409
    wrong = await zoe.send("POST", "/templates", draft(shop, components=[{"type": "body", "text": "{{1}}"}]))
    assert "body" in wrong.json()["error"]["fields"]
    checked = await zoe.send("POST", "/templates/check", draft(shop, name="Bad Name"))
    assert [one["place"] for one in checked.json()["problems"]] == ["name"]
    told.answers = TemplateSubmitted("901", "pending")
    handed = await zoe.send("POST", f"{path}/versions/{version['id']}/submit")
    assert handed.json()["versions"][0]["status"] == "pending"
    locked = await zoe.send("PATCH", f"{path}/versions/{version['id']}", {"components": [BODY]})
    assert locked.json()["error"]["code"] == "template_locked"
    assert (await zoe.send("PATCH", path, {"defaults": {"1": "contact.name"}})).json()["defaults"] == {
        "1": "contact.name"
    }
    assert (await zoe.send("PATCH", path, {"default_language": "fr"})).status_code == 422
    assert (await zoe.send("DELETE", path)).status_code == 204
    assert (await zoe.get(path)).json()["archived_at"] is not None
    assert (await zoe.send("DELETE", path)).status_code == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [(MessageInvalid("no", code="parameter_invalid"), 409), (SendError("down", code="platform_down"), 409)],
)
async def test_a_platform_that_refuses_says_why(
    ann: Person, shop: Shop, told: Platform, error: SendError, status: int
) -> None:
    told.answers = error
    answer = await ann.send("POST", "/templates/sync", {"channel_account_id": str(shop.account_id)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, error.code)


async def test_an_unknown_kind_is_answered_in_our_words(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a")
    for body, said in (({"kind": "poem"}, "Write one of note, text, "), ({}, "Say which kind it is.")):
        error = (await ann.send("POST", f"/conversations/{conversation_id}/messages", body)).json()["error"]
        assert error["code"] == "kind_unknown"
        assert list(error["fields"]) == ["kind"]
        assert error["fields"]["kind"].startswith(said)


async def test_a_thread_that_another_app_has_takes_no_answer(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a", held_by="263902037430900")
    await open_window(shop, conversation_id)
    assert (await ann.get(f"/conversations/{conversation_id}")).json()["held_by"] == "263902037430900"
    refused = await ann.send("POST", f"/conversations/{conversation_id}/messages", {"kind": "text", "text": "x"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "thread_held")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not sent: the file is no longer here."),
        ("zh-Hant", "未能傳送：檔案已不存在"),
        ("zh-Hans", "发送失败：文件已不存在"),
    ],
)
async def test_why_a_message_failed_is_said_in_the_readers_language(
    ann: Person, shop: Shop, runtime: Runtime, language: str, said: str
) -> None:
    await ann.send("PATCH", "/me", {"language": language})
    conversation_id = await shop.conversation("a")
    error = '{"code": "media_gone", "external_code": "131052", "external_text": "gone", "params": {}}'
    async with runtime.database.begin() as uow:
        await shop.message(uow, conversation_id, direction="outbound", status="failed", error=error)
    (failed, _) = (await ann.get(f"/conversations/{conversation_id}/messages")).json()["items"]
    assert failed["error"]["params"] == {}
    assert failed["error"]["external_text"] == "gone"
    assert failed["error"]["text"].rstrip("。") == said


async def test_an_upload_belongs_to_the_token_that_made_it(
    client: httpx.AsyncClient, ann: Person, shop: Shop, runtime: Runtime
) -> None:
    async with runtime.database.begin() as uow:
        tokens = [(await create_token(uow, runtime, name=name, role="admin"))[1] for name in ("first", "second")]
    mine, other = ({"Authorization": f"Bearer {token}"} for token in tokens)
    made = await client.post("/api/v1/media", files={"file": ("a.png", PNG, "image/png")}, headers=mine)
    media_id = made.json()["media_id"]
    conversation_id = await shop.conversation("a")
    await open_window(shop, conversation_id)
    path, body = f"/api/v1/conversations/{conversation_id}/messages", {"kind": "image", "media_id": media_id}
    assert (await client.get(f"/media/{media_id}", headers=mine)).status_code == 200
    assert (await client.get(f"/media/{media_id}", headers=other)).status_code == 404
    refused = await client.post(path, json=body, headers=other)
    assert refused.json()["error"]["code"] == "media_missing"
    assert (await ann.send("POST", f"/conversations/{conversation_id}/messages", body)).status_code == 422
    assert (await client.post(path, json=body, headers=mine)).status_code == 201

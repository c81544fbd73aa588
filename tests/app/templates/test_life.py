"""A template's life against the sandbox: listed, written, reviewed, sent as the customer sees it, deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.channel_accounts.directory import AccountView
from app.errors import Conflict, Invalid, NotFound
from app.ids import uuid7
from app.media.storage import incoming
from app.outbound.sender import send_conversation
from app.outbound.service import Outgoing, queue_message
from app.templates.check import Draft
from app.templates.service import change_template, rewrite, write_draft
from app.templates.submit import delete, submit
from app.templates.sync import apply_changes, keep, sync_templates
from channels.contract import TemplateChanged, TemplateSeen
from tests.app.outbound.conftest import Shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
NOW = datetime.now(UTC)


async def account_of(shop: Shop) -> AccountView:
    account = await shop.runtime.accounts.get(shop.account_id)
    assert account is not None
    return account


async def versions(shop: Shop, name: str) -> dict[str, Any]:
    rows = await shop.execute(
        "SELECT v.* FROM template_version v JOIN template t ON t.id = v.template_id WHERE t.name = $1 AND v.archived_at IS NULL",
        name,
    )
    return {row["language"]: row for row in rows}


async def template_id(shop: Shop, name: str) -> UUID:
    (row,) = await shop.execute("SELECT id FROM template WHERE name = $1", name)
    return UUID(str(row["id"]))


async def send(shop: Shop, name: str, **content: Any) -> list[dict[str, Any]]:
    account = await account_of(shop)
    outgoing = Outgoing(kind="template", content={"template_id": str(await template_id(shop, name)), **content})
    async with shop.runtime.database.begin() as uow:
        return await queue_message(uow, account, conversation_id=shop.conversation_id, outgoing=outgoing, agent_id=None)


async def upload(shop: Shop) -> str:
    with incoming(shop.runtime.settings) as receiving:
        receiving.write(PNG)
        stored = receiving.keep(declared_mime="image/png")
    media_id = uuid7()
    await shop.execute(
        """INSERT INTO media (id, state, mime, filename, size_bytes, sha256, storage_key)
        VALUES ($1, 'ready', 'image/png', 'kettle.png', $2, $3, $4)""",
        media_id,
        stored.size_bytes,
        stored.sha256,
        stored.storage_key,
    )
    return str(media_id)


def draft(**fields: Any) -> Draft:
    body = {"type": "body", "text": "Hello {{1}}, your kettle is here.", "examples": {"1": "Mei"}}
    return Draft(
        **{
            "name": f"kettle_{uuid7().hex[-10:]}",
            "language": "en",
            "category": "utility",
            "components": [body],
            **fields,
        }
    )


async def test_the_platforms_list_is_kept_and_what_it_has_no_longer_goes(shop: Shop) -> None:
    account = await account_of(shop)
    synced = await sync_templates(shop.runtime, account)
    assert synced.seen >= 12
    assert set(await versions(shop, "order_update")) == {"en", "zh_HK", "zh_CN"}
    told = await shop.events()
    assert {kind for kind, _ in told} == {"template.updated"}
    again = await sync_templates(shop.runtime, account)
    assert (again.gone, len(await shop.events())) == (0, len(told)), "what did not change is not told"
    async with shop.runtime.database.begin() as uow:
        only = [TemplateSeen("1", "hello", "en", "utility", "approved", ({"type": "body", "text": "Hi"},))]
        gone = await keep(uow, account, only, asked_at=datetime.now(UTC) + timedelta(seconds=1))
    assert gone.gone == synced.seen
    assert await versions(shop, "order_update") == {}
    assert set(await versions(shop, "hello")) == {"en"}


async def test_a_template_reaches_the_customer_in_their_language_filled_and_outside_of_the_window(shop: Shop) -> None:
    await sync_templates(shop.runtime, await account_of(shop))
    await shop.execute("UPDATE reply_grant SET ends_at = now() - interval '1 second'")
    await shop.execute("UPDATE contact SET language = 'zh-Hant', name = '陳 曉彤'")
    async with shop.runtime.database.begin() as uow:
        await change_template(uow, await template_id(shop, "order_update"), {"defaults": {"1": "contact.first_name"}})
    (message,) = await send(shop, "order_update", variables={"2": "TK-7", "3": "星期六", "button.0": "TK-7"})
    assert message["text"] == "你好 陳，訂單 TK-7 已經寄出，預計 星期六 送到。"
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.status(UUID(message["id"])) == "sent"
    (entry,) = await shop.sent()
    assert entry["body"]["template"]["language"] == {"code": "zh_HK"}
    phone = (await shop.sandbox.get(f"/sandbox/customers/{shop.customer['id']}/messages")).json()[-1]
    assert phone["view"]["text"] == message["text"], "the preview is what the customer sees"


async def test_a_header_takes_its_picture_along_and_uploads_it_once(shop: Shop) -> None:
    await sync_templates(shop.runtime, await account_of(shop))
    media_id = await upload(shop)
    for _ in range(2):
        await send(
            shop,
            "winter_gift_box",
            language="en",
            variables={"first_name": "Mei", "price": "HK$428", "header": media_id},
        )
    await send_conversation(shop.runtime, shop.conversation_id)
    headers = [entry["body"]["template"]["components"][0] for entry in await shop.sent()]
    (first, second) = [header["parameters"][0]["image"]["id"] for header in headers]
    assert first == second, "the platform's id of a file is used again"


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"variables": {"2": "TK-7"}}, "variables.1", "variable_missing"),
        ({"language": "fr"}, "language", "template_language_missing"),
        ({"variables": {"1": "a\nb", "2": "b", "3": "c", "button.0": "d"}}, "variables.1", "variable_lines"),
    ],
)
async def test_what_is_missing_is_said_before_anything_is_queued(
    shop: Shop, content: dict[str, Any], field: str, code: str
) -> None:
    await sync_templates(shop.runtime, await account_of(shop))
    with pytest.raises(Invalid) as refused:
        await send(shop, "order_update", **content)
    assert field in refused.value.fields
    assert refused.value.code == code
    assert await shop.execute("SELECT 1 FROM message") == []


async def test_a_template_that_is_not_approved_or_not_there_is_not_sent(shop: Shop) -> None:
    await sync_templates(shop.runtime, await account_of(shop))
    await shop.execute("UPDATE template_version SET status = 'paused'")
    with pytest.raises(Invalid) as refused:
        await send(shop, "may_we_answer")
    assert refused.value.code == "template_not_approved"
    await shop.execute("UPDATE template_version SET archived_at = now()")
    with pytest.raises(NotFound):
        await send(shop, "may_we_answer")


async def test_what_is_written_here_is_handed_in_with_its_sample_and_told_of_when_reviewed(shop: Shop) -> None:
    account, media_id = await account_of(shop), await upload(shop)
    new = draft()
    new = replace(new, components=[{"type": "header", "format": "image", "media_id": media_id}, *new.components])
    async with shop.runtime.database.begin() as uow:
        version_id = await write_draft(uow, account, new)
    await submit(shop.runtime, account, version_id)
    row = (await versions(shop, new.name))["en"]
    assert (row["status"], row["error"]) == ("pending", None)
    with pytest.raises(Conflict):
        await submit(shop.runtime, account, version_id)
    told = TemplateChanged(
        account="",
        occurred_at=datetime.now(UTC),
        change="status",
        external_id=row["external_id"],
        name=new.name,
        language="en",
        value="rejected",
        reason="invalid_format",
    )
    async with shop.runtime.database.begin() as uow:
        await apply_changes(uow, [(account, told)])
        late = replace(told, occurred_at=told.occurred_at - timedelta(minutes=1), value="pending")
        await apply_changes(uow, [(account, late), (account, told)])
    row = (await versions(shop, new.name))["en"]
    assert (row["status"], row["rejected_reason"]) == ("rejected", "invalid_format")
    async with shop.runtime.database.begin() as uow:
        better = [{**new.components[1], "text": "Hello {{1}}, your kettle has come."}]
        await rewrite(uow, account, version_id, {"components": better})
    kept = await shop.execute("SELECT 1 FROM template_file")
    assert kept == [], "a sample that is shown no more is let go"


async def test_a_refusal_stays_with_the_draft_in_code_and_in_the_platforms_words(shop: Shop) -> None:
    account, new = await account_of(shop), draft()
    ids = []
    async with shop.runtime.database.begin() as uow:
        ids.append(await write_draft(uow, account, new))
    await submit(shop.runtime, account, ids[0])
    await shop.execute("UPDATE template_version SET status = 'draft', external_id = NULL")
    await submit(shop.runtime, account, ids[0])
    row = (await versions(shop, new.name))["en"]
    assert row["status"] == "draft"
    assert row["error"]["external_code"].startswith("100")
    assert "already" in row["error"]["external_text"]


async def test_a_bad_draft_and_a_second_of_one_language_are_refused(shop: Shop) -> None:
    account, new = await account_of(shop), draft()
    async with shop.runtime.database.begin() as uow:
        await write_draft(uow, account, new)
    async with shop.runtime.database.begin() as uow:
        with pytest.raises(Conflict):
            await write_draft(uow, account, new)
        with pytest.raises(Invalid) as refused:
            await write_draft(uow, account, draft(components=[{"type": "body", "text": ""}]))
    assert refused.value.fields["body"]


async def test_a_deleted_template_goes_at_the_platform_too_and_what_was_sent_stays(shop: Shop) -> None:
    account, new = await account_of(shop), draft()
    async with shop.runtime.database.begin() as uow:
        version_id = await write_draft(uow, account, new)
    await submit(shop.runtime, account, version_id)
    await delete(shop.runtime, account, await template_id(shop, new.name))
    assert await versions(shop, new.name) == {}
    seen = await sync_templates(shop.runtime, account)
    assert (await versions(shop, new.name), seen.gone) == ({}, 0)


@pytest.mark.parametrize(
    ("change", "value", "column"), [("quality", "red", "quality"), ("category", "marketing", "category")]
)
async def test_quality_and_category_follow_the_platforms_word(shop: Shop, change: Any, value: str, column: str) -> None:
    account = await account_of(shop)
    await sync_templates(shop.runtime, account)
    row = (await versions(shop, "may_we_answer"))["en"]
    told = TemplateChanged(
        account="",
        occurred_at=datetime.now(UTC),
        change=change,
        external_id="",
        name="may_we_answer",
        language="en",
        value=value,
    )
    async with shop.runtime.database.begin() as uow:
        await apply_changes(uow, [(account, replace(told, occurred_at=NOW - timedelta(days=1)))])
        assert (await versions(shop, "may_we_answer"))["en"][column] == row[column]
        await apply_changes(uow, [(account, told)])
    assert (await versions(shop, "may_we_answer"))["en"][column] == value
    assert orjson.loads(orjson.dumps((await shop.events())[-1][1]))["name"] == "may_we_answer"

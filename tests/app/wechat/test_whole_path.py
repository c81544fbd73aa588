"""A customer on WeChat, from following to the closed window: what they see, what we store, what it costs."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.inbound import pulls
from app.outbound.calls import TOKEN, run
from app.outbound.sender import send_conversation
from app.runtime import Runtime, open_runtime
from channels.contract import Check
from tests.app.wechat.conftest import Shop

GREETING = "欢迎关注锡壶茶行 🍵"


async def test_five_answers_then_the_window_is_used_up_until_the_customer_writes_again(shop: Shop) -> None:
    customer = await shop.customer()
    await shop.write(customer, text="请问有铁观音吗？")
    conversation = await shop.conversation()
    await shop.until(lambda: shop.value("SELECT 1 FROM reply_grant WHERE kind = 'service'"))
    for n in range(5):
        assert (await shop.say(conversation, f"第{n}句")).status_code == 201
    assert await shop.got(customer) == [f"第{n}句" for n in range(5)]
    lines = await shop.lines(conversation)
    assert [line["status"] for line in lines if line["direction"] == "outbound"] == ["sent"] * 5
    windows = (await shop.conversation())["reply_windows"]
    assert {one["kind"]: one["messages_left"] for one in windows}["service"] == 0
    await shop.rows("UPDATE reply_grant SET quota_left = 9")
    await shop.say(conversation, "第六句")
    refused = (await shop.lines(conversation))[-1]
    assert (refused["status"], refused["error"]["code"]) == ("failed", "window_used_up")
    assert len(await shop.got(customer)) == 5
    await shop.write(customer, text="还在吗？")
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE text = '还在吗？'"))
    await shop.say(conversation, "在的")
    assert (await shop.got(customer))[-1] == "在的"


async def test_who_leaves_cannot_be_written_to_and_has_withdrawn_consent(shop: Shop) -> None:
    customer = await shop.customer()
    await shop.write(customer)
    conversation = await shop.conversation()
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE direction = 'inbound'"))
    await shop.write(customer, "unfollow")
    gone = await shop.until(lambda: shop.value("SELECT unreachable_reason FROM identity"))
    assert gone == "unfollowed"
    assert (await shop.say(conversation, "还在吗")).status_code == 409
    contact = (await shop.api.get(f"/contacts/{conversation['contact']['id']}")).json()
    assert contact["consent"]["marketing"]["granted"] is False
    await shop.api.post(f"/channel-accounts/{shop.ids['official_account']}/qr-codes", json={"scene": "again"})
    await shop.write(customer, "scan", scene="again")
    await shop.until(lambda: shop.value("SELECT 1 FROM identity WHERE unreachable_reason IS NULL"))
    again = (await shop.api.get(f"/contacts/{conversation['contact']['id']}")).json()
    assert again["consent"]["marketing"]["granted"] is True
    assert (await shop.say(conversation, "欢迎回来")).status_code == 201


async def test_an_automatic_answer_goes_back_in_the_response_and_costs_nothing(shop: Shop) -> None:
    await shop.set(
        "official_account", automatic_answers={"followed": GREETING, "menu_clicked:STORE_HOURS": "十点到八点"}
    )
    customer = await shop.customer()
    await shop.write(customer, "follow")
    await shop.until(lambda: shop.got(customer))
    await shop.write(customer, "menu", key="STORE_HOURS")
    await shop.write(customer, "menu", key="TALK_TO_US")
    await shop.until(
        lambda: shop.value("SELECT 1 WHERE (SELECT count(*) FROM message WHERE direction = 'activity') >= 3")
    )
    assert await shop.got(customer) == [GREETING, "十点到八点"]
    assert await shop.calls("/cgi-bin/message/custom/send") == []
    conversation = await shop.conversation()
    said = [line for line in await shop.lines(conversation) if line["direction"] == "outbound"]
    assert [(line["text"], line["status"]) for line in said] == [(GREETING, "sent"), ("十点到八点", "sent")]
    left = {one["kind"]: one["messages_left"] for one in conversation["reply_windows"]}
    assert left == {"follow": 3, "menu": 3}
    assert conversation["status"] == "closed", "nobody is called for what was answered by itself"


async def test_a_repeated_push_gets_the_same_bytes_and_the_answer_is_one_message(shop: Shop) -> None:
    await shop.set("official_account", automatic_answers={"followed": GREETING})
    await shop.lab.put("/sandbox/faults", json={"account": shop.accounts["official_account"]["id"], "repeat": 1})
    customer = await shop.customer()
    await shop.write(customer, "follow")

    async def pushes() -> list[dict[str, Any]]:
        wire = (await shop.lab.get("/sandbox/wire")).json()["items"]
        found = [entry for entry in wire if entry["label"] == "subscribe"]
        return found if len(found) == 3 else []

    repeated = await shop.until(pushes)
    assert {entry["status"] for entry in repeated} == {200}
    assert len({entry["response"] for entry in repeated}) == 1
    assert "Encrypt" in repeated[0]["response"]
    assert await shop.got(customer) == [GREETING]
    assert await shop.value("SELECT count(*) FROM message WHERE direction = 'outbound'") == 1


async def test_an_answer_that_does_not_fit_a_response_is_sent_like_any_other(shop: Shop) -> None:
    long = "茶" * 700
    await shop.set("official_account", automatic_answers={"first_message": long})
    customer = await shop.customer()
    await shop.write(customer, text="你好")
    await shop.write(customer, text="在吗")
    statement = "SELECT count(*) FROM message WHERE direction = 'inbound'"
    await shop.until(lambda: shop.value(f"SELECT 1 WHERE ({statement}) = 2"))
    rows = await shop.rows("SELECT text, status FROM message WHERE direction = 'outbound'")
    assert [(row["text"], row["status"]) for row in rows] == [(long, "queued")]


async def test_a_scanned_code_makes_the_contact_with_its_source(shop: Shop) -> None:
    path = f"/channel-accounts/{shop.ids['official_account']}/qr-codes"
    made = await shop.api.post(path, json={"scene": "store-12", "name": "上环店"})
    assert made.status_code == 201, made.text
    assert made.json()["url"].startswith("http://weixin.qq.com/q/")
    assert (await shop.lab.get(made.json()["image_url"])).status_code == 200
    customer = await shop.customer()
    await shop.write(customer, "scan", scene="store-12")
    conversation = await shop.conversation()
    contact = (await shop.api.get(f"/contacts/{conversation['contact']['id']}")).json()
    assert (contact["source"]["source_type"], contact["source"]["source_id"]) == ("qr", "store-12")
    listed = (await shop.api.get(path)).json()["items"]
    assert [(one["scene"], one["name"], one["people"]) for one in listed] == [("store-12", "上环店", 1)]


async def test_codes_are_refused_with_the_reason(shop: Shop) -> None:
    path = f"/channel-accounts/{shop.ids['kf']}/qr-codes"
    too_long = await shop.api.post(path, json={"scene": "x" * 33, "expires_in_s": 600})
    assert (too_long.status_code, sorted(too_long.json()["error"]["fields"])) == (422, ["expires_in_s", "scene"])
    link = await shop.api.post(path, json={"scene": "poster"})
    assert link.json()["url"].startswith("https://work.weixin.qq.com/kfid/")
    await shop.lab.put("/sandbox/faults", json={"dark": True})
    assert (await shop.api.post(path, json={"scene": "later"})).status_code == 409


async def test_announced_messages_are_fetched_page_by_page_and_answered(shop: Shop) -> None:
    await shop.settle("kf", page_most=2, empty_page_first=True)
    customer = await shop.customer()
    for n in range(5):
        await shop.write(customer, to="kf", text=f"第{n}问")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull WHERE announced = 5"))
    await shop.pull()
    conversation = await shop.conversation("kf")
    await shop.until(
        lambda: shop.value("SELECT 1 WHERE (SELECT count(*) FROM message WHERE direction = 'inbound') = 5")
    )
    asked = [line["text"] for line in await shop.lines(conversation) if line["direction"] == "inbound"]
    assert asked == [f"第{n}问" for n in range(5)]
    assert (await shop.say(conversation, "都有的")).status_code == 201
    assert await shop.got(customer, on="kf") == ["都有的"]
    assert await shop.value("SELECT cursor <> '' AND fetched > 0 AND leased_until IS NULL FROM pull")


async def test_a_worker_killed_in_between_loses_and_doubles_nothing(shop: Shop, runtime: Runtime) -> None:
    """The page was written with its cursor; the lease of the killed one ends; who comes next goes on from there."""
    await shop.settle("kf", page_most=2)
    customer = await shop.customer()
    for n in range(4):
        await shop.write(customer, to="kf", text=f"{n}")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull"))
    account = await runtime.accounts.get(shop.ids["kf"])
    assert account is not None
    killed = await pulls._take(runtime, account.id)
    assert killed is not None
    assert await pulls._fetch_pages(runtime, account, killed, until=0) is None
    assert await shop.value("SELECT count(*) FROM message WHERE direction = 'inbound'") == 2
    await shop.rows("UPDATE pull SET leased_until = now() + interval '1 hour'")
    await pulls.fetch_updates(runtime, account.id)
    assert await shop.value("SELECT count(*) FROM message WHERE direction = 'inbound'") == 2, "somebody holds the lease"
    await shop.rows("UPDATE pull SET leased_until = now() - interval '1 second'")
    await pulls.fetch_updates(runtime, account.id)
    assert await shop.value("SELECT count(*) FROM message WHERE direction = 'inbound'") == 4


async def test_a_fetcher_whose_lease_was_lost_writes_nothing(shop: Shop, runtime: Runtime) -> None:
    customer = await shop.customer()
    await shop.write(customer, to="kf")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull WHERE announced = 1"))
    account = await runtime.accounts.get(shop.ids["kf"])
    assert account is not None
    frozen = await pulls._take(runtime, account.id)
    assert frozen is not None
    await shop.rows("UPDATE pull SET leased_until = now() + interval '1 minute'")
    with pytest.raises(pulls._Lost):
        await pulls._fetch_pages(runtime, account, frozen, until=1e12)
    assert await shop.value("SELECT count(*) FROM message") == 0
    assert await shop.value("SELECT cursor FROM pull") == ""


async def test_many_pushes_at_once_are_fetched_by_one(shop: Shop, runtime: Runtime) -> None:
    await shop.settle("kf", pull_takes_s=0.05)
    customer = await shop.customer()
    await shop.write(customer, to="kf")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull WHERE announced = 1"))
    await asyncio.gather(*(pulls.fetch_updates(runtime, shop.ids["kf"]) for _ in range(6)))
    assert len(await shop.calls("/cgi-bin/kf/sync_msg")) == 1
    assert await shop.value("SELECT count(*) FROM message WHERE direction = 'inbound'") == 1


async def test_a_platform_that_is_asked_too_often_is_left_alone_for_a_while(shop: Shop, runtime: Runtime) -> None:
    customer = await shop.customer()
    await shop.write(customer, to="kf")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull WHERE announced = 1"))
    await shop.settle("kf", without_token_apart_s=600)
    await shop.rows("UPDATE pull SET token = 'over'")
    await pulls.fetch_updates(runtime, shop.ids["kf"])
    await shop.write(customer, to="kf")
    await shop.until(lambda: shop.value("SELECT 1 FROM pull WHERE announced = 2"))
    await shop.rows("UPDATE pull SET token = 'over'")
    await pulls.fetch_updates(runtime, shop.ids["kf"])
    assert await shop.value("SELECT leased_until > now() AND announced > fetched FROM pull")


async def test_a_greeting_goes_out_on_entering_the_chat(shop: Shop, runtime: Runtime) -> None:
    await shop.set("kf", automatic_answers={"chat_opened": "您好，请讲"})
    customer = await shop.customer()
    await shop.write(customer, "enter", to="kf", scene="poster")
    await shop.pull()
    conversation = await shop.conversation("kf")
    await send_conversation(runtime, UUID(conversation["id"]))
    assert await shop.got(customer, on="kf") == ["您好，请讲"]
    contact = (await shop.api.get(f"/contacts/{conversation['contact']['id']}")).json()
    assert contact["source"]["source_id"] == "poster"


async def test_the_unionid_joins_a_follower_and_a_customer_of_the_service(shop: Shop) -> None:
    customer = await shop.customer()
    await shop.write(customer, text="公众号")
    await shop.conversation()
    await shop.write(customer, to="kf", text="客服")
    await shop.pull()
    service = await shop.conversation("kf")
    await shop.ask_profiles()
    contact = (await shop.api.get(f"/contacts/{service['contact']['id']}")).json()
    assert (contact["name"], len(contact["identities"])) == ("王思远", 2)
    picture = await shop.value(
        "SELECT state FROM media WHERE id = (SELECT avatar_media_id FROM contact WHERE id = $1)", UUID(contact["id"])
    )
    assert picture == "ready"
    other = await shop.customer("李雷")
    await shop.write(other, text="另一位")
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE text = '另一位'"))
    await shop.ask_profiles()
    living = await shop.value("SELECT count(*) FROM contact WHERE merged_into_id IS NULL")
    assert living == 2


async def test_two_processes_that_need_a_token_fetch_one(shop: Shop, runtime: Runtime) -> None:
    async with open_runtime(runtime.settings) as other:
        views = [await each.accounts.get(shop.ids["official_account"]) for each in (runtime, other)]
        for rounds in range(1, 4):
            both = [(each, view) for each, view in zip((runtime, other), views, strict=True) for _ in range(4) if view]
            await asyncio.gather(*(run(each, view, Check()) for each, view in both))
            given = await shop.calls("/cgi-bin/stable_token")
            assert len([entry for entry in given if '"force_refresh":false' in entry["request"]]) == rounds
            body = {"token": "force" if rounds == 1 else "expire"}
            await shop.lab.post(f"/sandbox/accounts/{shop.accounts['official_account']['id']}/events", json=body)
        await other.accounts.refresh()
        known = await other.accounts.get(shop.ids["official_account"])
        assert known is not None
        assert known.credentials[TOKEN]

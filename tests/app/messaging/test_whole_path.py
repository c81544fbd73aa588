"""Customers on Messenger and Instagram, from a comment to a read answer: what they see, what we store, what may be written when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.messaging.conftest import Shop

EVERY = ("messenger", "instagram", "instagram by page")


def count(kind: str) -> str:
    return f"SELECT count(*) FROM message WHERE {kind}"


@pytest.mark.parametrize("on", EVERY)
async def test_a_chat_goes_both_ways_and_gets_its_ticks(shop: Shop, on: str) -> None:
    customer = await shop.person(on)
    await shop.write(customer, to=on, text="Do you ship to Manila?")
    conversation = await shop.conversation(on)
    assert (await shop.windows(on)).keys() >= {"standard", "human_agent"}
    for text in ("We do.", "It takes six days."):
        assert (await shop.send(conversation, kind="text", text=text)).status_code == 201
    assert await shop.got(customer, on=on) == ["We do.", "It takes six days."]
    outbound = "direction = 'outbound'"
    if on == "messenger":
        await shop.until(lambda: told(shop, conversation, "delivered"))
    await shop.act(customer, on=on, read=True)
    await shop.until(lambda: told(shop, conversation, "read"))
    assert await shop.value(count(outbound)) == 2  # the echoes of our own words are those words
    assert {line["view"].get("text"): line["status"] for line in await shop.phone(customer, on=on)}["We do."] == "read"


async def told(shop: Shop, conversation: dict[str, Any], status: str) -> bool:
    lines = [line for line in await shop.lines(conversation) if line["direction"] == "outbound"]
    return all(line["status"] == status for line in lines)


@pytest.mark.parametrize("on", EVERY)
async def test_a_comment_allows_one_private_answer(shop: Shop, on: str) -> None:
    customer = await shop.person(on)
    comment = await shop.write(customer, "comment", to=on, text="How much is the gaiwan?")
    conversation = await shop.conversation(on)
    windows = await shop.windows(on)
    assert (list(windows), windows["private_reply"]["messages_left"]) == (["private_reply"], 1)
    (first,) = await shop.lines(conversation)
    assert (first["kind"], first["external_id"]) == ("comment", comment["id"])
    said = await shop.send(conversation, kind="text", text="HK$348. Shall we keep one?", reply_to_id=first["id"])
    assert said.status_code == 201, said.text
    assert await shop.got(customer, on=on) == ["HK$348. Shall we keep one?"]
    assert (await shop.send(conversation, kind="text", text="Hello?")).status_code == 409
    assert len(await shop.got(customer, on=on)) == 1
    await shop.write(customer, to=on, text="Yes please")
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE text = 'Yes please'"))
    answered = await shop.conversation(on)
    assert answered["id"] == conversation["id"]  # whom the private reply reached is who commented
    assert (await shop.send(answered, kind="text", text="Done.")).status_code == 201
    assert (await shop.got(customer, on=on))[-1] == "Done."


@pytest.mark.parametrize("on", EVERY)
async def test_taps_and_reactions_open_the_window_again(shop: Shop, on: str) -> None:
    customer = await shop.person(on)
    await shop.write(customer, "postback", to=on, id="GET_STARTED", title="Get Started")
    conversation = await shop.conversation(on)
    assert "standard" in await shop.windows(on)
    await shop.send(conversation, kind="text", text="Welcome!")
    await shop.close_windows()
    assert (await shop.send(conversation, kind="text", text="Still there?")).status_code == 409
    await shop.act(customer, on=on, react="❤️")
    await shop.until(lambda: open_again(shop, on))
    assert (await shop.send(conversation, kind="text", text="Good to see you")).status_code == 201
    assert (await shop.got(customer, on=on))[-1] == "Good to see you"


async def open_again(shop: Shop, on: str) -> bool:
    return "standard" in await shop.windows(on)


@pytest.mark.parametrize("on", EVERY)
async def test_what_the_channel_has_not_is_said_in_another_way(shop: Shop, on: str) -> None:
    customer = await shop.person(on)
    await shop.write(customer, to=on, text="hi")
    conversation = await shop.conversation(on)
    rows = [{"id": "am", "title": "Morning"}, {"id": "pm", "title": "Afternoon"}]
    body = {"button": "Choose", "sections": [{"title": "Saturday", "rows": rows}]}
    assert (await shop.send(conversation, kind="list", text="When?", **body)).status_code == 201
    place = {"latitude": 22.28, "longitude": 114.15, "name": "Shop", "address": "Sheung Wan"}
    assert (await shop.send(conversation, kind="location", **place)).status_code == 201
    listed, located = [line["view"] for line in await shop.phone(customer, on=on) if line["by"] == "business"]
    assert "Morning" in str(listed)
    assert "Sheung Wan" in located["text"]
    buttons = [{"id": "sat", "title": "Saturday"}, {"id": "sun", "title": "Sunday"}]
    await shop.send(conversation, kind="buttons", text="Which day?", buttons=buttons)
    await shop.act(customer, on=on, tap="Sunday")
    reply = "SELECT content->>'id' FROM message WHERE kind = 'button_reply'"
    assert await shop.until(lambda: shop.value(reply)) == "sun"


async def test_long_words_on_instagram_are_cut_by_bytes(shop: Shop) -> None:
    customer = await shop.person("instagram")
    await shop.write(customer, to="instagram", text="hi")
    conversation = await shop.conversation("instagram")
    await shop.send(conversation, kind="text", text="茶" * 700)
    parts = await shop.got(customer, on="instagram")
    assert "".join(parts) == "茶" * 700
    assert all(len(part.encode()) <= 1000 for part in parts)


@pytest.mark.parametrize("on", EVERY)
async def test_edits_unsent_words_and_answers_from_elsewhere_are_seen(shop: Shop, on: str) -> None:
    customer = await shop.person(on)
    await shop.write(customer, to=on, text="One tin")
    conversation = await shop.conversation(on)
    await shop.until(lambda: shop.value(count("text = 'One tin'")))
    await shop.write(customer, "edit", to=on, text="Two tins")
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE text = 'Two tins' AND edited_at IS NOT NULL"))
    await shop.write(customer, "revoke", to=on)
    await shop.until(lambda: shop.value("SELECT 1 FROM message WHERE deleted_at IS NOT NULL"))
    await shop.write(customer, "echo", to=on, text="Answered in the app")
    await shop.until(
        lambda: shop.value("SELECT 1 FROM message WHERE direction = 'outbound' AND text = 'Answered in the app'")
    )
    assert [line["direction"] for line in await shop.lines(conversation)] == ["inbound", "outbound"]


async def test_while_another_app_has_the_thread_nobody_writes(shop: Shop) -> None:
    customer = await shop.person("messenger")
    await shop.write(customer, to="messenger", text="hi")
    conversation = await shop.conversation("messenger")
    await shop.write(customer, "handover", to="messenger")
    await shop.until(lambda: held(shop, conversation))
    assert await shop.got(customer, on="messenger") == []


async def held(shop: Shop, conversation: dict[str, Any]) -> bool:
    answer = await shop.send(conversation, kind="text", text="Hello?")
    return answer.status_code == 409


async def test_a_dead_token_stops_the_account_and_is_told(shop: Shop) -> None:
    customer = await shop.person("messenger")
    await shop.write(customer, to="messenger", text="hi")
    conversation = await shop.conversation("messenger")
    await shop.lab.patch(
        f"/sandbox/accounts/{shop.accounts['messenger']['id']}", json={"settings": {"token_expired": True}}
    )
    await shop.send(conversation, kind="text", text="Hello")
    waiting = (await shop.lines(conversation))[-1]
    assert (waiting["status"], waiting["error"]["code"]) == ("queued", "sending_stopped")
    assert "token_expired" in str((await shop.api.get(f"/channel-accounts/{shop.ids['messenger']}")).json()["health"])
    assert await shop.got(customer, on="messenger") == []

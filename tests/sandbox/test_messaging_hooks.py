"""Messenger and Instagram around a message: webhooks, subscriptions, windows, tokens, trouble, and what else the platforms keep."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.sandbox.messaging.flavour import DAY_S
from channels.sandbox.world import Chat
from tests.sandbox.conftest import HOOK
from tests.sandbox.messaging import ACCOUNTS, MessagingLab, error_of, open_messaging

HELLO = {"message": {"text": "Hello"}}
EVERY = list(ACCOUNTS)


@pytest.fixture
async def lab(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MessagingLab]:
    async with open_messaging(tmp_path, getattr(request, "param", "messenger")) as opened:
        await opened.greet()
        yield opened


def chat_of(lab: MessagingLab) -> Chat:
    (chat,) = [chat for chat in lab.app.state.host.world.chats() if chat.lines]
    return chat  # type: ignore[no-any-return]


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_webhooks_are_signed_over_what_leaves(lab: MessagingLab) -> None:
    await lab.write(text="早晨 https://tinkettle.example/")
    headers, raw = (await lab.until(lambda: lab.business.deliveries[1:]))[-1]
    credentials = lab.account["credentials"]
    secret = credentials.get("instagram_app_secret") or credentials["app_secret"]
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert raw.isascii()
    assert b"\\u65e9\\u6668 https:\\/\\/tinkettle.example\\/" in raw
    payload = json.loads(raw)
    (entry,) = payload["entry"]
    assert payload["object"] == ("page" if lab.account["channel"] == "messenger" else "instagram")
    assert entry["id"] == lab.account["external_id"]
    item = entry["messaging"][0]
    assert (item["sender"], item["recipient"]) == ({"id": lab.person}, {"id": lab.account["external_id"]})
    assert item["timestamp"] > 1_600_000_000_000


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_an_echo_follows_each_send(lab: MessagingLab) -> None:
    sent = (await lab.post({"message": {"text": "Hello", "metadata": "our-id"}})).json()
    echo = await lab.message("is_echo")
    assert (echo["mid"], echo["is_echo"], echo["text"]) == (sent["message_id"], True, "Hello")
    says_who = lab.account["channel"] == "messenger"
    assert ("app_id" in echo, echo.get("metadata")) == (says_who, "our-id" if says_who else None)


async def test_an_echo_may_come_first_and_name_a_stranger(lab: MessagingLab) -> None:
    await lab.settings(echo_first=True, echo_app_id="1")
    before = len(lab.items())
    await lab.post(HELLO)
    assert [item["message"]["app_id"] for item in lab.items()[before:]] == [1]


async def test_watermarks_name_no_message_when_told_so(lab: MessagingLab) -> None:
    await lab.settings(delivery_mids=False)
    await lab.post(HELLO)
    delivery = (await lab.item("delivery"))["delivery"]
    assert list(delivery) == ["watermark"]
    await lab.act(read=True)
    assert list((await lab.item("read"))["read"]) == ["watermark"]


async def test_instagram_tells_reading_by_message_and_delivery_never(tmp_path: Path) -> None:
    async with open_messaging(tmp_path, "instagram") as lab:
        await lab.greet()
        sent = (await lab.post(HELLO)).json()
        await lab.act(read=True)
        assert (await lab.item("read"))["read"] == {"mid": sent["message_id"]}
        assert not [item for item in lab.items() if "delivery" in item]


async def test_only_fields_that_are_asked_for_come(lab: MessagingLab) -> None:
    assert (await lab.call("GET", f"{lab.sender}/subscribed_apps")).json() == {"data": []}
    fields = {"subscribed_fields": "messages,messaging_postbacks"}
    assert (await lab.call("POST", f"{lab.sender}/subscribed_apps", params=fields)).json() == {"success": True}
    before = len(lab.items())
    await lab.post(HELLO)
    await lab.write("postback")
    await lab.item("postback")
    assert ["postback" in item for item in lab.items()[before:]] == [True]  # no echo, no delivery
    assert error_of(
        await lab.call("POST", f"{lab.sender}/subscribed_apps", params={"subscribed_fields": "everything"})
    ) == (100, None)
    assert error_of(await lab.call("POST", f"{lab.sender}/subscribed_apps")) == (100, None)


async def test_after_an_hour_of_failure_the_app_is_out(lab: MessagingLab) -> None:
    await lab.settings(repeat_after_s=[0.01, 0.01])
    lab.business.answers = [500, 500, 500]
    await lab.write(text="lost")

    async def subscribed() -> Any:
        accounts = (await lab.http.get("/sandbox/accounts")).json()
        return next(one["subscribed_fields"] for one in accounts if one["id"] == lab.account["id"])

    await lab.until(lambda: not lab.business.answers)
    room = lab.app.state.host.emulators["messenger"].platform
    await lab.until(
        lambda: room.subscription(lab.app.state.host.world.accounts[lab.account["id"]])["subscribed_fields"] == []
    )
    assert await subscribed() == []
    again = {"subscribed_fields": "messages"}
    await lab.call("POST", f"{lab.sender}/subscribed_apps", params=again)
    await lab.write(text="heard again")
    await lab.until(lambda: [item for item in lab.items() if item.get("message", {}).get("text") == "heard again"])


async def test_the_app_sets_its_callback_with_a_handshake(lab: MessagingLab) -> None:
    app = lab.account["app"]
    body = {
        "object": "page",
        "callback_url": HOOK,
        "verify_token": "t",
        "fields": "messages",
        "access_token": app["token"],
    }
    path = f"/v24.0/{app['id']}/subscriptions"
    assert (await lab.http.post(path, json=body)).json() == {"success": True}
    listed = await lab.http.get(path, params={"access_token": app["token"]})
    assert listed.json()["data"][0]["callback_url"] == HOOK
    assert error_of(
        await lab.http.post(path, json={**body, "access_token": lab.account["credentials"]["access_token"]})
    ) == (190, None)
    lab.business.challenge_answer = "wrong"
    assert error_of(await lab.http.post(path, json=body))[0] == 2200


WINDOWS = [
    ("RESPONSE", DAY_S - 60, True),
    ("RESPONSE", DAY_S + 60, False),
    ("UPDATE", DAY_S + 60, False),
    ("MESSAGE_TAG", DAY_S + 60, True),
    ("MESSAGE_TAG", 7 * DAY_S - 60, True),
    ("MESSAGE_TAG", 7 * DAY_S + 60, False),
]


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_windows_are_a_day_and_a_week(lab: MessagingLab) -> None:
    closed = (10, 2018278) if lab.account["channel"] == "messenger" else (10, 2534022)
    for kind, silent_s, is_open in WINDOWS:
        chat_of(lab).last_inbound_at = lab.app.state.host.now() - silent_s
        tag = {"tag": "HUMAN_AGENT"} if kind == "MESSAGE_TAG" else {}
        response = await lab.post({**HELLO, "messaging_type": kind, **tag})
        assert (response.status_code == 200) == is_open, (kind, silent_s)
        assert is_open or error_of(response) == closed
    await lab.settings(human_agent=False)
    assert error_of(await lab.post({**HELLO, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})) == (10, None)


OPENING = ["text", "postback", "referral", "reaction"]


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_what_opens_the_window_and_what_does_not(lab: MessagingLab) -> None:
    await lab.post(HELLO)
    for kind in OPENING:
        chat_of(lab).last_inbound_at = 0.0
        await lab.write(kind, emoji="❤️")
        assert (await lab.post(HELLO)).status_code == 200, kind
    for kind in ("comment", "edit", "echo"):
        chat_of(lab).last_inbound_at = 0.0
        await lab.write(kind)
        assert (await lab.post(HELLO)).status_code >= 400, kind


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_a_private_reply_is_one_and_comes_within_a_week(lab: MessagingLab) -> None:
    first, late = [await lab.write("comment", text=text) for text in ("one", "late")]
    reply = {**HELLO, "recipient": {"comment_id": first["id"]}}
    assert (await lab.post(reply)).status_code == 200
    is_page = lab.account["channel"] == "messenger"
    assert error_of(await lab.post(reply)) == ((10900, None) if is_page else (100, 2534025))
    emulator = lab.app.state.host.emulators[lab.account["channel"]]
    room = emulator.platform.room(lab.app.state.host.world.accounts[lab.account["id"]])
    room["comments"][late["id"]]["at"] -= 8 * DAY_S
    refused = error_of(await lab.post({**HELLO, "recipient": {"comment_id": late["id"]}}))
    assert refused == ((10903, None) if is_page else (10, 2534022))


async def test_somebody_elses_thread_is_read_only(lab: MessagingLab) -> None:
    await lab.write("handover")
    assert error_of(await lab.post(HELLO)) == (10, 2018300)
    await lab.write("postback", id="SECRET")
    standby = await lab.item("postback", "standby")
    assert "payload" not in standby["postback"]
    owner = await lab.call("GET", f"{lab.sender}/thread_owner", params={"recipient": lab.person})
    assert owner.json()["data"][0]["thread_owner"]["app_id"] == "263902037430900"
    to = {"recipient": {"id": lab.person}}
    assert error_of(await lab.call("POST", f"{lab.sender}/take_thread_control", json=to)) == (10, None)
    await lab.settings(is_default_app=True)
    assert (await lab.call("POST", f"{lab.sender}/take_thread_control", json=to)).json() == {"success": True}
    assert (await lab.post(HELLO)).status_code == 200
    assert (await lab.call("POST", f"{lab.sender}/release_thread_control", json=to)).json() == {"success": True}


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_tokens_say_what_they_are(lab: MessagingLab) -> None:
    token = lab.account["credentials"]["access_token"]
    asked = {"input_token": token, "access_token": lab.account["app"]["token"]}
    data = (await lab.http.get("/v24.0/debug_token", params=asked)).json()["data"]
    assert data["is_valid"]
    assert set(lab.account["settings"]["scopes"]) <= set(data["scopes"])
    assert bool(data["expires_at"]) == (lab.account["settings"].get("login") == "instagram")
    await lab.settings(token_expired=True)
    assert not (await lab.http.get("/v24.0/debug_token", params=asked)).json()["data"]["is_valid"]
    assert error_of(await lab.post(HELLO)) == (190, 463)
    assert error_of(await lab.http.get("/v24.0/debug_token", params={**asked, "access_token": "none"})) == (190, None)


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_trouble_is_made_as_on_any_platform(lab: MessagingLab) -> None:
    await lab.faults(lose_answer="cut")
    with pytest.raises(ConnectionResetError):
        await lab.post({"message": {"text": "carried out"}})
    assert (await lab.lines())[-1]["view"]["text"] == "carried out"
    await lab.faults(lose_answer=False, dark=True)
    with pytest.raises(ConnectionResetError):
        await lab.post(HELLO)
    await lab.faults(dark=False, throttle_per_second=0.01)
    assert (await lab.post(HELLO)).status_code == 200
    assert error_of(await lab.post(HELLO)) == (613, 1893016)
    await lab.faults(throttle_per_second=None, fail_code=2)
    refused = (await lab.post(HELLO)).json()["error"]
    assert (refused["code"], refused["is_transient"]) == (2, True)


async def test_many_events_may_come_in_one_webhook_and_more_than_once(lab: MessagingLab) -> None:
    await lab.until(lambda: lab.business.deliveries)
    await lab.faults(batch=3, repeat=1)
    before = len(lab.business.deliveries)
    for number in range(3):
        await lab.write(text=f"n{number}")
    deliveries = await lab.until(lambda: (found := lab.business.deliveries[before:])[2:] and found)
    assert len({raw for _, raw in deliveries}) == 1
    texts = [item["message"]["text"] for entry in json.loads(deliveries[0][1])["entry"] for item in entry["messaging"]]
    assert texts == ["n0", "n1", "n2"]


async def test_files_have_addresses_without_a_token_that_end(lab: MessagingLab) -> None:
    await lab.write("image")
    url = (await lab.message("attachments"))["attachments"][0]["payload"]["url"]
    assert (await lab.http.get(url)).status_code == 200
    assert (await lab.http.get(url.replace("oe=", "oe=1"))).status_code == 403
    await lab.settings(links_expired=True)
    line = await lab.write("image")
    await lab.until(lambda: [item for item in lab.items() if item.get("message", {}).get("mid") == line["id"]])
    old = (await lab.message("attachments"))["attachments"][0]["payload"]["url"]
    assert (await lab.http.get(old)).status_code == 403
    fresh = (await lab.call("GET", line["id"], params={"fields": "attachments"})).json()
    assert (await lab.http.get(fresh["attachments"]["data"][0]["image_data"]["url"])).status_code == 200


@pytest.mark.parametrize("lab", EVERY, indirect=True)
async def test_everybody_has_a_face(lab: MessagingLab) -> None:
    url = (await lab.call("GET", lab.person, params={"fields": "profile_pic"})).json()["profile_pic"]
    picture = await lab.http.get(url)
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")


async def test_what_a_page_keeps_beside_messages(lab: MessagingLab) -> None:
    """Personas, the profile of an empty chat, utility templates, comments hidden and deleted, posts."""
    face = {"name": "Mei", "profile_picture_url": "https://tinkettle.example/mei.png"}
    persona = (await lab.call("POST", f"{lab.sender}/personas", json=face)).json()["id"]
    assert (await lab.post({**HELLO, "persona_id": persona})).status_code == 200
    assert (await lab.call("GET", persona)).json()["name"] == "Mei"
    assert (await lab.call("DELETE", persona)).json() == {"success": True}
    assert error_of(await lab.post({**HELLO, "persona_id": persona})) == (100, None)

    question = {"question": "Where is the shop?", "payload": "WHERE"}
    assert (await lab.call("POST", "me/messenger_profile", json={"ice_breakers": [question]})).status_code == 200
    assert (await lab.state())["ice_breakers"] == [question]
    assert error_of(await lab.call("POST", "me/messenger_profile", json={"ice_breakers": [question] * 5})) == (
        100,
        None,
    )
    menu = [{"locale": "zh_HK", "call_to_actions": [question]}]
    assert error_of(await lab.call("POST", "me/messenger_profile", json={"persistent_menu": menu})) == (100, None)

    new = {
        "name": "back_in_stock",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "It is back."}],
    }
    made = (await lab.call("POST", f"{lab.sender}/message_templates", json=new)).json()
    assert made["status"] == "APPROVED"
    assert error_of(await lab.call("POST", f"{lab.sender}/message_templates", json=new)) == (100, None)
    assert error_of(
        await lab.call("POST", f"{lab.sender}/message_templates", json={**new, "category": "MARKETING"})
    ) == (100, None)
    assert (await lab.call("GET", made["id"])).json()["name"] == "back_in_stock"
    assert (
        await lab.call("DELETE", f"{lab.sender}/message_templates", params={"name": "back_in_stock"})
    ).status_code == 200

    comment = (await lab.write("comment", text="nice"))["id"]
    assert (await lab.call("POST", comment, json={"is_hidden": True})).json() == {"success": True}
    (shown,) = [one for post in (await lab.state())["wall"] for one in post["comments"]]
    assert shown["hidden"]
    answer = (await lab.call("POST", f"{comment}/comments", json={"message": "Thank you"})).json()["id"]
    assert (await lab.call("GET", f"{comment}/comments")).json()["data"][0]["id"] == answer
    assert (await lab.call("DELETE", comment)).json() == {"success": True}
    assert error_of(await lab.call("GET", comment)) == (100, 33)
    assert len((await lab.call("GET", f"{lab.sender}/posts")).json()["data"]) == 2


async def test_nobody_is_known_twice_by_one_id(tmp_path: Path) -> None:
    """The same human is somebody else to each account, as scoped ids are."""
    async with open_messaging(tmp_path, "instagram") as lab:
        await lab.greet()
        other = next(
            one
            for one in (await lab.http.get("/sandbox/accounts")).json()
            if one["settings"].get("login") == "facebook"
        )
        path = f"/sandbox/customers/{lab.customer['id']}"
        await lab.http.post(f"{path}/messages", json={"account": other["id"], "kind": "text"})
        there = (await lab.http.get(f"{path}/chat?account={other['id']}")).json()["state"]["user_id"]
        assert there != lab.person
        assert error_of(await lab.post({**HELLO, "recipient": {"id": there}})) == (100, 2534014)

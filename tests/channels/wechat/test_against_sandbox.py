"""Adapter and sandbox share no code and were written from the same pages: each is a witness to what the other understood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    BulkFinished,
    Check,
    Checked,
    ConsentChanged,
    ContactActed,
    ContactUnreachable,
    CredentialsInvalid,
    FetchMedia,
    FetchProfile,
    FetchUpdates,
    InboundEvent,
    MakeQrCode,
    MediaFetched,
    MediaHandle,
    MediaRef,
    MessageDeleted,
    MessageEchoed,
    MessageInvalid,
    MessageReceived,
    OutboundMessage,
    ProfileSeen,
    QrCodeMade,
    ReachabilityChanged,
    RefreshToken,
    Rejected,
    Send,
    SendError,
    SendMany,
    Sent,
    StatusChanged,
    SyncTemplates,
    TemplatesSeen,
    Throttled,
    TokenRefreshed,
    Typing,
    UpdatesFetched,
    UpdatesWaiting,
    WindowClosed,
    WindowOpened,
)
from channels.sandbox.samples import png
from tests.channels.wechat.lab import Lab, open_lab, stranger

PICTURE = MediaHandle("m1", "image/png", len(png(40, 40)), "cup.png")
TEXT = OutboundMessage("text", "有的，今天就能发货")
MODES = ("safe", "compatible", "plain")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path) as opened:
        yield opened


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path, flavour="kf") as opened:
        yield opened


async def follow(lab: Lab) -> None:
    await lab.write("follow")
    await lab.until(lambda: lab.business.of(WindowOpened))


async def received(lab: Lab, n: int = 1) -> MessageReceived:
    found = await lab.until(lambda: lab.business.of(MessageReceived)[n - 1 :])
    message: MessageReceived = found[0]
    return message


async def send(lab: Lab, message: OutboundMessage = TEXT, *, callback: str = "m-1", window: str = "service") -> Any:
    return await lab.run(Send(message, await lab.person(), callback, window))


@pytest.mark.parametrize("mode", MODES)
async def test_a_message_comes_through_in_every_mode(tmp_path: Path, mode: str) -> None:
    async with open_lab(tmp_path, mode=mode) as lab:
        await lab.write(text="你好 <b>&]]> 🍵")
        assert (await received(lab)).body.text == "你好 <b>&]]> 🍵"
        assert (b"Encrypt" in lab.business.deliveries[-1].raw) == (mode != "plain")
        assert ("你好".encode() in lab.business.deliveries[-1].raw) == (mode != "safe")


WRITTEN = [
    ("text", "text"),
    ("image", "image"),
    ("voice", "audio"),
    ("video", "video"),
    ("shortvideo", "video"),
    ("location", "location"),
    ("link", "share"),
    ("mini_program", "share"),
    ("sticker", "unsupported"),
    ("unsupported", "unsupported"),
    ("button_reply", "button_reply"),
]


@pytest.mark.parametrize(("kind", "expected"), WRITTEN)
async def test_what_a_customer_sends_is_understood(lab: Lab, kind: str, expected: str) -> None:
    line = await lab.write(kind)
    message = await received(lab)
    assert (message.body.kind, message.external_id) == (expected, line["id"])
    assert message.account == lab.account["external_id"]
    assert message.opened_by == ("menu_click" if kind == "button_reply" else "message")


async def test_recognised_speech_comes_along_unless_it_is_switched_off(lab: Lab) -> None:
    await lab.write("voice", text="这款还有吗")
    await lab.settle(recognition=False)
    await lab.write("voice")
    assert (await received(lab)).body.content["transcript"] == "这款还有吗"
    assert "transcript" not in (await received(lab, 2)).body.content


DONE: list[tuple[dict[str, Any], list[type[InboundEvent]]]] = [
    ({"kind": "follow"}, [ReachabilityChanged, ConsentChanged, WindowOpened]),
    ({"kind": "menu", "key": "STORE_HOURS"}, [WindowOpened]),
    ({"kind": "menu", "name": "商城"}, [ContactActed]),
    ({"kind": "menu", "name": "小程序"}, [ContactActed]),
    ({"kind": "menu", "key": "SCAN_ORDER"}, [WindowOpened]),
    ({"kind": "location_report"}, [ContactActed]),
    ({"kind": "ticks"}, [ConsentChanged]),
    ({"kind": "coupon"}, [ContactActed]),
    ({"kind": "unfollow"}, [ConsentChanged, ReachabilityChanged]),
    ({"kind": "event", "event": "kf_create_session", "fields": {"KfAccount": "tea@gh_1"}}, [ContactActed]),
]


async def test_what_a_customer_does_is_understood(lab: Lab) -> None:
    for wish, expected in DONE:
        lab.business.events.clear()
        await lab.write(**wish)
        await lab.until(lambda: lab.business.events)
        assert [type(event) for event in lab.business.events] == expected, wish


async def test_a_code_tells_where_a_stranger_and_a_follower_come_from(lab: Lab) -> None:
    made = await lab.run(MakeQrCode("store-12"))
    assert isinstance(made, QrCodeMade)
    again = await lab.run(MakeQrCode("store-12"))
    brief = await lab.run(MakeQrCode("fair", lasts_s=600))
    assert isinstance(brief, QrCodeMade)
    assert (made, brief.expires_in_s) == (again, 600)
    picture = await lab.http.get(made.image_url)
    assert picture.headers["content-type"].startswith("image/")
    assert (await lab.http.get("/cgi-bin/showqrcode?ticket=no")).status_code == 404
    await lab.act(scan="store-12")
    await lab.act(scan="fair")
    opened = await lab.until(lambda: lab.business.of(WindowOpened)[1:] and lab.business.of(WindowOpened))
    assert [(one.code, one.params["referral"]["source_id"]) for one in opened] == [
        ("followed", "store-12"),
        ("qr_scanned", "fair"),
    ]


SENT = [
    (TEXT, "text"),
    (OutboundMessage("image", media=PICTURE), "image"),
    (
        OutboundMessage("cards", content={"cards": [{"title": "礼盒", "subtitle": "六款", "url": "https://x.test"}]}),
        "article",
    ),
    (OutboundMessage("article", content={"article_id": "A1"}), "article"),
    (OutboundMessage("buttons", "何时？", content={"buttons": [{"id": "1", "title": "周六"}]}), "buttons"),
    (
        OutboundMessage("mini_program", "商城", content={"app_id": "wx1", "path": "pages/i"}, media=PICTURE),
        "mini_program",
    ),
]


async def test_what_we_send_is_on_the_phone(lab: Lab) -> None:
    await lab.settle(grants={"message": [20, 1000]})
    await lab.write()
    for message, _ in SENT:
        assert isinstance(await send(lab, message), Sent)
    assert [view["kind"] for view in await lab.got()] == [kind for _, kind in SENT]
    await lab.act(tap="周六")
    assert (await received(lab, 2)).body.content == {"id": "1", "title": "周六"}


async def test_five_messages_answer_one_and_then_no_more(lab: Lab) -> None:
    await lab.write()
    for _ in range(5):
        await send(lab)
    with pytest.raises(WindowClosed) as refused:
        await send(lab)
    assert (refused.value.code, refused.value.external_code) == ("window_used_up", "45047")
    await lab.write()
    await send(lab)


async def test_grants_do_not_add_up_and_end(lab: Lab) -> None:
    """A tap beside five unused answers allows no sixth; a short grant ends by itself."""
    await lab.write()
    await lab.write("menu", key="STORE_HOURS")
    for _ in range(5):
        await send(lab)
    with pytest.raises(WindowClosed):
        await send(lab)
    await lab.write("menu", key="STORE_HOURS")
    await send(lab)
    await lab.settle(grants={"follow": [3, -1]})
    await lab.write("unfollow")
    await lab.write("follow")
    with pytest.raises(WindowClosed) as closed:
        await send(lab)
    assert closed.value.external_code == "45015"


async def test_who_left_or_is_nobody_gets_nothing(lab: Lab) -> None:
    await lab.write()
    await lab.write("unfollow")
    with pytest.raises(WindowClosed) as refused:
        await send(lab)
    assert refused.value.external_code == "45015"
    with pytest.raises(ContactUnreachable) as unknown:
        await lab.run(Send(TEXT, stranger(), "m", "service"))
    assert unknown.value.external_code == "40003"
    template = OutboundMessage("template", content=filled("TmplPaid000000000000000000000000000000002"))
    with pytest.raises(ContactUnreachable) as left:
        await send(lab, template, window="")
    assert left.value.external_code == "43004"


def filled(name: str, **values: str) -> dict[str, Any]:
    known = {"character_string1": "TK-2048", "amount2": "￥168.00", **values}
    parameters = [{"parameter_name": key, "text": value} for key, value in known.items()]
    return {"name": name, "components": [{"type": "body", "parameters": parameters}]}


async def test_templates_are_listed_sent_once_and_reported(lab: Lab) -> None:
    listed = await lab.run(SyncTemplates())
    assert isinstance(listed, TemplatesSeen)
    names = [template.name for template in listed.templates]
    assert {template.category for template in listed.templates} == {"template", "subscription_one_time"}
    await lab.write()
    content = filled(next(name for name in names if name.startswith("TmplPaid")))
    sent = await send(lab, OutboundMessage("template", content=content), window="")
    again = await send(lab, OutboundMessage("template", content=content), window="")
    assert sent.external_id == again.external_id
    status = (await lab.until(lambda: lab.business.of(StatusChanged)))[0]
    assert (status.external_id, status.status) == (sent.external_id, "delivered")
    assert "TK-2048" in (await lab.got())[0]["text"]
    wrong = OutboundMessage("template", content=filled(content["name"], character_string1="x" * 33))
    with pytest.raises(MessageInvalid) as refused:
        await send(lab, wrong, window="")
    assert refused.value.external_code == "47003"


async def test_a_template_to_who_blocked_the_account_fails_later(lab: Lab) -> None:
    await lab.write()
    await lab.act(block=True)
    content = filled("TmplPaid000000000000000000000000000000002")
    await send(lab, OutboundMessage("template", content=content), window="")
    status = (await lab.until(lambda: lab.business.of(StatusChanged)))[0]
    assert (status.status, status.failure.code) == ("failed", "contact_blocked")


async def test_one_tick_is_one_notification(lab: Lab) -> None:
    name = "subscription:SubRestock0000000000000000000000000000001"
    content = filled(name, thing1="凤凰单丛", time2="2026-11-22 10:00")
    message = OutboundMessage("template", content=content)
    await lab.write()
    with pytest.raises(Rejected) as refused:
        await send(lab, message, window="")
    assert refused.value.external_code == "43101"
    await lab.write("ticks")
    sent = await send(lab, message, window="")
    status = (await lab.until(lambda: lab.business.of(StatusChanged)))[0]
    assert (status.external_id, status.status) == (sent.external_id, "delivered")
    with pytest.raises(Rejected):
        await send(lab, message, window="")


async def test_a_message_to_many_is_counted_and_its_key_works_once(lab: Lab) -> None:
    await lab.write()
    people = (await lab.person(), stranger())
    sent = await lab.run(SendMany(TEXT, people, "camp-7-1"))
    again = await lab.run(SendMany(TEXT, people, "camp-7-1"))
    assert sent == again
    done = (await lab.until(lambda: lab.business.of(BulkFinished)))[0]
    assert (done.external_id, done.ok, done.total, done.sent) == (sent.external_id, True, 2, 1)
    for n in range(4):
        lab.business.events = [event for event in lab.business.events if not isinstance(event, BulkFinished)]
        await lab.run(SendMany(TEXT, people, f"more-{n}"))
        last = (await lab.until(lambda: lab.business.of(BulkFinished)))[0]
    assert (last.sent, last.failed) == (0, 1)


async def test_a_passive_reply_reaches_the_phone_and_costs_nothing(lab: Lab) -> None:
    lab.business.answers = ["欢迎光临"]
    await lab.write()
    await lab.until(lambda: lab.business.stored)
    assert [view["text"] for view in await lab.got()] == ["欢迎光临"]
    for _ in range(5):
        await send(lab)


FAULTY = [b'{"errcode":0}', b"<html>", b"<xml><MsgType>text</MsgType></xml>"]


@pytest.mark.parametrize("answer", FAULTY)
async def test_an_answer_out_of_order_shows_the_customer_a_fault(lab: Lab, answer: bytes) -> None:
    await follow(lab)
    lab.business.answers = [answer]
    await lab.write()
    await received(lab)
    assert [view["notice"] for view in await lab.got()] == ["service_fault"]


async def test_no_answer_in_time_is_asked_again_three_times_with_the_same_bytes(lab: Lab) -> None:
    await lab.settle(answer_within_s=0.05)
    lab.business.answers = [1.0, 500, 503, 500]
    await lab.write("follow")
    await lab.until(lambda: len(lab.business.deliveries) == 4)
    assert len({delivery.raw for delivery in lab.business.deliveries}) == 1
    keys = {event.event_key for event in lab.business.of(WindowOpened)}
    assert len(keys) == 1


async def test_a_repeat_gets_the_stored_reply_and_the_phone_shows_it_once(lab: Lab) -> None:
    await follow(lab)
    await lab.faults(repeat=1)
    lab.business.answers = ["您好", "您好", "您好"]
    await lab.write()
    await lab.until(lambda: len(lab.business.deliveries) == 4)
    assert [view["text"] for view in await lab.got()] == ["您好"]


async def test_a_token_forced_by_somebody_else_is_noticed_and_replaced(lab: Lab) -> None:
    await lab.write()
    await send(lab)
    first = lab.token
    await lab.inject(token="force")
    await send(lab)
    assert lab.token != first
    await lab.inject(token="expire")
    await send(lab)
    assert len(await lab.got()) == 3


async def test_the_stable_token_stays_and_the_classic_one_ends_the_one_before(lab: Lab) -> None:
    first, second = [await lab.run(RefreshToken()) for _ in range(2)]
    assert first == second
    assert isinstance(first, TokenRefreshed)
    await lab.settle(token_overlap_s=0)
    secrets = lab.account["credentials"]
    query = {"grant_type": "client_credential", "appid": secrets["app_id"], "secret": secrets["app_secret"]}
    old = (await lab.http.get("/cgi-bin/token", params=query)).json()["access_token"]
    lab.token = (await lab.http.get("/cgi-bin/token", params=query)).json()["access_token"]
    assert isinstance(await lab.run(Check()), Checked)
    refused = (await lab.http.get("/cgi-bin/getcallbackip", params={"access_token": old})).json()
    assert refused["errcode"] == 40001
    assert " rid: " in refused["errmsg"]


async def test_a_wrong_secret_and_a_foreign_address_are_said(lab: Lab) -> None:
    await lab.settle(ip_whitelist=["198.51.100.1"])
    with pytest.raises(CredentialsInvalid) as refused:
        await lab.run(RefreshToken())
    assert refused.value.code == "ip_not_allowed"
    await lab.settle(ip_whitelist=[])
    lab.account["credentials"]["app_secret"] = "wrong"
    with pytest.raises(CredentialsInvalid) as wrong:
        await lab.run(RefreshToken())
    assert wrong.value.code == "secret_invalid"


TROUBLE: list[tuple[dict[str, Any], type[SendError], str]] = [
    ({"fail_code": 45011}, Throttled, "45011"),
    ({"throttle_per_second": 0.01}, Throttled, "45011"),
    ({"fail_code": 48001}, CredentialsInvalid, "48001"),
]


@pytest.mark.parametrize(("switches", "error", "code"), TROUBLE)
async def test_trouble_is_told_in_the_platforms_codes(
    lab: Lab, switches: dict[str, Any], error: type[SendError], code: str
) -> None:
    await lab.write()
    await send(lab)
    await lab.faults(**switches)
    with pytest.raises(error) as refused:
        await asyncio.gather(send(lab), send(lab))
    assert refused.value.external_code == code


async def test_a_lost_answer_leaves_the_message_on_the_phone(lab: Lab) -> None:
    await lab.write()
    await lab.run(RefreshToken())
    await send(lab)
    await lab.faults(lose_answer="cut")
    with pytest.raises(ConnectionResetError):
        await send(lab)
    assert len(await lab.got()) == 2


async def test_escaped_letters_and_broken_bodies_are_refused(lab: Lab) -> None:
    await lab.write()
    await send(lab)
    ask = {"access_token": lab.token}
    codes = []
    for raw in (b'{"touser":"o","text":"\\u4f60"}', b"", b"[1", b'{"msgtype":"text"}'):
        answer = await lab.http.post("/cgi-bin/message/custom/send", params=ask, content=raw)
        codes.append((answer.status_code, answer.json()["errcode"]))
    assert codes == [(200, 40033), (200, 44002), (200, 47001), (200, 40003)]


async def test_after_two_days_the_window_is_closed_and_files_are_gone(lab: Lab) -> None:
    await lab.write("image")
    image = (await received(lab)).body.media[0]
    await send(lab)
    await lab.inject(pass_s=48 * 3600 + 1)
    with pytest.raises(WindowClosed) as closed:
        await send(lab)
    assert closed.value.external_code == "45015"
    await lab.inject(pass_s=24 * 3600)
    with pytest.raises(Rejected) as gone:
        await lab.run(FetchMedia(MediaRef(image.external_id), 10_000_000))
    assert gone.value.code == "media_gone"


@pytest.mark.parametrize("damage", ["app_id", "key"])
async def test_what_is_sealed_wrongly_is_refused(lab: Lab, damage: str) -> None:
    await follow(lab)
    await lab.settle(damage=damage)
    await lab.write()
    refused = await lab.until(lambda: lab.business.refused)
    assert refused
    assert lab.business.of(MessageReceived) == []


async def test_typing_needs_a_word_in_the_last_half_minute_and_not_twice(lab: Lab) -> None:
    await lab.write()
    someone = await lab.person()
    await lab.run(Typing(someone, ""))
    await lab.run(Typing(someone, ""))
    wire = (await lab.http.get("/sandbox/wire")).json()["items"]
    assert [entry["code"] for entry in wire if "typing" in entry["label"]][:2] == [45081, None]


async def test_files_come_down_a_video_by_its_address_and_old_ids_are_gone(lab: Lab) -> None:
    for kind in ("image", "voice", "video"):
        await lab.write(kind)
    await lab.until(lambda: lab.business.of(MessageReceived)[2:])
    for message in lab.business.of(MessageReceived):
        fetched = await lab.run(FetchMedia(message.body.media[0], 10_000_000))
        assert isinstance(fetched, MediaFetched)
        assert fetched.file.size_bytes > 0
    with pytest.raises(Rejected) as gone:
        await lab.run(FetchMedia(MediaRef("no-such-media-id"), 100))
    assert gone.value.code == "media_gone"


async def test_a_profile_has_the_unionid_the_scene_and_no_name(lab: Lab) -> None:
    await lab.run(MakeQrCode("store-12"))
    await lab.act(scan="store-12")
    profile = await lab.run(FetchProfile(await lab.person()))
    assert isinstance(profile, ProfileSeen)
    assert [key.kind for key in profile.person.keys] == ["openid", "unionid"]
    assert profile.person.name == ""
    assert (profile.facts["source"], profile.facts["scene"]) == ("qr_code", "store-12")


async def test_the_check_finds_quota_and_templates(lab: Lab) -> None:
    checked = await lab.run(Check())
    assert isinstance(checked, Checked)
    assert {item.state for item in checked.items} == {"ok"}


async def pull(service: Lab, cursor: str = "") -> UpdatesFetched:
    hint = (await service.until(lambda: service.business.of(UpdatesWaiting)))[-1]
    fetched = await service.run(FetchUpdates(cursor, datetime.now(UTC), hint.token))
    assert isinstance(fetched, UpdatesFetched)
    return fetched


SERVED = [
    ("text", "text"),
    ("image", "image"),
    ("voice", "audio"),
    ("video", "video"),
    ("document", "document"),
    ("location", "location"),
    ("link", "share"),
    ("mini_program", "share"),
    ("business_card", "contacts"),
    ("product", "share"),
    ("button_reply", "button_reply"),
    ("unsupported", "unsupported"),
]


async def test_everything_is_fetched_from_the_log_by_cursor(service: Lab) -> None:
    await service.settle(page_most=5, empty_page_first=True)
    for kind, _ in SERVED:
        await service.write(kind)
    events: list[InboundEvent] = []
    cursor, more, pages = "", True, 0
    while more:
        page = await pull(service, cursor)
        events, cursor, more, pages = [*events, *page.events], page.cursor, page.more, pages + 1
    assert [event.body.kind for event in events if isinstance(event, MessageReceived)] == [kind for _, kind in SERVED]
    assert pages > 3
    await service.settle(empty_page_first=False)
    await service.write()
    assert len((await pull(service, cursor)).events) == 1


async def test_customer_service_sends_every_kind_within_its_five(service: Lab) -> None:
    await service.write()
    (first,) = (await pull(service)).events
    assert isinstance(first, MessageReceived)
    kinds = [
        TEXT,
        OutboundMessage("image", media=PICTURE),
        OutboundMessage("location", content={"latitude": 22.5, "longitude": 114.0, "name": "店"}),
        OutboundMessage("buttons", "何时？", content={"buttons": [{"id": "1", "title": "周六"}]}),
        OutboundMessage("document", media=MediaHandle("m2", "application/pdf", 10, "menu.pdf")),
    ]
    for n, message in enumerate(kinds):
        sent = await service.run(Send(message, first.sender, f"msg-{n}", "service"))
        assert isinstance(sent, Sent)
        assert sent.external_id == f"msg{n}"
    repeated = await service.run(Send(TEXT, first.sender, "msg-0", "service"))
    assert repeated == Sent("msg0")
    assert len(await service.got()) == 5
    with pytest.raises(WindowClosed) as refused:
        await service.run(Send(TEXT, first.sender, "msg-9", "service"))
    assert refused.value.external_code == "95001"


async def test_a_greeting_goes_out_on_the_event_once(service: Lab) -> None:
    await service.write("enter", scene="poster")
    (entered,) = (await pull(service)).events
    assert isinstance(entered, WindowOpened)
    assert entered.params["referral"]["source_id"] == "poster"
    greeting = OutboundMessage("text", "您好", content={"reply_code": entered.params["reply_code"]})
    await service.run(Send(greeting, entered.person, "greet-1", "entry"))
    assert [view["text"] for view in await service.got()] == ["您好"]
    with pytest.raises(MessageInvalid):
        await service.run(Send(greeting, entered.person, "greet-2", "entry"))


async def test_failures_recalls_colleagues_and_refusals_are_events(service: Lab) -> None:
    await service.write()
    await service.write("revoke")
    await service.write("echo", text="我来处理")
    await service.write("refuse")
    page = await pull(service)
    first = page.events[0]
    assert isinstance(first, MessageReceived)
    kinds = [MessageReceived, MessageDeleted, MessageEchoed, ContactActed]
    assert [type(event) for event in page.events] == kinds
    await service.run(Send(TEXT, first.sender, "late-1", "service"))
    (failed,) = (await pull(service, page.cursor)).events
    assert isinstance(failed, StatusChanged)
    assert failed.failure is not None
    assert (failed.external_id, failed.failure.code) == ("late1", "contact_blocked")


async def test_a_session_with_a_colleague_takes_nothing_from_us(service: Lab) -> None:
    await service.write()
    (first,) = (await pull(service)).events
    assert isinstance(first, MessageReceived)
    await service.run(Check())
    who = next(key.value for key in first.sender.keys if key.kind == "external_userid")
    body = {"open_kfid": service.account["external_id"], "external_userid": who, "service_state": 3}
    move = "/cgi-bin/kf/service_state/trans"
    asked = {"access_token": service.token}
    off_duty = await service.http.post(move, params=asked, json={**body, "servicer_userid": "aming"})
    moved = await service.http.post(move, params=asked, json={**body, "servicer_userid": "xiaocha"})
    back = await service.http.post(move, params=asked, json={**body, "service_state": 1})
    assert [answer.json()["errcode"] for answer in (off_duty, moved, back)] == [95014, 0, 95016]
    with pytest.raises(WindowClosed) as refused:
        await service.run(Send(TEXT, first.sender, "m-2", "service"))
    assert refused.value.external_code == "95018"
    await service.inject(servicer="aming", status=1)
    events = (await pull(service)).events
    assert isinstance(events[-1], AccountChanged)


async def test_without_a_token_the_log_is_read_only_now_and_then(service: Lab) -> None:
    await service.write()
    asked = FetchUpdates("", datetime.now(UTC))
    await service.run(asked)
    with pytest.raises(Throttled) as refused:
        await service.run(asked)
    assert refused.value.external_code == "45009"


async def test_customer_service_tells_who_somebody_is(service: Lab) -> None:
    await service.write()
    (first,) = (await pull(service)).events
    assert isinstance(first, MessageReceived)
    profile = await service.run(FetchProfile(first.sender))
    assert isinstance(profile, ProfileSeen)
    assert (profile.person.name, profile.avatar is not None) == ("王思远", True)
    assert profile.person.keys[1].kind == "unionid"
    link = await service.run(MakeQrCode("poster"))
    assert isinstance(link, QrCodeMade)
    assert service.account["external_id"] in link.url

"""WeCom customer service: what fetching brings, and what sending makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    Account,
    AccountChanged,
    Body,
    Check,
    Checked,
    CheckItem,
    ContactActed,
    ContactUnreachable,
    CredentialsInvalid,
    Failure,
    FetchProfile,
    FetchUpdates,
    InboundEvent,
    Intent,
    Json,
    Key,
    MediaHandle,
    MediaRef,
    MessageDeleted,
    MessageEchoed,
    MessageInvalid,
    MessageReceived,
    OutboundMessage,
    OutcomeUnknown,
    Person,
    PlatformRequest,
    PlatformResponse,
    ProfileSeen,
    RefreshToken,
    Rejected,
    Send,
    Sent,
    StatusChanged,
    SyncTemplates,
    Throttled,
    TokenRefreshed,
    TokenRejected,
    Unrecognised,
    UpdatesFetched,
    WindowClosed,
    WindowOpened,
)
from channels.wechat import ADAPTER
from tests.channels.harness import RECEIVED_AT, Driven, answer, at, compare_golden, drive
from tests.channels.wechat.test_outbound import GOLDEN, OK, refused

SETTINGS = {"flavour": "kf"}
ACCOUNT = Account("wkFAKE", "https://qyapi.weixin.qq.com", SETTINGS)
CREDENTIALS = {"app_id": "ww0123456789abcdef", "app_secret": "fake-secret", "access_token": "FAKE_TOKEN"}
TOKEN = {"access_token": "FAKE_TOKEN"}
ANA = Person((Key("app", "external_userid", "wmFAKE_1"),))
FOLLOWER = Person((Key("account", "openid", "oFAKE_openid_000000000000001"),))
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
MSGID = "0193b5c0000070008000000000000001"
BASE: Json = {"account": "wkFAKE", "occurred_at": at(1763770000)}
PAGE = json.loads((Path(__file__).parent / "fixtures" / "kf_messages.json").read_text())


def run(intent: Intent, *responses: PlatformResponse) -> Driven:
    return drive(ADAPTER.call(intent, ACCOUNT, CREDENTIALS), responses)


def post(path: str, body: Any, *, delivers: bool = False) -> PlatformRequest:
    return PlatformRequest(method="POST", url=f"/cgi-bin/{path}", query=TOKEN, json=body, delivers=delivers)


def received(n: int, body: Body | str, **fields: Any) -> MessageReceived:
    said = Body("text", body) if isinstance(body, str) else body
    return MessageReceived(external_id=f"kfmsg{n}", sender=ANA, body=said, **BASE, **fields)


def echoed(n: int, body: Body) -> MessageEchoed:
    return MessageEchoed(external_id=f"kfmsg{n}", recipient=ANA, body=body, **BASE)


def media(kind: Any, media_id: str, **fields: Any) -> Body:
    return Body(kind, media=(MediaRef(media_id, **fields),))


def share(**fields: str) -> Body:
    return Body("share", content={"shares": [fields]})


def acted(code: str, **params: Any) -> ContactActed:
    return ContactActed(person=ANA, code=code, params=params, **BASE)


def raw(n: int) -> Any:
    return PAGE["msg_list"][n - 1]


MENU = {
    "head": "Rate us",
    "options": [{"title": "Good", "id": "101"}, {"title": "Shop", "url": "https://example.com"}],
    "foot": "Thanks",
}
LINK = {"source_type": "service_link", "source_id": "home", "ref": "a=1"}

EVENTS: list[InboundEvent] = [
    received(1, "hello 你好"),
    received(2, Body("button_reply", "Good", {"id": "101", "title": "Good"})),
    received(3, media("image", "M1")),
    received(4, media("audio", "M2", mime="audio/amr", voice=True)),
    received(5, media("video", "M3")),
    received(6, media("document", "M4")),
    received(7, Body("location", content={"latitude": 23.1, "longitude": 113.3, "name": "Tower", "address": "Road 1"})),
    received(
        8,
        share(kind="link", url="https://example.com/a", title="T", subtitle="D", image_url="https://example.com/p.png"),
    ),
    received(9, Body("contacts", content={"contacts": [{"name": "zhangsan"}]})),
    received(10, share(kind="mini_program", id="wxfedcba9876543210", path="pages/item.html?id=7", title="Red dress")),
    received(
        11,
        share(
            kind="product",
            id="p7",
            title="Dress",
            subtitle="¥88.00",
            image_url="https://example.com/p7.png",
            shop="Shop",
        ),
    ),
    received(
        12,
        share(
            kind="order",
            id="o7",
            title="Dress x1",
            subtitle="¥88.00",
            status="paid",
            image_url="https://example.com/p7.png",
            shop="Shop",
        ),
    ),
    received(13, Body("unsupported", content={"kind": "merged_msg", "code": "", "raw": raw(13)})),
    echoed(14, Body("text", "From WeCom")),
    echoed(15, Body("text", "Rate us\nGood\nShop\nThanks", {"menu": MENU})),
    Unrecognised(field="text", raw=raw(16), **BASE),
    WindowOpened(
        person=ANA,
        code="chat_opened",
        params={"referral": LINK, "reply_code": "WELCOME"},
        external_id="kfmsg17",
        **BASE,
    ),
    acted("chat_opened", referral={"source_type": "service_link", "source_id": "home"}),
    StatusChanged(external_id="our1", status="failed", recipient=ANA, failure=Failure("window_used_up", "6"), **BASE),
    acted("service_session_closed", before="zhangsan", reply_code="END"),
    MessageDeleted(target="kfmsg1", person=ANA, external_id="kfmsg21", **BASE),
    MessageDeleted(target="kfmsg14", person=ANA, external_id="kfmsg22", ours=True, **BASE),
    AccountChanged(field="servicer_status", value="off_duty", data=raw(23)["event"], **BASE),
    acted("messages_refused"),
    Unrecognised(field="event", raw=raw(25), **BASE),
    Unrecognised(field="msg_list", raw={"value": "no object"}, account="wkFAKE", occurred_at=RECEIVED_AT),
]


def bare(event: InboundEvent) -> InboundEvent:
    if isinstance(event, ContactActed):
        assert event.raw["event_type"]
        event = replace(event, raw={})
    assert event.event_key or isinstance(event, MessageReceived | MessageEchoed)
    return replace(event, event_key="")


def test_a_page_of_messages_and_events() -> None:
    driven = run(FetchUpdates("C1", RECEIVED_AT, "ENCFAKE"), answer(PAGE))
    body = {"cursor": "C1", "limit": 1000, "voice_format": 0, "open_kfid": "wkFAKE", "token": "ENCFAKE"}
    assert driven.requests == [post("kf/sync_msg", body)]
    result = driven.result
    assert isinstance(result, UpdatesFetched)
    assert (result.cursor, result.more) == ("C2", True)
    assert [bare(event) for event in result.events] == EVENTS


ENDS: list[tuple[str, Json, UpdatesFetched]] = [
    ("the last page", {"next_cursor": "C2", "has_more": 0, "msg_list": []}, UpdatesFetched((), "C2")),
    ("an empty page with more to come", {"next_cursor": "C2", "has_more": 1}, UpdatesFetched((), "C2", more=True)),
    ("a cursor that stands still", {"next_cursor": "C1", "has_more": 1}, UpdatesFetched((), "C1")),
    ("no cursor", {"has_more": 0}, UpdatesFetched((), "C1")),
    ("odd types", {"next_cursor": {}, "msg_list": {}, "has_more": "1"}, UpdatesFetched((), "C1")),
]


@pytest.mark.parametrize(("label", "page", "expected"), ENDS, ids=[case[0] for case in ENDS])
def test_where_fetching_ends(label: str, page: Json, expected: UpdatesFetched) -> None:
    driven = run(FetchUpdates("C1", RECEIVED_AT), answer(page))
    assert driven.result == expected
    assert "token" not in (driven.requests[0].json or {})


def test_fetching_too_often_or_with_an_old_token() -> None:
    assert isinstance(run(FetchUpdates("", RECEIVED_AT), refused(45009)).error, Throttled)
    assert isinstance(run(FetchUpdates("", RECEIVED_AT), refused(45033)).error, Throttled)
    assert isinstance(run(FetchUpdates("", RECEIVED_AT), refused(42001)).error, TokenRejected)


def send(kind: str, text: str = "", to: Person = ANA, callback: str = CALLBACK, **fields: Any) -> Send:
    return Send(OutboundMessage(kind, text, **fields), to, callback)


PICTURE = MediaHandle("m1", "image/jpeg", 1234, "shoe.jpg")
KNOWN = replace(PICTURE, platform_id="MEDIA_1")
BUTTONS = {"buttons": [{"id": "101", "title": "Good"}, {"url": "https://e.com", "title": "Shop"}], "foot": "Thanks"}
CARD = {"title": "Dress", "subtitle": "Red", "url": "https://e.com/7"}
PLACE = {"latitude": 23.1, "longitude": 113.3, "name": "Tower", "address": "Road 1"}
BODIES: list[tuple[str, Send]] = [
    ("text", send("text", "Hello 你好")),
    ("image", send("image", media=KNOWN)),
    ("voice", send("audio", media=KNOWN)),
    ("video", send("video", media=KNOWN)),
    ("file", send("document", media=KNOWN)),
    ("location", send("location", content=PLACE)),
    ("menu", send("buttons", "Rate us", content=BUTTONS)),
    ("link", send("cards", content={"cards": [CARD]}, media=KNOWN)),
    (
        "mini_program",
        send("mini_program", content={"title": "Red", "app_id": "wxf", "path": "pages/a.html"}, media=KNOWN),
    ),
]


@pytest.mark.parametrize(("label", "intent"), BODIES, ids=[case[0] for case in BODIES])
def test_a_message_is_one_request(label: str, intent: Send, update_golden: bool) -> None:
    driven = run(intent, answer({"errcode": 0, "errmsg": "ok", "msgid": MSGID}))
    (request,) = driven.requests
    assert request == post("kf/send_msg", request.json, delivers=True)
    assert driven.result == Sent(MSGID)
    compare_golden(GOLDEN / f"kf_{label}.json", request.json, update=update_golden)


def test_a_greeting_goes_on_its_event(update_golden: bool) -> None:
    driven = run(send("text", "Welcome", content={"reply_code": "WELCOME"}), OK)
    (request,) = driven.requests
    assert request == post("kf/send_msg_on_event", request.json, delivers=True)
    compare_golden(GOLDEN / "kf_greeting.json", request.json, update=update_golden)


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("kf_*.json")} == {"kf_greeting", *(f"kf_{label}" for label, _ in BODIES)}


def test_our_own_id_is_the_key_against_sending_twice() -> None:
    again = refused(40058, "msgid is repeated")
    assert run(send("text", "Hello"), again).result == Sent(MSGID)
    assert isinstance(run(send("text", "Hello", callback=""), again).error, MessageInvalid)
    assert isinstance(run(send("text", "Hello"), refused(40058, "invalid touser")).error, MessageInvalid)
    assert isinstance(run(send("text", "Hello"), answer(b"<html>msgid", 502)).error, OutcomeUnknown)
    (request,) = run(send("text", "Hello", callback="a" * 33), OK).requests
    assert request.json
    assert len(request.json["msgid"]) == 32


def test_a_file_is_uploaded_then_sent_and_anew_when_gone() -> None:
    driven = run(send("document", media=PICTURE), answer({"media_id": "M9"}), OK)
    assert driven.requests[0].query == TOKEN | {"type": "file"}
    assert driven.result == Sent(MSGID, uploaded_media_id="M9")
    gone = run(send("image", media=KNOWN), refused(40007), answer({"media_id": "M9"}), OK)
    assert gone.result == Sent(MSGID, uploaded_media_id="M9")
    closed = run(send("image", media=KNOWN), refused(95001))
    assert isinstance(closed.error, WindowClosed)


def test_what_cannot_be_sent() -> None:
    for intent, code in (
        (send("template"), "kind_unsupported"),
        (send("image"), "media_missing"),
        (send("cards", content={"cards": []}, media=KNOWN), "articles_count"),
        (send("text", "Hello", to=FOLLOWER), "address_missing"),
        (SyncTemplates(), "intent_unsupported"),
    ):
        driven = run(intent)
        assert isinstance(driven.error, MessageInvalid | ContactUnreachable)
        assert (driven.error.code, driven.requests) == (code, [])


ERRORS: list[tuple[int, type[Exception], str]] = [
    (95001, WindowClosed, "window_used_up"),
    (95018, WindowClosed, "session_with_colleague"),
    (95000, CredentialsInvalid, "service_account_missing"),
    (48002, CredentialsInvalid, "permission_missing"),
    (45009, Throttled, "throttled"),
]


@pytest.mark.parametrize(("external_code", "error", "code"), ERRORS)
def test_some_codes_mean_something_else_here(external_code: int, error: type[Exception], code: str) -> None:
    raised = run(send("text", "Hello"), refused(external_code)).error
    assert (type(raised), raised and raised.code) == (error, code)


def test_a_token() -> None:
    driven = run(RefreshToken(rejected="OLD"), answer({"errcode": 0, "access_token": "NEW", "expires_in": 7200}))
    query = {"corpid": "ww0123456789abcdef", "corpsecret": "fake-secret"}
    assert driven == Driven(
        [PlatformRequest(method="GET", url="/cgi-bin/gettoken", query=query)], TokenRefreshed("NEW", 7200)
    )
    assert type(run(RefreshToken(), refused(40001)).error) is CredentialsInvalid


def test_a_profile_has_a_name_and_a_face() -> None:
    info = {
        "external_userid": "wmFAKE_1",
        "nickname": "Ana",
        "avatar": "http://e.com/a.jpg",
        "gender": 2,
        "unionid": "oU",
    }
    driven = run(FetchProfile(ANA), answer({"errcode": 0, "customer_list": [info]}))
    assert driven.requests == [post("kf/customer/batchget", {"external_userid_list": ["wmFAKE_1"]})]
    assert driven.result == ProfileSeen(
        Person((*ANA.keys, Key("open_platform", "unionid", "oU")), "Ana"),
        MediaRef("", url="http://e.com/a.jpg"),
        {"gender": 2},
    )
    stranger = run(FetchProfile(ANA), answer({"errcode": 0, "invalid_external_userid": ["wmFAKE_1"]})).error
    assert (type(stranger), stranger and stranger.code) == (Rejected, "profile_unavailable")


def test_a_check_looks_for_the_account() -> None:
    found = {"open_kfid": "wkFAKE", "name": "Shop", "manage_privilege": True}
    driven = run(Check(), answer({"errcode": 0, "account_list": [found]}))
    assert driven.requests == [post("kf/account/list", {"offset": 0, "limit": 100})]
    ok = tuple(CheckItem(code, "ok") for code in ("token", "service_account", "sending"))
    assert driven.result == Checked(ok, {"name": "Shop"})
    others = [{"open_kfid": f"wk{n}"} for n in range(100)]
    later = run(Check(), answer({"account_list": others}), answer({"account_list": [found]}))
    assert later.requests[1] == post("kf/account/list", {"offset": 100, "limit": 100})
    assert later.result == driven.result
    missing = run(Check(), answer({"errcode": 0, "account_list": []})).result
    assert isinstance(missing, Checked)
    assert missing.items[1] == CheckItem("service_account", "error")
    denied = run(Check(), refused(48002)).result
    assert isinstance(denied, Checked)
    assert [(item.code, item.state) for item in denied.items] == [("token", "error")]

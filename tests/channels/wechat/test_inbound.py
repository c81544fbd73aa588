"""Every kind of delivery that WeChat documents, and what it becomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    Body,
    BulkFinished,
    ConsentChanged,
    ContactActed,
    ErasureRequested,
    Failure,
    InboundEvent,
    Json,
    Key,
    MediaRef,
    MessageReceived,
    PayloadMalformed,
    Person,
    ReachabilityChanged,
    StatusChanged,
    Unrecognised,
    UpdatesWaiting,
    WindowOpened,
)
from channels.wechat import ADAPTER
from tests.channels.harness import RECEIVED_AT, at
from tests.channels.wechat.wire import ACCOUNT, PLAIN, SAFE, pushed, sealed

FIXTURES = Path(__file__).parent / "fixtures"
OPENID = "oFAKE_openid_000000000000001"
ANA = Person((Key("account", "openid", OPENID),))
ANA_UNITED = Person((*ANA.keys, Key("open_platform", "unionid", "oUNION_1")))
OTHER = Person((Key("account", "openid", "oFAKE_openid_000000000000009"),))
BASE: Json = {"account": ACCOUNT, "occurred_at": at(1763770000)}
HEAD = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": "1763770000"}
CARD = {"card_id": "pFAKE_CARD", "code": "123456789012"}


def fixture(name: str) -> bytes:
    return next(path for path in FIXTURES.iterdir() if path.stem == name and path.suffix == ".xml").read_bytes()


def read(raw: bytes) -> list[InboundEvent]:
    return ADAPTER.parse(ADAPTER.open(pushed(raw), PLAIN, RECEIVED_AT))


def bare(event: InboundEvent) -> InboundEvent:
    """Return an event without what names it and without its raw content, which have tests of their own."""
    if isinstance(event, WindowOpened):
        assert event.external_id == f"event:{event.event_key}"
        event = replace(event, external_id="")
    if isinstance(event, ContactActed):
        assert event.raw["Event"]
        event = replace(event, raw={})
    if isinstance(event, AccountChanged | BulkFinished):
        assert event.data["Event"]
        event = replace(event, data={})
    assert event.event_key or isinstance(event, MessageReceived)
    return replace(event, event_key="")


def received(n: int, body: Body | str, **fields: Any) -> MessageReceived:
    said = Body("text", body) if isinstance(body, str) else body
    return MessageReceived(external_id=f"230000000000000{n:02d}", sender=ANA, body=said, **BASE, **fields)


def unsupported(n: int, kind: str, **fields: str) -> MessageReceived:
    raw = {**HEAD, "MsgType": kind, **fields, "MsgId": f"230000000000000{n:02d}"}
    return received(n, Body("unsupported", content={"kind": kind, "code": "", "raw": raw}))


def share(n: int, **fields: str) -> MessageReceived:
    return received(n, Body("share", content={"shares": [fields]}))


MESSAGES: list[tuple[str, MessageReceived]] = [
    ("text", received(1, "hello 你好 👋")),
    (
        "text_menu_reply",
        received(2, Body("button_reply", "Good", {"id": "101", "title": "Good"}), opened_by="menu_click"),
    ),
    ("text_unshowable", unsupported(3, "text", Content="【收到不支持的消息类型，暂无法显示】")),
    ("text_empty", unsupported(4, "text", Content="")),
    (
        "text_from_article",
        received(
            5,
            Body("text", "Is it in stock?", {"referral": {"source_type": "article", "source_id": "2247483663_2"}}),
        ),
    ),
    ("image", received(6, Body("image", media=(MediaRef("MEDIA_FAKE_1", url="http://mmbiz.qpic.cn/fake/0"),)))),
    (
        "voice",
        received(
            7,
            Body(
                "audio", content={"transcript": "好的"}, media=(MediaRef("MEDIA_FAKE_2", mime="audio/amr", voice=True),)
            ),
        ),
    ),
    (
        "voice_unheard",
        received(8, Body("audio", media=(MediaRef("MEDIA_FAKE_2", mime="audio/speex", voice=True),))),
    ),
    ("video", received(9, Body("video", media=(MediaRef("M3"),)))),
    ("shortvideo", received(10, Body("video", media=(MediaRef("M4"),)))),
    (
        "location",
        received(
            11,
            Body("location", content={"latitude": 22.543096, "longitude": 114.057865, "address": "深圳市福田区"}),
        ),
    ),
    ("location_broken", unsupported(12, "location", Location_X="north", Location_Y="114.057865")),
    ("link", share(13, kind="link", title="T", url="https://example.com/a", subtitle="D")),
    (
        "miniprogrampage",
        share(
            14,
            kind="mini_program",
            title="Red dress",
            id="wxfedcba9876543210",
            path="pages/item?id=7",
            image_url="https://example.com/t.jpg",
        ),
    ),
    ("hologram", unsupported(15, "hologram", Beam="x")),
]


@pytest.mark.parametrize(("name", "expected"), MESSAGES, ids=[case[0] for case in MESSAGES])
def test_a_message(name: str, expected: MessageReceived) -> None:
    assert read(fixture(name)) == [expected]


def opened(code: str, opened_by: str, **params: Any) -> WindowOpened:
    return WindowOpened(person=ANA, code=code, opened_by=opened_by, params=params, **BASE)


def acted(code: str, person: Person = ANA, /, **params: Any) -> ContactActed:
    return ContactActed(person=person, code=code, params=params, **BASE)


def consent(purpose: str, *, granted: bool, detail: str) -> ConsentChanged:
    return ConsentChanged(person=ANA, purpose=purpose, granted=granted, source="wechat", detail=detail, **BASE)


def reach(reachable: bool, code: str) -> ReachabilityChanged:
    return ReachabilityChanged(person=ANA, reachable=reachable, code=code, **BASE)


def template(status: Any, failure: Failure | None = None) -> StatusChanged:
    return StatusChanged(
        external_id="template:3900000000000000001", status=status, recipient=ANA, failure=failure, **BASE
    )


def subscription(status: Any, failure: Failure | None = None) -> StatusChanged:
    name = "subscription:1700827132819554304"
    return StatusChanged(external_id=name, status=status, recipient=ANA, failure=failure, **BASE)


def mass(status: str, *, ok: bool) -> BulkFinished:
    return BulkFinished(external_id="mass:1000000046", ok=ok, status=status, total=100, sent=75, failed=5, **BASE)


def account(field: str, severity: Any = "info", value: str = "") -> AccountChanged:
    return AccountChanged(field=field, severity=severity, value=value, data={}, **BASE)


def erasure(code: str, what: str) -> ErasureRequested:
    return ErasureRequested(person=OTHER, code=code, params={"what": what, "app_id": "wx0123456789abcdef"}, **BASE)


QR = {"source_type": "qr", "source_id": "store-12", "ticket": "gQFAKE_TICKET"}
FOLLOWED = (reach(True, "followed"), consent("marketing", granted=True, detail="followed"))
SHOP_ORDER = {"order_id": "3704612354559743232"}
PAID_ORDER = {**SHOP_ORDER, "out_order_id": "123", "transaction_id": "42000000"}

EVENTS: list[tuple[str, tuple[InboundEvent, ...]]] = [
    ("subscribe", (*FOLLOWED, opened("followed", "follow"))),
    ("subscribe_scene", (*FOLLOWED, opened("followed", "follow", referral=QR))),
    (
        "subscribe_paid",
        (*FOLLOWED, opened("followed", "follow", referral={"source_type": "payment", "source_id": "4200000001"})),
    ),
    (
        "unsubscribe",
        (consent("marketing", granted=False, detail="unfollowed"), reach(False, "unfollowed")),
    ),
    ("scan", (opened("qr_scanned", "scan", referral=QR),)),
    ("location", (acted("location_reported", latitude=22.54, longitude=114.05, precision_m=65.0),)),
    ("click", (opened("menu_clicked", "menu_click", key="ORDERS"),)),
    ("view", (acted("menu_link_opened", url="https://shop.example.com", menu_id="465"),)),
    ("view_miniprogram", (acted("menu_mini_program_opened", path="pages/index", menu_id="465"),)),
    ("scancode_push", (opened("menu_scanned", "menu_click", key="6", scan_type="qrcode", result="1"),)),
    ("scancode_waitmsg", (opened("menu_scanned", "menu_click", key="6", scan_type="qrcode", result="1"),)),
    ("pic_sysphoto", (acted("menu_picture_sent", key="6", count=1),)),
    ("pic_photo_or_album", (acted("menu_picture_sent", key="6", count=1),)),
    ("pic_weixin", (acted("menu_picture_sent", key="6", count=1),)),
    (
        "location_select",
        (acted("menu_location_sent", key="6", latitude=23.0, longitude=113.0, address="广州市海珠区", name="Tower"),),
    ),
    ("template_success", (template("delivered"),)),
    ("template_blocked", (template("failed", Failure("contact_blocked", "", "failed:user block")),)),
    ("template_down", (template("failed", Failure("platform_down", "", "failed: system failed")),)),
    ("template_limited", (template("failed", Failure("contact_rate_limited", "", "failed:freq limit")),)),
    ("template_odd", (template("failed", Failure("rejected", "", "failed:new reason")),)),
    ("mass_success", (mass("send success", ok=True),)),
    ("mass_refused", (mass("err(10001)", ok=False),)),
    ("publish", (account("publishjobfinish"),)),
    (
        "subscribe_msg_popup",
        (
            consent("subscription:TMPL_FAKE_A", granted=True, detail="2"),
            consent("subscription:TMPL_FAKE_B", granted=False, detail="2"),
        ),
    ),
    ("subscribe_msg_change", (consent("subscription:TMPL_FAKE_A", granted=False, detail=""),)),
    ("subscribe_msg_change_misplaced", (consent("subscription:TMPL_FAKE_A", granted=False, detail=""),)),
    ("subscribe_msg_sent", (subscription("delivered"),)),
    (
        "subscribe_msg_unsent",
        (subscription("failed", Failure("subscription_missing", "43101", "user refuse")),),
    ),
    ("kf_create_session", (acted("service_session_opened", service_account="anna@gh_x"),)),
    ("kf_close_session", (acted("service_session_closed", service_account="anna@gh_x", how="KF"),)),
    ("kf_switch_session", (acted("service_session_moved", before="anna@gh_x", after="ben@gh_x"),)),
    ("user_enter_tempsession", (opened("chat_opened", "welcome", session_from="item-7"),)),
    ("user_get_card", (acted("coupon_received", ANA_UNITED, **CARD, source="chat-77"),)),
    ("user_consume_card", (acted("coupon_used", **CARD, source="FROM_API", place="Central"),)),
    ("user_gifting_card", (acted("coupon_given", **CARD),)),
    ("user_del_card", (acted("coupon_deleted", **CARD),)),
    ("user_view_card", (acted("coupon_viewed", **CARD),)),
    ("user_enter_session_from_card", (acted("chat_opened_from_coupon", **CARD),)),
    ("submit_membercard_user_info", (acted("membership_activated", **CARD),)),
    (
        "user_pay_from_pay_cell",
        (acted("coupon_paid_with", **CARD, transaction_id="1003830231202", fee_minor=10000, fee_before_minor=10050),),
    ),
    ("update_member_card", (acted("membership_changed", **CARD, bonus_change="-3", balance_change="0"),)),
    ("card_pass_check", (account("card_pass_check"),)),
    ("card_not_pass_check", (account("card_not_pass_check", "warning", "non-compliant"),)),
    ("card_sku_remind", (account("card_sku_remind"),)),
    ("card_pay_order", (account("card_pay_order"),)),
    ("merchant_order", (acted("shop_order_paid", order_id="test_order_id", status="2", product_id="test_product_id"),)),
    ("open_product_order_pay", (acted("shop_order_paid", **PAID_ORDER),)),
    ("funds_order_pay", (acted("shop_order_paid", **PAID_ORDER),)),
    ("shop_order_new", (acted("shop_order_placed", **SHOP_ORDER),)),
    ("shop_order_pay", (acted("shop_order_paid", **SHOP_ORDER),)),
    ("shop_order_cancel", (acted("shop_order_cancelled", **SHOP_ORDER),)),
    ("shop_order_wait_shipping", (acted("shop_order_awaits_shipping", **SHOP_ORDER),)),
    ("shop_order_deliver", (acted("shop_order_shipped", **SHOP_ORDER),)),
    ("shop_order_confirm", (acted("shop_order_received", **SHOP_ORDER),)),
    ("shop_order_settle", (acted("shop_order_settled", **SHOP_ORDER),)),
    ("shop_order_ext_info_update", (acted("shop_order_changed", **SHOP_ORDER),)),
    ("user_info_modified", (erasure("user_info_modified", "1"),)),
    ("user_authorization_revoke", (erasure("user_authorization_revoke", "301"),)),
    ("qualification_verify_success", (account("qualification_verify_success"),)),
    ("qualification_verify_fail", (account("qualification_verify_fail", "warning", "by time"),)),
    ("naming_verify_success", (account("naming_verify_success"),)),
    ("naming_verify_fail", (account("naming_verify_fail", "warning", "by time"),)),
    ("annual_renew", (account("annual_renew", "warning"),)),
    ("verify_expired", (account("verify_expired", "warning"),)),
    ("poi_check_notify", (account("poi_check_notify"),)),
]


@pytest.mark.parametrize(("name", "expected"), EVENTS, ids=[case[0] for case in EVENTS])
def test_an_event(name: str, expected: tuple[InboundEvent, ...]) -> None:
    events = read(fixture(f"event_{name}"))
    assert tuple(bare(event) for event in events) == expected
    assert len({(type(event), event.event_key) for event in events}) == len(events)
    assert events == read(fixture(f"event_{name}")), "a repeat has the same names"


def test_what_nobody_knows_is_kept() -> None:
    for name, field in (("event_wifi", "wificonnected"), ("nameless", "message"), ("without_kind", "payload")):
        (event,) = read(fixture(name))
        assert isinstance(event, Unrecognised)
        assert (event.field, event.account, bool(event.event_key)) == (field, ACCOUNT, True)
        assert event.raw["ToUserName"] == ACCOUNT


def test_a_push_of_wecom_is_a_hint_to_fetch() -> None:
    delivery = sealed(fixture("kf_push"))
    (event,) = ADAPTER.parse(ADAPTER.open(delivery, SAFE, RECEIVED_AT))
    assert replace(event, event_key="") == UpdatesWaiting(account="wkFAKE", occurred_at=at(1763770000), token="ENCFAKE")


def test_json_says_the_same_as_xml() -> None:
    (paid,) = read((FIXTURES / "shop_order_pay.json").read_bytes())
    assert bare(paid) == acted("shop_order_paid", **SHOP_ORDER)
    (ticked,) = read((FIXTURES / "subscribe_msg_popup.json").read_bytes())
    assert bare(ticked) == consent("subscription:TMPL_FAKE_A", granted=True, detail="0")


def test_every_fixture_belongs_to_a_case() -> None:
    cases = {name for name, _ in MESSAGES} | {f"event_{name}" for name, _ in EVENTS}
    others = {"event_wifi", "nameless", "without_kind", "kf_push"}
    assert {path.stem for path in FIXTURES.glob("*.xml")} == cases | others


def test_a_follower_without_an_id_of_a_message_is_not_lost() -> None:
    raw = fixture("text").replace(b"<MsgId>23000000000000001</MsgId>", b"")
    (first,), (second,) = read(raw), read(raw.replace(b"hello", b"bye"))
    assert isinstance(first, MessageReceived)
    assert isinstance(second, MessageReceived)
    assert first.external_id
    assert first.external_id != second.external_id
    assert read(raw) == [first]


MALFORMED: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("no XML", b"<xml><a></xml>"),
    ("half of it", b"<xml><a>1</a>"),
    ("a JSON list", b"[1]"),
    ("half a JSON", b'{"a":'),
    ("a document type", b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>'),
    ("a file from our disk", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>'),
    ("an entity nobody declared", b"<xml><a>&b;</a></xml>"),
    ("too deep", b"<a>" * 40 + b"</a>" * 40),
    ("too many parts", b"<xml>" + b"<a/>" * 30_000 + b"</xml>"),
    ("too large", b"<xml><a>" + b"x" * (1024 * 1024) + b"</a></xml>"),
]


@pytest.mark.parametrize(("label", "raw"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_what_is_no_payload(label: str, raw: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        read(raw)


def test_characters_that_xml_has_not_cost_only_themselves() -> None:
    (event,) = read(fixture("text").replace(b"hello", b"he\x0bl\x00l\xffo\xed\xa0\x80"))
    assert isinstance(event, MessageReceived)
    said = event.body.text
    assert said.startswith("he�l�l�o�")
    assert said.endswith("你好 👋")

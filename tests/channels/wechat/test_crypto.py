"""Signatures and encryption: worked vectors, and messages that wechatpy made or can read."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message  # type: ignore[import-untyped]
from wechatpy.crypto import WeChatCrypto  # type: ignore[import-untyped]

from channels.contract import (
    Delivery,
    HttpAnswer,
    MediaHandle,
    MessageInvalid,
    MessageReceived,
    OutboundMessage,
    PassiveReply,
    SignatureInvalid,
)
from channels.wechat import ADAPTER
from channels.wechat.crypto import Box, signature
from channels.wechat.xml import read_xml
from tests.channels.harness import RECEIVED_AT
from tests.channels.wechat.test_inbound import fixture
from tests.channels.wechat.wire import (
    ACCOUNT,
    AES_KEY,
    APP_ID,
    COMPATIBLE,
    NONCE,
    PLAIN,
    SAFE,
    TIMESTAMP,
    TOKEN,
    asked,
    pushed,
    sealed,
    sha1,
)

RANDOM = b"0123456789abcdef"
HELLO = (
    "<xml><ToUserName><![CDATA[gh_fake00000001]]></ToUserName><FromUserName><![CDATA[oFAKE_openid_000000000000001]]>"
    "</FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello 你好]]>"
    "</Content><MsgId>23000000000000001</MsgId></xml>"
)
HELLO_SEALED = (
    "4j/AuRx71kQlxVlzbpsMWPD/8iPlhCUrEzRaprXKT/w2hAcCHIfX1E2EF2cd0faYX6XVzg55QTkQ9G1CVjWdWEDBVvHuWN6l58oapXXoA5EK1nV/JXBG"
    "kqCTKZNWLPTpo7ld+7CIh2N1n2/pJJ2roMmTKji068L8Mc6yD/XT2FpS61rxbdPezflrBF8vbKurSD0Be9ipkWEZrYgtshHjMeuGYshh5cERuSabuaXe"
    "qqEBiRGYQOi6wNlE7NvAfykVa5FwDxZvOPxzcbC4Rpo6jEH4FYsPaFyNK+7J4UYaJy/J1grQh1ea/t2f0RPLGfxDW4c8BZqAIERvPqnJCyGTTSlvr+8g"
    "PUEcp83JQ4JDePf7VjKJztA4GaQcftcfeBR468SQ8OGY6SAem+Esd2NDMMtRUUSp2JwCsIDciLHuEKo="
)
SUCCESS_SEALED = "4j/AuRx71kQlxVlzbpsMWDSVBeDN3ufPKR38SvZ2bFOuFrpz3t12n+9hTtWXbG1mxmZ6McuUs8GBFGmJW0a8FQ=="
ECHO_SEALED = "4j/AuRx71kQlxVlzbpsMWFHe92iq4VdHki6B+j5nrtgcS54Mj3xQTtZ/FUl+1TNkgHFEtNbC6UD+fm58bt1m+w=="

SIGNATURES: list[tuple[str, tuple[str, ...], str]] = [
    ("a handshake", ("fakeToken123", "1700000000", "nonce42"), "8c8f284fba414244e00ceb37762d9089df8936e6"),
    (
        "a sealed push",
        ("fakeToken123", "1700000000", "nonce42", HELLO_SEALED),
        "799b7b6edaaf72f64a8ba3668fcf2db195a50ff7",
    ),
    ("a reply", ("fakeToken123", "1700000001", "nonce43", SUCCESS_SEALED), "1605d0d617f36025256ed18ca909ee4313130379"),
    (
        "WeCom's handshake",
        ("fakeToken123", "1700000000", "nonce42", ECHO_SEALED),
        "f13011b822d9d9a25340b180031967de63f7fad1",
    ),
]


@pytest.mark.parametrize(("label", "parts", "expected"), SIGNATURES, ids=[case[0] for case in SIGNATURES])
def test_a_worked_signature(label: str, parts: tuple[str, ...], expected: str) -> None:
    assert signature(*parts) == expected


SEALED: list[tuple[str, str, str, str]] = [
    ("a message", HELLO, APP_ID, HELLO_SEALED),
    ("padding of more than a cipher block", "success", APP_ID, SUCCESS_SEALED),
    ("WeCom's handshake", "1616140317555161061", "ww0123456789abcdef", ECHO_SEALED),
]


@pytest.mark.parametrize(("label", "message", "receiver", "encrypted"), SEALED, ids=[case[0] for case in SEALED])
def test_a_worked_ciphertext(label: str, message: str, receiver: str, encrypted: str) -> None:
    box = Box.of(AES_KEY, receiver)
    assert box.encrypt(message.encode(), RANDOM) == encrypted
    assert box.decrypt(encrypted) == message.encode()


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200))
def test_what_wechatpy_seals_we_open_and_the_other_way_round(message: str) -> None:
    theirs, box = WeChatCrypto(TOKEN, AES_KEY, APP_ID), Box.of(AES_KEY, APP_ID)
    their_xml = theirs.encrypt_message(message, NONCE, TIMESTAMP)
    encrypted = their_xml.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert box.decrypt(encrypted).decode() == message
    ours = box.encrypt(message.encode(), RANDOM)
    envelope = {"Encrypt": ours, "ToUserName": ACCOUNT}
    assert theirs.decrypt_message(envelope, sha1(TOKEN, TIMESTAMP, NONCE, ours), TIMESTAMP, NONCE) == message


@given(st.binary(max_size=200))
def test_whatever_is_no_ciphertext_is_refused(raw: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        Box.of(AES_KEY, APP_ID).decrypt(base64.b64encode(raw).decode())


def test_a_key_with_loose_ends_is_taken_and_a_wrong_one_is_not() -> None:
    assert Box.of(AES_KEY[:-1] + "9", APP_ID).key == Box.of(AES_KEY, APP_ID).key
    for key in ("", "short", AES_KEY + "A", "*" * 43, "中" * 43):
        with pytest.raises(SignatureInvalid):
            Box.of(key, APP_ID)


def test_encrypting_needs_its_random_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        Box.of(AES_KEY, APP_ID).encrypt(b"hello", b"short")


TEXT = fixture("text")
COPY = b"<MsgType>text</MsgType><FromUserName>oFORGED</FromUserName><Content>forged</Content><MsgId>1</MsgId>"
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'
TAKEN: list[tuple[str, Delivery, dict[str, str]]] = [
    ("plain", pushed(TEXT), PLAIN),
    ("plain, without a key", pushed(TEXT), {"token": TOKEN}),
    ("plain, with an unused key", pushed(TEXT), {**SAFE, "mode": "plain"}),
    ("already safe while the account says plain", sealed(TEXT), {**SAFE, "mode": "plain"}),
    ("safe", sealed(TEXT), SAFE),
    ("safe, no mode said", sealed(TEXT), {**SAFE, "mode": ""}),
    ("compatible", sealed(TEXT, copy=COPY), COMPATIBLE),
]


@pytest.mark.parametrize(("label", "delivery", "credentials"), TAKEN, ids=[case[0] for case in TAKEN])
def test_a_rightly_signed_delivery(label: str, delivery: Delivery, credentials: dict[str, str]) -> None:
    opened = ADAPTER.open(delivery, credentials, RECEIVED_AT)
    (event,) = ADAPTER.parse(opened)
    assert isinstance(event, MessageReceived)
    assert (event.body.text, opened.body.strip(), opened.takes_reply) == ("hello 你好 👋", TEXT.strip(), True)


def altered(delivery: Delivery, before: str, after: str) -> Delivery:
    assert before in delivery.query
    return Delivery("POST", delivery.query.replace(before, after), delivery.headers, delivery.raw, RECEIVED_AT)


REFUSED: list[tuple[str, Delivery, dict[str, str]]] = [
    ("unsigned", Delivery("POST", "", {}, TEXT, RECEIVED_AT), PLAIN),
    ("another token", pushed(TEXT), {**PLAIN, "token": "other"}),
    ("no token set", pushed(TEXT), {**PLAIN, "token": ""}),
    ("an empty signature", altered(pushed(TEXT), sha1(TOKEN, TIMESTAMP, NONCE), ""), PLAIN),
    ("another moment", altered(pushed(TEXT), TIMESTAMP, "1763770009"), PLAIN),
    ("too many fields", pushed(TEXT, **{f"a{n}": "1" for n in range(30)}), PLAIN),
    ("unencrypted, in safe mode", pushed(TEXT), SAFE),
    ("unencrypted, no mode said", pushed(TEXT), {**SAFE, "mode": ""}),
    ("unencrypted, in compatible mode", pushed(TEXT), COMPATIBLE),
    ("for another app", sealed(TEXT, app_id="wxfedcba9876543210"), SAFE),
    ("with an old key", sealed(TEXT, key="B" * 42 + "A"), SAFE),
    ("another ciphertext", altered(sealed(TEXT), "msg_signature=", "msg_signature=0"), SAFE),
    ("a body that is no XML", pushed(b"hello", msg_signature="x"), SAFE),
    ("an entity in the envelope", pushed(ENTITY, msg_signature="x"), SAFE),
    ("an envelope without ciphertext", pushed(b"<xml/>", msg_signature=sha1(TOKEN, TIMESTAMP, NONCE)), SAFE),
]


@pytest.mark.parametrize(("label", "delivery", "credentials"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_delivery_of_doubtful_origin(label: str, delivery: Delivery, credentials: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(delivery, credentials, RECEIVED_AT)


def test_a_handshake_is_answered_with_its_own_words() -> None:
    for credentials in (PLAIN, SAFE, COMPATIBLE):
        opened = ADAPTER.open(asked("5813 +/=<b>"), credentials, RECEIVED_AT)
        assert ADAPTER.parse(opened) == []
        assert ADAPTER.acknowledge(opened, ()) == HttpAnswer(body=b"5813 +/=<b>")
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(asked("x"), {"token": "other"}, RECEIVED_AT)


WECOM = {**SAFE, "app_id": "ww0123456789abcdef", "flavour": "kf"}
ECHO = {"msg_signature": "f13011b822d9d9a25340b180031967de63f7fad1", "timestamp": "1700000000", "nonce": "nonce42"}


@pytest.mark.parametrize("quoted", [quote(ECHO_SEALED, safe=""), ECHO_SEALED], ids=["quoted", "with a bare plus"])
def test_wecom_encrypts_its_handshake(quoted: str) -> None:
    delivery = Delivery("GET", f"{urlencode(ECHO)}&echostr={quoted}", {}, b"", RECEIVED_AT)
    opened = ADAPTER.open(delivery, WECOM, RECEIVED_AT)
    assert ADAPTER.acknowledge(opened, ()).body == b"1616140317555161061"
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(delivery, {**WECOM, "app_id": "ww0000000000000000"}, RECEIVED_AT)


def reply(kind: str = "text", text: str = "Thanks 谢谢 ]]> <b>", **fields: Any) -> PassiveReply:
    message = OutboundMessage(kind, text, **fields)
    return PassiveReply(message, datetime(2025, 11, 22, tzinfo=UTC), RANDOM + b"and sixteen more")


def test_nothing_to_say_is_success() -> None:
    for delivery, credentials in ((pushed(TEXT), PLAIN), (sealed(TEXT), SAFE)):
        opened = ADAPTER.open(delivery, credentials, RECEIVED_AT)
        assert ADAPTER.acknowledge(opened, ()) == HttpAnswer(body=b"success")


def test_an_automatic_reply_goes_back_in_plain_text() -> None:
    answer = ADAPTER.acknowledge(ADAPTER.open(pushed(TEXT), PLAIN, RECEIVED_AT), (reply(),))
    assert answer.content_type == "text/xml; charset=utf-8"
    assert read_xml(answer.body) == {
        "ToUserName": "oFAKE_openid_000000000000001",
        "FromUserName": ACCOUNT,
        "CreateTime": "1763769600",
        "MsgType": "text",
        "Content": "Thanks 谢谢 ]]> <b>",
    }
    assert b"<CreateTime>1763769600</CreateTime>" in answer.body


def test_an_automatic_reply_in_safe_mode_is_one_that_wechatpy_reads() -> None:
    opened = ADAPTER.open(sealed(TEXT), SAFE, RECEIVED_AT)
    answer = ADAPTER.acknowledge(opened, (reply(),))
    outer = read_xml(answer.body)
    assert set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    theirs = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    plain = theirs.decrypt_message(answer.body.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    message = parse_message(plain)
    assert (message.type, message.content, message.target) == (
        "text",
        "Thanks 谢谢 ]]> <b>",
        "oFAKE_openid_000000000000001",
    )
    assert ADAPTER.acknowledge(opened, (reply(),)) == answer, "the same randomness, the same bytes"
    assert ADAPTER.acknowledge(opened, (answer,)) is answer, "what is stored goes back as it is"


FILE = MediaHandle("m1", "image/jpeg", 9, "a.jpg", platform_id="MEDIA_1")
CARD = {"title": "Dress", "subtitle": "Red", "image_url": "https://e.com/i.png", "url": "https://e.com/7"}
REPLIES: list[tuple[str, PassiveReply, dict[str, Any]]] = [
    ("an image", reply("image", media=FILE), {"MsgType": "image", "Image": {"MediaId": "MEDIA_1"}}),
    ("a voice", reply("audio", media=FILE), {"MsgType": "voice", "Voice": {"MediaId": "MEDIA_1"}}),
    (
        "a video",
        reply("video", "Our shop", media=FILE, content={"title": "Shop"}),
        {"MsgType": "video", "Video": {"MediaId": "MEDIA_1", "Title": "Shop", "Description": "Our shop"}},
    ),
    (
        "music",
        reply("music", media=FILE, content={"title": "Song", "url": "https://e.com/a.mp3"}),
        {"MsgType": "music", "Music": {"Title": "Song", "MusicUrl": "https://e.com/a.mp3", "ThumbMediaId": "MEDIA_1"}},
    ),
    (
        "a card",
        reply("cards", content={"cards": [CARD]}),
        {
            "MsgType": "news",
            "ArticleCount": "1",
            "Articles": {
                "item": {
                    "Title": "Dress",
                    "Description": "Red",
                    "PicUrl": "https://e.com/i.png",
                    "Url": "https://e.com/7",
                }
            },
        },
    ),
]


@pytest.mark.parametrize(("label", "passive", "expected"), REPLIES, ids=[case[0] for case in REPLIES])
def test_an_automatic_reply_of_every_kind(label: str, passive: PassiveReply, expected: dict[str, Any]) -> None:
    answer = ADAPTER.acknowledge(ADAPTER.open(pushed(TEXT), PLAIN, RECEIVED_AT), (passive,))
    said = read_xml(answer.body)
    assert {name: said[name] for name in said if not name.endswith(("UserName", "Time"))} == expected


def test_what_cannot_go_back_at_once() -> None:
    opened = ADAPTER.open(pushed(TEXT), PLAIN, RECEIVED_AT)
    for passive, code in (
        (reply("location"), "kind_unsupported"),
        (reply(text="长" * 683), "text_too_long"),
        (reply(text=""), "text_too_long"),
        (reply("image"), "media_missing"),
        (reply("image", media=MediaHandle("m1", "image/jpeg", 9, "a.jpg")), "media_missing"),
        (reply("cards", content={"cards": [CARD, CARD]}), "articles_count"),
    ):
        with pytest.raises(MessageInvalid) as error:
            ADAPTER.acknowledge(opened, (passive,))
        assert error.value.code == code


ANSWERABLE = {
    "subscribe",
    "subscribe_scene",
    "subscribe_paid",
    "scan",
    "click",
    "scancode_waitmsg",
    "user_enter_tempsession",
}


def test_only_some_events_take_a_reply() -> None:
    for name in ("subscribe", "scan", "click", "view", "location", "unsubscribe", "template_success", "user_get_card"):
        opened = ADAPTER.open(pushed(fixture(f"event_{name}")), PLAIN, RECEIVED_AT)
        assert opened.takes_reply == (name in ANSWERABLE)
        if not opened.takes_reply:
            assert ADAPTER.acknowledge(opened, (reply(),)).body == b"success"


def test_keys_are_not_shown() -> None:
    opened = ADAPTER.open(sealed(TEXT), SAFE, RECEIVED_AT)
    for shown in (repr(opened), repr(opened.envelope), repr(reply())):
        assert TOKEN not in shown
        assert repr(Box.of(AES_KEY, APP_ID).key) not in shown
        assert "0123456789abcdefand" not in shown

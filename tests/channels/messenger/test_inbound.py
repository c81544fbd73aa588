"""Every kind of delivery that Messenger documents, and what it becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    Body,
    ConsentChanged,
    ControlChanged,
    Delivery,
    Event,
    HttpAnswer,
    Key,
    MediaRef,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    PayloadMalformed,
    Person,
    ReactionChanged,
    SignatureInvalid,
    StatusChanged,
    TemplateChanged,
    Unrecognised,
    WatermarkMoved,
)
from channels.messenger import ADAPTER
from tests.channels.harness import APP_SECRET, RECEIVED_AT, VERIFY_TOKEN, at, events_in, handshake, signed

FIXTURES = Path(__file__).parent / "fixtures"
PAGE = "300100200300"
ANA = Person((Key("account", "psid", "7700000000000001"),))
USER_REF = Key("account", "user_ref", "ur_17")
CARL = Person((Key("account", "commenter", "9900000000000007"),), "Carl Brandt")
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
SENT, ENTRY = at(1763769999.9), at(1763770000.123)
BASE: dict[str, Any] = {"account": PAGE, "occurred_at": SENT}
MADE = "made"
"""Stands for the id that a message without one gets: its prefix is compared, and below that a repeat has the same."""


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def raw(name: str, index: int, entry: int = 0) -> Any:
    """Return one event object of a fixture."""
    found = json.loads(fixture(name))["entry"][entry]
    return next(found[key] for key in ("messaging", "standby", "changes") if key in found)[index]


def received(body: Body | str, external_id: str, sender: Person = ANA, **fields: Any) -> MessageReceived:
    said = Body("text", body) if isinstance(body, str) else body
    return MessageReceived(external_id=external_id, sender=sender, body=said, **{**BASE, **fields})


def echoed(body: Body | str, external_id: str, **fields: Any) -> MessageEchoed:
    said = Body("text", body) if isinstance(body, str) else body
    return MessageEchoed(external_id=external_id, recipient=ANA, body=said, **BASE, **fields)


def system(code: str, params: Any, **fields: Any) -> MessageReceived:
    body = Body("system", content={"code": code, "params": params})
    return received(body, f"{code}:{MADE}", opens_window=False, **fields)


def file(mid: str, url: str, index: int = 0) -> MediaRef:
    return MediaRef(f"{mid}#{index}", url)


def unsupported(name: str, index: int, kind: str) -> Body:
    return Body("unsupported", content={"kind": kind, "code": "", "raw": raw(name, index)["message"]})


def reacted(emoji: str | None, second: float, **fields: Any) -> ReactionChanged:
    return ReactionChanged(
        account=PAGE, occurred_at=at(second), **{"target": "m_OUT1", "emoji": emoji, "person": ANA, **fields}
    )


def commented(text: str, comment_id: str, second: int, **comment: str) -> MessageReceived:
    body = Body("comment", text, {"comment": {"id": comment_id, "kind": "comment", **comment}})
    fields = {"reply_to": comment["parent_id"]} if "parent_id" in comment else {}
    return received(body, comment_id, CARL, occurred_at=at(second), opened_by="comment", **fields)


def account(field: str, value: str, data: Any, severity: str = "info", **fields: Any) -> AccountChanged:
    return AccountChanged(
        field=field,
        value=value,
        severity=severity,  # type: ignore[arg-type]
        platform_account=PAGE,
        data=data,
        **{"account": PAGE, "occurred_at": ENTRY, **fields},
    )


def template(index: int, external_id: str, name: str, language: str, value: str, reason: str = "") -> TemplateChanged:
    return TemplateChanged(
        account=PAGE,
        occurred_at=ENTRY,
        change="status",
        external_id=external_id,
        name=name,
        language=language,
        value=value,
        reason=reason,
        platform_account=PAGE,
        data=raw("templates", index)["value"],
    )


def unknown(field: str, value: Any, occurred_at: Any = SENT) -> Unrecognised:
    return Unrecognised(account=PAGE, occurred_at=occurred_at, field=field, raw=value)


STICKER = "369239263222822"
THUMB = "https://scontent.example/thumb.png"
R7 = "https://shop.example/r7"
CARD = {
    "title": "Runner 7",
    "subtitle": "EUR 19.90",
    "image_url": "https://shop.example/r7.jpg",
    "url": R7,
    "buttons": [{"title": "Buy", "id": "BUY:SKU-7"}, {"title": "View", "url": R7}],
}
PRODUCT = {
    "kind": "product",
    "id": "4410",
    "retailer_id": "SKU-7",
    "title": "Runner 7",
    "subtitle": "EUR 19.90",
    "image_url": "https://scontent.example/r7.jpg",
}
AD = {
    "source_type": "ad",
    "source_id": "6045246247433",
    "ref": "spring",
    "headline": "Spring sale",
    "media_type": "image",
    "media_url": "https://scontent.example/ad.jpg",
    "post_id": "300100200300_7",
}
VIDEO_AD = {
    "source_type": "ad",
    "source_id": "6045246247433",
    "headline": "Spring sale",
    "media_type": "video",
    "media_url": "https://video.example/ad.mp4",
}
BOOKING = {
    "booking_id": "B1",
    "status": "requested",
    "start_time": "1763800000",
    "end_time": "1763803600",
    "timezone": "Europe/Lisbon",
}
CART = {
    "catalog_id": "",
    "items": [
        {"product_id": "SKU-7", "quantity": 2, "price": {"amount_minor": 1990, "currency": "EUR"}},
        {"product_id": "4411", "quantity": 1, "price": {"amount_minor": 500, "currency": "EUR"}},
    ],
    "total": {"amount_minor": 4480, "currency": "EUR"},
}
POST_URL = "https://www.facebook.com/300100200300/posts/5"
NEWS = {
    "token": "NM_TOKEN",
    "frequency": "weekly",
    "time_zone": "Europe/Lisbon",
    "expires_at_ms": 1795306000000,
    "token_status": "not_refreshed",
    "title": "Our news",
    "payload": "weekly",
}

CASES: list[tuple[str, str, list[Event]]] = [
    ("a text", "text", [received("Hi, é in stock?", "m_1")]),
    ("an answer to our message", "reply", [received("This one", "m_2", reply_to="m_OUT1")]),
    (
        "a tapped quick reply",
        "quick_reply",
        [received(Body("button_reply", "Blue", {"id": "COLOR_BLUE", "title": "Blue"}), "m_3", reply_to="m_OUT1")],
    ),
    (
        "two pictures, a video, a voice note, a file with words",
        "media",
        [
            received(
                Body(
                    "image",
                    media=(
                        file("m_4", "https://scontent.example/1.jpg"),
                        file("m_4", "https://scontent.example/2.jpg", 1),
                    ),
                ),
                "m_4",
            ),
            received(Body("video", media=(file("m_5", "https://video.example/1.mp4"),)), "m_5"),
            received(Body("audio", media=(file("m_6", "https://cdn.example/1.mp4"),)), "m_6"),
            received(Body("document", "Our invoice", media=(file("m_7", "https://cdn.example/1.pdf"),)), "m_7"),
        ],
    ),
    (
        "a sticker as a picture, as both, as itself",
        "stickers",
        [
            received(Body("sticker", content={"sticker_id": STICKER}, media=(file("m_8", THUMB),)), "m_8"),
            received(Body("sticker", content={"sticker_id": STICKER}, media=(file("m_9", THUMB, 1),)), "m_9"),
            received(Body("sticker", content={"sticker_id": STICKER}, media=(file("m_10", THUMB),)), "m_10"),
        ],
    ),
    (
        "a link in a text, a link alone, a link without anything",
        "links",
        [
            received(Body("text", f"See {R7}", {"shares": [{"kind": "link", "url": R7, "title": "Runner 7"}]}), "m_11"),
            received(
                Body(
                    "share", "A page", {"shares": [{"kind": "link", "url": "https://shop.example", "title": "A page"}]}
                ),
                "m_12",
            ),
            received(unsupported("links", 2, "fallback"), "m_13"),
        ],
    ),
    (
        "a product, a reel, a post with words",
        "shares",
        [
            received(Body("share", "Runner 7", {"shares": [PRODUCT]}), "m_14"),
            received(
                Body(
                    "share",
                    "Runners at dawn",
                    {
                        "shares": [
                            {
                                "kind": "reel",
                                "id": "991",
                                "url": "https://www.facebook.com/reel/991",
                                "title": "Runners at dawn",
                            }
                        ]
                    },
                ),
                "m_15",
            ),
            received(
                Body(
                    "share",
                    "You posted this",
                    {"shares": [{"kind": "post", "id": "300100200300_5", "url": POST_URL}]},
                ),
                "m_16",
            ),
        ],
    ),
    (
        "a place and an appointment",
        "location_and_booking",
        [
            received(
                Body("location", content={"latitude": 38.7139, "longitude": -9.1394, "name": "Ana's Location"}), "m_17"
            ),
            received(Body("form_reply", content={"name": "appointment_booking", "values": BOOKING}), "m_18"),
        ],
    ),
    (
        "kinds of tomorrow, alone and beside a picture, and nothing at all",
        "unknown_kinds",
        [
            received(unsupported("unknown_kinds", 0, "hologram"), "m_19"),
            received(
                Body(
                    "image",
                    "Both",
                    {"unread_parts": [{"type": "hologram", "payload": {"depth": 3}}]},
                    (file("m_20", "https://scontent.example/3.jpg"),),
                ),
                "m_20",
            ),
            received(unsupported("unknown_kinds", 2, "unknown"), "m_21"),
        ],
    ),
    (
        "from an advertisement with words, a product's page, a link, an advertisement without words; a command",
        "from_ads",
        [
            received(Body("text", "Is it on sale?", {"referral": AD, "product": {"product_id": "4410"}}), "m_22"),
            received(Body("text", "Do you have it in M?", {"product": {"product_id": "4410"}}), "m_23"),
            received(
                Body(
                    "referral",
                    content={"referral": {"source_type": "shortlink", "source_url": R7, "ref": "poster-7"}},
                ),
                f"referral:{MADE}",
                occurred_at=at(1763770001),
            ),
            received(Body("referral", content={"referral": VIDEO_AD}), f"referral:{MADE}", occurred_at=at(1763770002)),
            received(Body("text", "/help", {"commands": ["help"]}), "m_24"),
        ],
    ),
    (
        "the start button with a referral, and a button without an id",
        "postbacks",
        [
            received(
                Body(
                    "postback",
                    "Get started",
                    {
                        "id": "START",
                        "title": "Get started",
                        "referral": {"source_type": "shortlink", "ref": "poster-7"},
                    },
                ),
                "m_25",
            ),
            received(Body("postback", "Talk to us", {"id": "HUMAN", "title": "Talk to us"}), f"postback:{MADE}"),
        ],
    ),
    (
        "while another app has the thread",
        "standby",
        [
            received("To the other app", "m_26", standby=True),
            received(Body("postback", "Menu", {"title": "Menu"}), "m_27", standby=True),
        ],
    ),
    (
        "echoes: ours, of the Page's inbox, of cards, of buttons, of a picture, of nothing",
        "echoes",
        [
            echoed("It is", "m_OUT1", callback=CALLBACK),
            echoed("Typed in the Page's inbox", "m_OUT2"),
            echoed(Body("text", "Runner 7", {"cards": [CARD]}), "m_OUT3"),
            echoed(
                Body("text", "Pay now?", {"buttons": [{"title": "Pay", "url": "https://shop.example/pay"}]}), "m_OUT4"
            ),
            echoed(Body("image", media=(file("m_OUT5", "https://scontent.example/4.jpg"),)), "m_OUT5"),
            echoed(unsupported("echoes", 5, "fallback"), "m_OUT6"),
        ],
    ),
    (
        "an edit, an unsent message, reactions with and without emoji, taken back, and the Page's own",
        "changes_of_messages",
        [
            MessageEdited(**BASE, target="m_1", body=Body("text", "Hi, is it in stock?"), person=ANA),
            MessageDeleted(**BASE, target="m_2", person=ANA),
            reacted("❤", 1763769999.9),
            reacted(None, 1763770003),
            reacted("😮", 1763770004),
            reacted("❔", 1763770005),
            reacted("👍", 1763769999.9, target="m_1", ours=True),
        ],
    ),
    (
        "delivered and read, by watermark with and without ids, by ids alone, by nothing",
        "watermarks",
        [
            WatermarkMoved(**BASE, person=ANA, status="delivered", until=at(1763769999.5)),
            WatermarkMoved(**BASE, person=ANA, status="delivered", until=at(1763769999.6)),
            WatermarkMoved(**BASE, person=ANA, status="read", until=at(1763769999.7)),
            StatusChanged(**BASE, external_id="m_OUT1", status="delivered", recipient=ANA),
            StatusChanged(**BASE, external_id="m_OUT2", status="delivered", recipient=ANA),
            unknown("messaging", raw("watermarks", 4)),
        ],
    ),
    (
        "opt-ins by plugin, by a page without a person, to news and out of them, to one notification; who that person is",
        "optins",
        [
            received(
                Body("referral", content={"referral": {"source_type": "customer_chat", "ref": "checkout"}}),
                f"optin:{MADE}",
            ),
            received(
                Body("referral", content={"referral": {"source_type": "plugin", "ref": "newsletter"}}),
                f"optin:{MADE}",
                Person((USER_REF,)),
            ),
            ConsentChanged(**BASE, person=ANA, purpose="marketing", granted=True, source="platform", data=NEWS),
            ConsentChanged(
                account=PAGE,
                occurred_at=at(1763770006),
                person=ANA,
                purpose="marketing",
                granted=False,
                source="platform",
                detail="stop_notifications",
                data={"token": "NM_TOKEN"},
            ),
            ConsentChanged(
                **BASE,
                person=ANA,
                purpose="one_time_notification",
                granted=True,
                source="platform",
                data={"token": "OTN_TOKEN", "payload": "restock"},
            ),
            received("Hello", "m_28", Person((*ANA.keys, USER_REF))),
        ],
    ),
    (
        "the thread passed from nobody, taken by the inbox, asked for; roles",
        "thread_control",
        [
            ControlChanged(**BASE, person=ANA, change="passed", owner="1517776481860111", note="a person is wanted"),
            ControlChanged(**BASE, person=ANA, change="taken", owner="263902037430900", previous="1517776481860111"),
            ControlChanged(**BASE, person=ANA, change="requested", owner="123456789", note="may I?"),
            account("app_roles", "", {"1517776481860111": ["primary_receiver"]}, occurred_at=SENT),
        ],
    ),
    (
        "the platform blocks us and lets us go on",
        "policies",
        [
            account(
                "policy_enforcement",
                "block",
                {"action": "block", "reason": "Too many reports"},
                "error",
                occurred_at=SENT,
            ),
            account("policy_enforcement", "unblock", {"action": "unblock"}, occurred_at=at(1763769999.901)),
        ],
    ),
    (
        "an account linked and unlinked, feedback, a game, a cart",
        "other_events",
        [
            system("account_linked", {"authorization_code": "AC1"}),
            system("account_unlinked", {}),
            system("response_feedback", {"feedback": "Good response"}, reply_to="m_OUT1"),
            system("game_played", {"game_id": "9", "score": "7"}),
            received(Body("order", "As a gift", CART), f"order:{MADE}"),
        ],
    ),
    (
        "a comment, an answer to it, edited, removed, hidden; the Page's own, a like; a visitor's post; a mention",
        "feed",
        [
            commented("How much?", "5_71", 1763769900, post_id="300100200300_5", url=POST_URL),
            commented("Hello?", "5_72", 1763769910, post_id="300100200300_5", parent_id="5_71"),
            MessageEdited(
                account=PAGE,
                occurred_at=at(1763769920),
                target="5_71",
                body=Body("comment", "How much is it?", {"comment": {"id": "5_71", "kind": "comment"}}),
                person=CARL,
            ),
            MessageDeleted(account=PAGE, occurred_at=at(1763769930), target="5_72", person=CARL),
            account("feed", "comment_hide", raw("feed", 4)["value"]),
            account("feed", "comment_add", raw("feed", 5)["value"]),
            account("feed", "reaction_add", raw("feed", 6)["value"]),
            commented("Great shop", "300100200300_8", 1763769960, kind="post", post_id="300100200300_8"),
            commented("Ask @Shop", "44_9", 1763769970, kind="mention", post_id="9911_44"),
        ],
    ),
    (
        "templates approved, refused and without a name; a lead, a lost marketing message, unknown fields",
        "templates",
        [
            template(0, "8800", "order_sent", "en_US", "approved"),
            template(1, "8801", "late", "pt_PT", "rejected", "invalid_format"),
            unknown("message_template_status_update", {"event": "APPROVED"}, ENTRY),
            account("leadgen", "66", {"leadgen_id": "66", "form_id": "1"}),
            account("marketing_message_delivery_failed", "", {"tracking_id": "T1"}, "warning"),
            unknown("fan_count", {"count": 3}, ENTRY),
            unknown("feed", {"field": "feed", "value": "gone"}, ENTRY),
        ],
    ),
    (
        "the dashboard's test button",
        "dashboard_test",
        [
            received(
                Body("text", "test_message", {"commands": ["command123"]}),
                "test_message_id",
                Person((Key("account", "psid", "12334"),)),
                account="0",
                occurred_at=at(1527459824),
            )
        ],
    ),
    (
        "several Pages, and broken parts between whole ones",
        "several_entries",
        [
            received("one", "m_1"),
            received("to another Page", "m_30", account="300100200301"),
            replace(unknown("entry", {"value": "nonsense"}, RECEIVED_AT), account=""),
            unknown("entry", {"id": PAGE, "time": 1763770000123, "hop_context": []}, ENTRY),
            unknown("messaging", {"value": "nonsense"}, ENTRY),
            *(unknown("messaging", raw("several_entries", index, 4)) for index in range(1, 8)),
            received("one again", "m_1"),
        ],
    ),
]


def comparable(event: Event) -> Event:
    """Return an event without what only a repeat can check."""
    if isinstance(event, MessageReceived) and len(event.external_id.partition(":")[2]) == 32:
        event = replace(event, external_id=f"{event.external_id.partition(':')[0]}:{MADE}")
    return replace(event, event_key="")


@pytest.mark.parametrize(("label", "name", "expected"), CASES, ids=[case[1] for case in CASES])
def test_a_delivery_becomes_events(label: str, name: str, expected: list[Event]) -> None:
    assert [comparable(event) for event in events_in(ADAPTER, fixture(name))] == expected


def test_every_fixture_belongs_to_a_case() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == {name for _, name, _ in CASES}


@pytest.mark.parametrize("name", [case[1] for case in CASES])
def test_an_event_without_an_id_has_a_key_that_a_repeat_shares(name: str) -> None:
    later = Delivery("POST", "", signed(fixture(name)).headers, fixture(name), at(1780000000))
    first = events_in(ADAPTER, fixture(name))
    again = ADAPTER.parse(ADAPTER.open(later, {"app_secret": APP_SECRET}, RECEIVED_AT))
    assert [event.event_key for event in first] == [event.event_key for event in again]
    named = (MessageReceived, MessageEchoed, StatusChanged)
    assert [bool(event.event_key) for event in first] == [not isinstance(event, named) for event in first]
    ids = [event.event_key or getattr(event, "external_id", "") for event in first]
    assert ids == [event.event_key or getattr(event, "external_id", "") for event in again]
    assert len(set(ids)) == len(ids) or name == "several_entries"


def test_a_bad_signature_is_refused() -> None:
    for delivery in (signed(fixture("text"), "another secret"), Delivery("POST", "", {}, fixture("text"), RECEIVED_AT)):
        with pytest.raises(SignatureInvalid):
            ADAPTER.open(delivery, {"app_secret": APP_SECRET}, RECEIVED_AT)


def test_the_handshake_is_answered_with_its_challenge() -> None:
    query = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444"
    opened = ADAPTER.open(handshake(query), {"verify_token": VERIFY_TOKEN}, RECEIVED_AT)
    assert ADAPTER.parse(opened) == []
    assert ADAPTER.acknowledge(opened, []) == HttpAnswer(200, b"1158201444", "text/plain")
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(handshake(query), {"verify_token": "another"}, RECEIVED_AT)


MALFORMED: list[tuple[str, bytes]] = [
    ("no JSON", b"<html>"),
    ("no object", b"[]"),
    ("another platform", b'{"object":"instagram","entry":[]}'),
    ("no entries", b'{"object":"page","entry":{}}'),
]


@pytest.mark.parametrize(("label", "body"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_a_body_nobody_understands_is_malformed(label: str, body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        events_in(ADAPTER, body)


def test_the_first_of_two_messages_of_a_person_without_an_id_is_theirs_by_user_ref() -> None:
    _, opted_in, *_, written = events_in(ADAPTER, fixture("optins"))
    assert isinstance(opted_in, MessageReceived)
    assert isinstance(written, MessageReceived)
    assert set(opted_in.sender.keys) <= set(written.sender.keys)

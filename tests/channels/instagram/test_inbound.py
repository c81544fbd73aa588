"""Every kind of delivery that Instagram documents, and what it becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    Body,
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
    Unrecognised,
    WatermarkMoved,
)
from channels.instagram import ADAPTER
from tests.channels.harness import APP_SECRET, RECEIVED_AT, VERIFY_TOKEN, at, events_in, handshake, signed

FIXTURES = Path(__file__).parent / "fixtures"
IG = "17840000000000001"
BEA = Person((Key("account", "igsid", "6600000000000001"),))
DORA = Person((Key("account", "igsid", "5500000000000009"),), username="dora.k")
SENT, ENTRY = at(1763769999.9), at(1763770000.123)
END_OF_STORY_S = 1763769999 + 86_400
BASE: dict[str, Any] = {"account": IG, "occurred_at": SENT}
MADE = "made"


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def raw(name: str, index: int) -> Any:
    """Return one event object of a fixture."""
    found = json.loads(fixture(name))["entry"][0]
    return next(found[key] for key in ("messaging", "changes") if key in found)[index]


def received(body: Body | str, external_id: str, sender: Person = BEA, **fields: Any) -> MessageReceived:
    said = Body("text", body) if isinstance(body, str) else body
    return MessageReceived(external_id=external_id, sender=sender, body=said, **{**BASE, **fields})


def file(mid: str, url: str, index: int = 0) -> MediaRef:
    return MediaRef(f"{mid}#{index}", f"https://cdn.example/{url}")


def story(url: str) -> MediaRef:
    return MediaRef("", f"https://cdn.example/{url}", keep_until_s=END_OF_STORY_S)


def shared(mid: str, kind: str, url: str, text: str = "", **fields: str) -> MessageReceived:
    share = {"kind": kind, "url": f"https://cdn.example/{url}", **fields}
    body = Body("share", text or fields.get("title", ""), {"shares": [share]}, (file(mid, url),))
    return received(body, mid)


def unsupported(index: int, kind: str) -> Body:
    content = {"kind": kind, "code": "", "raw": raw("unsupported", index)["message"]}
    return Body("unsupported", content=content)


def reacted(emoji: str | None, second: float) -> ReactionChanged:
    return ReactionChanged(account=IG, occurred_at=at(second), target="aWdfOUT1", emoji=emoji, person=BEA)


def commented(
    text: str, comment_id: str, kind: str = "comment", occurred_at: Any = ENTRY, **about: str
) -> MessageReceived:
    body = Body("comment", text, {"comment": {"id": comment_id, "kind": kind, **about}})
    reply_to = about.get("parent_id", "")
    return received(body, comment_id, DORA, occurred_at=occurred_at, opened_by="comment", reply_to=reply_to)


def account(field: str, value: str, data: Any) -> AccountChanged:
    return AccountChanged(
        account=IG, occurred_at=ENTRY, field=field, value=value, severity="info", platform_account=IG, data=data
    )


CASES: list[tuple[str, str, list[Event]]] = [
    ("a text", "text", [received("Price?", "aWdfTEST1")]),
    (
        "answers to a story: in words, and with a picture once the story has no address",
        "story_reply",
        [
            received(
                Body(
                    "story_reply",
                    "love this",
                    {"story": {"id": "18000000000000001", "url": "https://cdn.example/story.mp4"}},
                    (story("story.mp4"),),
                ),
                "aWdfTEST2",
            ),
            received(
                Body(
                    "story_reply",
                    content={"story": {"id": "18000000000000001"}},
                    media=(file("aWdfTEST3", "me.jpg"),),
                ),
                "aWdfTEST3",
            ),
        ],
    ),
    (
        "a mention in a story",
        "story_mention",
        [received(Body("story_mention", media=(story("m.jpg"),)), "aWdfTEST4")],
    ),
    (
        "a quick reply, an answer to our message, an ice breaker, a link, a product, an advertisement",
        "replies",
        [
            received(Body("button_reply", "Blue", {"id": "COLOR_BLUE", "title": "Blue"}), "aWdfTEST5"),
            received("That one", "aWdfTEST6", reply_to="aWdfOUT1"),
            received(Body("postback", "Do you ship?", {"id": "SHIP", "title": "Do you ship?"}), "aWdfTEST7"),
            received(
                Body("referral", content={"referral": {"source_type": "shortlink", "ref": "bio"}}), f"referral:{MADE}"
            ),
            received(Body("text", "This", {"product": {"product_id": "4410"}}), "aWdfTEST8"),
            received(
                Body(
                    "text",
                    "Hi",
                    {
                        "referral": {
                            "source_type": "ad",
                            "source_id": "6045",
                            "headline": "Sale",
                            "media_type": "image",
                            "media_url": "https://cdn.example/ad.jpg",
                        }
                    },
                ),
                "aWdfTEST9",
            ),
        ],
    ),
    (
        "a post as of old, a reel, a post with words, a story that may not be kept",
        "shares",
        [
            shared("aWdfS1", "post", "post.jpg"),
            shared("aWdfS2", "reel", "reel.mp4", id="1799", title="At dawn"),
            shared("aWdfS3", "post", "post2.jpg", "in blue?", id="1798", title="New in"),
            received(
                Body(
                    "share",
                    content={"shares": [{"kind": "story", "url": "https://cdn.example/s.jpg"}]},
                    media=(story("s.jpg"),),
                ),
                "aWdfS4",
            ),
        ],
    ),
    (
        "a picture with a video, a voice note, a file, something, a heart",
        "media",
        [
            received(Body("image", media=(file("aWdfM1", "1.jpg"), file("aWdfM1", "2.mp4", 1))), "aWdfM1"),
            received(Body("audio", media=(file("aWdfM2", "3.m4a"),)), "aWdfM2"),
            received(Body("document", media=(file("aWdfM3", "4.pdf"),)), "aWdfM3"),
            received(Body("document", media=(file("aWdfM4", "5"),)), "aWdfM4"),
            received("❤️", "aWdfM5"),
        ],
    ),
    (
        "what the platform does not pass on",
        "unsupported",
        [
            received(unsupported(0, "unknown"), "aWdfU1"),
            received(unsupported(1, "ephemeral"), "aWdfU2"),
            received(unsupported(2, "fallback"), "aWdfU3"),
        ],
    ),
    (
        "an unsent message, an edit of one that never came, reactions with and without emoji, taken back",
        "changes_of_messages",
        [
            MessageDeleted(**BASE, target="aWdfTEST1", person=BEA),
            MessageEdited(**BASE, target="aWdfNEVER", body=Body("text", "Price, please?"), person=BEA),
            reacted("❤️", 1763769999.9),
            reacted(None, 1763770001),
            reacted("❔", 1763770002),
        ],
    ),
    (
        "seen, by the message, and with it all before",
        "seen",
        [
            StatusChanged(**BASE, external_id="aWdfOUT1", status="read", recipient=BEA),
            WatermarkMoved(**BASE, person=BEA, status="read", until=SENT),
        ],
    ),
    (
        "echoes: of words, of an unsent message, of a card; a message to oneself",
        "echoes",
        [
            MessageEchoed(**BASE, external_id="aWdfOUT1", recipient=BEA, body=Body("text", "19.90")),
            MessageDeleted(**BASE, target="aWdfOUT2", person=BEA, ours=True),
            MessageEchoed(
                **BASE,
                external_id="aWdfOUT3",
                recipient=BEA,
                body=Body("text", "Runner 7", {"cards": [{"title": "Runner 7"}]}),
            ),
            received("to myself", "aWdfSELF", Person((Key("account", "igsid", IG),))),
        ],
    ),
    (
        "while another app has the thread",
        "standby",
        [
            received("elsewhere", "aWdfSB", standby=True),
            ControlChanged(**BASE, person=BEA, change="passed", owner="151", previous="1217981644879628"),
        ],
    ),
    (
        "messages delivered as changes",
        "messages_as_changes",
        [received("as a change", "aWdfC1"), reacted("🔥", 1763769999.9)],
    ),
    (
        "comments in both shapes, below an advertisement, in a live video, our own; a mention; one of nobody",
        "comments",
        [
            commented("How much?", "1790001", parent_id="1790000", post_id="1795", media_kind="feed"),
            commented("And in blue?", "1790002", post_id="1795", media_kind="ad", ad_id="6045", ad_title="Sale"),
            commented("Hello!", "1790003", "live_comment", post_id="1796", media_kind="live"),
            account("comments", "", raw("comments", 3)["value"]),
            account("mentions", "1790005", {"media_id": "1797", "comment_id": "1790005"}),
            Unrecognised(account=IG, occurred_at=ENTRY, field="comments", raw={"id": "1790006", "text": "from nobody"}),
        ],
    ),
    (
        "a comment without the list of changes",
        "comment_flat",
        [commented("Flat", "1790007", occurred_at=at(1763770000), post_id="1795", media_kind="reels")],
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
def test_a_repeat_has_the_same_names(name: str) -> None:
    later = Delivery("POST", "", signed(fixture(name)).headers, fixture(name), at(1780000000))
    first = events_in(ADAPTER, fixture(name))
    again = ADAPTER.parse(ADAPTER.open(later, {"app_secret": APP_SECRET}, RECEIVED_AT))
    assert [(event.event_key, getattr(event, "external_id", "")) for event in first] == [
        (event.event_key, getattr(event, "external_id", "")) for event in again
    ]
    named = (MessageReceived, MessageEchoed, StatusChanged)
    assert [bool(event.event_key) for event in first] == [not isinstance(event, named) for event in first]


def test_the_same_message_by_either_way_is_one() -> None:
    payload = json.loads(fixture("text"))
    entry = payload["entry"][0]
    entry["changes"] = [{"field": "messages", "value": item} for item in entry.pop("messaging")]
    assert events_in(ADAPTER, json.dumps(payload).encode()) == events_in(ADAPTER, fixture("text"))


def test_either_secret_may_have_signed() -> None:
    both = {"app_secret": "of the app", "instagram_app_secret": "of its Instagram product"}
    for secret in both.values():
        assert ADAPTER.open(signed(fixture("text"), secret), both, RECEIVED_AT).challenge is None
    for secrets in ({"app_secret": "of the app"}, {}):
        with pytest.raises(SignatureInvalid):
            ADAPTER.open(signed(fixture("text"), "of its Instagram product"), secrets, RECEIVED_AT)
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(signed(fixture("text"), ""), {"app_secret": "of the app"}, RECEIVED_AT)


def test_the_handshake_is_answered_with_its_challenge() -> None:
    query = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444"
    opened = ADAPTER.open(handshake(query), {"verify_token": VERIFY_TOKEN}, RECEIVED_AT)
    assert ADAPTER.parse(opened) == []
    assert ADAPTER.acknowledge(opened, []) == HttpAnswer(200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"object":"page","entry":[]}', b'{"object":"instagram","entry":1}']
)
def test_a_body_nobody_understands_is_malformed(body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        events_in(ADAPTER, body)

"""What the API sends: on the customer's phone, and ticking forward in the API and on the socket."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.acceptance.shop import RANK, Customer, Json, Live, Number, Shop, until
from tests.acceptance.test_inbound import MESSAGE_MEMBERS, PNG

BUTTONS = [{"id": "sat", "title": "星期六"}, {"id": "sun", "title": "星期日"}]
SECTIONS = [
    {"title": "下午", "rows": [{"id": "pm2", "title": "兩點", "description": "門市"}, {"id": "pm4", "title": "四點"}]}
]
PLACE = {"latitude": 22.3128, "longitude": 114.2257, "name": "錫壺", "address": "觀塘道 418 號"}
SENDS: list[tuple[str, Json, str]] = [
    ("text", {"text": "有貨！兩罐 🎁"}, "text"),
    ("text", {"text": "https://example.com", "link_preview": False}, "text"),
    ("buttons", {"text": "邊日？", "buttons": BUTTONS}, "邊日？"),
    ("list", {"text": "幾點？", "button": "揀時間", "sections": SECTIONS}, "幾點？"),
    ("location", PLACE, "錫壺"),
]


def send(shop: Shop, conversation_id: str, expect: int = 201, **body: Any) -> Json:
    answer: Json = shop.api.ask("POST", f"/conversations/{conversation_id}/messages", expect=expect, json=body)
    return answer


def upload(shop: Shop, data: bytes = PNG, filename: str = "tin.png", mime: str = "image/png") -> Json:
    made: Json = shop.api.ask("POST", "/media", expect=201, files={"file": (filename, data, mime)})
    return made


@pytest.fixture(scope="module")
def customer(shop: Shop, number: Number) -> Customer:
    customer = shop.customer(number)
    customer.says()
    return customer


@pytest.mark.parametrize(("kind", "body", "shown"), SENDS, ids=["text", "no preview", "buttons", "list", "location"])
def test_every_kind_reaches_the_phone_and_ticks_to_read(
    shop: Shop, customer: Customer, kind: str, body: Json, shown: str
) -> None:
    conversation_id = customer.conversation["id"]
    with shop.socket() as live:
        live.hello()
        queued = send(shop, conversation_id, kind=kind, **body)
        assert queued.keys() >= MESSAGE_MEMBERS
        assert (queued["status"], queued["direction"], queued["kind"]) == ("queued", "outbound", kind)
        delivered = shop.settled(queued, "delivered")
        line = customer.gets(delivered["external_id"])
        assert line["by"] == "business"
        customer.act(read=True)
        read = shop.settled(queued, "read")
        assert read["error"] is None
        assert read["delivered_at"] <= read["read_at"]
        seen = _statuses(live, queued["id"])
    assert seen[0] == "queued"
    assert seen[-1] == "read"
    assert seen == sorted(seen, key=RANK.__getitem__), "statuses only move forward"
    assert {"queued", "sent", "delivered", "read"} <= set(seen)
    if "text" in body:
        assert body["text"] in str(line["view"])
    assert shop.api.ask("GET", f"/conversations/{conversation_id}")["last_message"]["status"] == "read"


def _statuses(live: Live, message_id: str) -> list[str]:
    """Return the statuses of the message, frame by frame, up to `read`."""
    live.take_until(lambda frame: _is(frame, message_id) and frame["data"]["status"] == "read", "read on the socket")
    frames = [frame for frame in live.frames if _is(frame, message_id)]
    assert frames[0]["type"] == "message.created"
    return [frame["data"]["status"] for frame in frames]


def _is(frame: Json, message_id: str) -> bool:
    return frame["type"] in ("message.created", "message.updated") and frame["data"]["id"] == message_id


FILES = [
    ("image", PNG, "tin.png", "image/png"),
    (
        "document",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
        "發票.pdf",
        "application/pdf",
    ),
    ("document", "數量,價錢\n1,348\n".encode(), "list.txt", "text/plain"),
]


@pytest.mark.parametrize(("kind", "data", "filename", "mime"), FILES, ids=["image", "pdf", "text file"])
def test_files_arrive_as_they_were_uploaded(
    shop: Shop, customer: Customer, kind: str, data: bytes, filename: str, mime: str
) -> None:
    media = upload(shop, data, filename, mime)
    assert media["kind"] == kind
    message = send(shop, customer.conversation["id"], kind=kind, media_id=media["media_id"], caption="睇吓")
    assert message["attachments"][0]["filename"] == filename
    sent = shop.settled(message, "delivered")
    view = customer.gets(sent["external_id"])["view"]
    assert view["text"] == "睇吓"
    assert shop.plain.get(f"{shop.sandbox_url}/sandbox/media/{view['media']['file_id']}").content == data
    if kind == "document":
        assert view["media"]["filename"] == filename


def test_a_quote_names_what_it_answers_on_the_phone_too(shop: Shop, customer: Customer) -> None:
    line = customer.write(text="Which one?")
    question = customer.wrote(line)
    answer = send(shop, question["conversation_id"], kind="text", text="The blue one", reply_to_id=question["id"])
    assert answer["reply_to_id"] == question["id"]
    sent = shop.settled(answer, "sent")
    assert customer.gets(sent["external_id"])["reply_to"] == line["id"]


def test_a_note_stays_inside(shop: Shop, customer: Customer) -> None:
    conversation_id = customer.conversation["id"]
    before = len(customer.phone_shows())
    note = send(shop, conversation_id, kind="note", text="Prefers green tea")
    assert (note["direction"], note["kind"]) == ("note", "note")
    shop.settled(send(shop, conversation_id, kind="text", text="after the note"), "sent")
    assert len(customer.phone_shows()) == before + 1
    assert "Prefers green tea" not in str(customer.phone_shows())


def test_a_reaction_comes_to_the_phone_and_goes_again(shop: Shop, customer: Customer) -> None:
    line = customer.write(text="Thank you!")
    message = customer.wrote(line)

    def on_the_phone() -> str:
        return str(
            next(one for one in customer.phone_shows() if one["id"] == line["id"])["reactions"].get("business", "")
        )

    for emoji in ("🙏", "❤️", ""):
        target = send(shop, message["conversation_id"], kind="reaction", message_id=message["id"], emoji=emoji)
        assert target["id"] == message["id"]
        assert [one["emoji"] for one in target["reactions"] if one["by"] == "us"] == ([emoji] if emoji else [])
        until(lambda emoji=emoji: on_the_phone() == emoji, f"the reaction {emoji!r} on the phone")
    assert len([one for one in shop.messages(message["conversation_id"]) if one["kind"] == "reaction"]) == 0


@pytest.mark.parametrize(
    ("body", "tap", "kind"),
    [
        ({"kind": "buttons", "text": "Which day?", "buttons": BUTTONS}, "sun", "button_reply"),
        ({"kind": "list", "text": "When?", "button": "Choose", "sections": SECTIONS}, "pm4", "list_reply"),
    ],
    ids=["button", "row"],
)
def test_a_tap_answers_the_message_that_offered_it(
    shop: Shop, customer: Customer, body: Json, tap: str, kind: str
) -> None:
    asked = shop.settled(send(shop, customer.conversation["id"], **body), "delivered")
    customer.gets(asked["external_id"])
    tapped = customer.act(tap=tap, message_id=asked["external_id"])
    reply = customer.wrote({"id": tapped["message_id"], "view": {"kind": kind}})
    assert reply["kind"] == kind
    assert reply["reply_to_id"] == asked["id"]
    assert reply["content"]["id"] == tap


def test_messages_of_one_conversation_go_out_in_order(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    texts = [f"line {count}" for count in range(5)]
    last = [send(shop, conversation_id, kind="text", text=text) for text in texts][-1]
    shop.settled(last, "delivered", patience_s=60)
    assert [line["view"]["text"] for line in customer.phone_shows() if line["by"] == "business"] == texts


def test_a_text_over_the_limit_becomes_several_that_belong_together(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    text = " ".join(f"word{count}" for count in range(900))
    send(shop, conversation_id, kind="text", text=text)
    rows = [one for one in shop.messages(conversation_id) if one["direction"] == "outbound"]
    assert len(rows) > 1
    assert len({one["group_id"] for one in rows}) == 1
    assert rows[0]["group_id"]
    for row in rows:
        shop.settled(row, "delivered", patience_s=60)
    lines = [line["view"]["text"] for line in customer.phone_shows() if line["by"] == "business"]
    assert " ".join(" ".join(lines).split()) == text


ELEVEN = [{"id": str(count), "title": str(count)} for count in range(11)]
REFUSED: list[tuple[str, Json]] = [
    ("empty text", {"kind": "text", "text": ""}),
    ("blank text", {"kind": "text", "text": " \n"}),
    ("unknown kind", {"kind": "telegram", "text": "x"}),
    ("no kind", {"text": "x"}),
    ("text is no text", {"kind": "text", "text": 5}),
    ("unknown member", {"kind": "text", "text": "x", "colour": "red"}),
    ("a zero byte", {"kind": "text", "text": "a\0b"}),
    ("a lone surrogate", {"kind": "text", "text": "\ud800"}),
    ("no buttons", {"kind": "buttons", "text": "x", "buttons": []}),
    ("four buttons", {"kind": "buttons", "text": "x", "buttons": ELEVEN[:4]}),
    ("long title", {"kind": "buttons", "text": "x", "buttons": [{"id": "a", "title": "x" * 21}]}),
    ("two alike", {"kind": "buttons", "text": "x", "buttons": [{"id": "a", "title": "x"}, {"id": "a", "title": "y"}]}),
    ("no rows", {"kind": "list", "text": "x", "button": "y", "sections": []}),
    ("eleven rows", {"kind": "list", "text": "x", "button": "y", "sections": [{"title": "s", "rows": ELEVEN}]}),
    ("off the globe", {"kind": "location", "latitude": 91, "longitude": 0}),
    ("no such media", {"kind": "image", "media_id": str(uuid.uuid4())}),
    ("no id", {"kind": "image", "media_id": "x"}),
    ("no such message", {"kind": "reaction", "message_id": str(uuid.uuid4()), "emoji": "👍"}),
    ("no such quote", {"kind": "text", "text": "x", "reply_to_id": str(uuid.uuid4())}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_sent_is_said_with_the_field(shop: Shop, customer: Customer, name: str, body: Json) -> None:
    path = f"/conversations/{customer.conversation['id']}/messages"
    answer = shop.api.request("POST", path, content=_json(body), headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 404, 422), answer.text
    error = answer.json()["error"]
    assert error["code"]
    assert error["message"]
    assert answer.status_code != 422 or error["fields"]


def _json(body: Json) -> bytes:
    return json.dumps(body).encode()


def test_a_file_of_the_wrong_kind_is_refused(shop: Shop, customer: Customer) -> None:
    media = upload(shop)
    answer = send(shop, customer.conversation["id"], 422, kind="video", media_id=media["media_id"])
    assert answer["error"]["message"]


def test_reading_and_typing_reach_the_customer(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, message = customer.says()
    desk = shop.log_in_demo("mei@demo.hawker.test")
    shop.api.ask("PUT", f"/conversations/{conversation_id}/assignment", json={"agent_id": desk.id})
    desk.api.ask("PUT", f"/conversations/{conversation_id}/read", json={"message_id": message["id"]})
    assert shop.api.ask("GET", f"/conversations/{conversation_id}")["unread_count"] == 0
    until(lambda: _shown_read(customer, message["external_id"]), "the blue ticks on the phone")
    desk.api.ask("POST", f"/conversations/{conversation_id}/typing", expect=204)
    until(
        lambda: any(
            "typing_indicator" in str(one)
            for one in shop.sandbox.ask("GET", "/wire", params={"account": number.external_id})["items"]
        ),
        "typing at the platform",
    )


def _shown_read(customer: Customer, external_id: str) -> bool:
    line = next(one for one in customer.phone_shows() if one["id"] == external_id)
    return bool(line["status"] == "read")

"""What a channel has not is said with what it has, and the answer comes back as if it had."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.errors import Invalid
from app.ids import uuid7
from app.outbound.limits import parts_of
from app.outbound.outgoing import File, Outgoing
from app.outbound.questions import question_of, understood
from channels.contract import Account, Body, Capabilities, Limit
from channels.kit.text import length
from channels.registry import get

Json = dict[str, Any]
NOW = datetime.now(UTC)
PICTURE = uuid7()
FILES = {PICTURE: File("image/png", 100)}


def able(channel: str, **changes: Any) -> Capabilities:
    return replace(get(channel).capabilities(Account("1", "https://platform.test")), **changes)


WHATSAPP, MESSENGER, INSTAGRAM, WECHAT = (able(name) for name in ("whatsapp", "messenger", "instagram", "wechat"))
BARE = able("whatsapp", buttons=None, list=None, cards=None, location=False)
MINI = {"app_id": "wx1", "path": "p", "title": "Shop"}
GONE = {"title": "x", "media_id": str(uuid7())}
YES_NO = [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]
ROWS = [{"id": "a", "title": "Oolong", "description": ""}, {"id": "b", "title": "Pu’er", "description": ""}]
CARD = {"title": "Kettle", "subtitle": "Tin", "url": "https://s.test/k", "media_id": str(PICTURE)}
PRODUCT = {
    "title": "Kettle",
    "price": "HK$428",
    "description": "Tin",
    "url": "https://s.test/k",
    "media_id": str(PICTURE),
}
PLACE = {"latitude": 22.3, "longitude": 114.2, "name": "Shop", "address": "Nathan Road"}


def buttons(text: str = "Milk?") -> Outgoing:
    return Outgoing(kind="buttons", text=text, content={"buttons": YES_NO})


def rows(*given: Json, text: str = "Which tea?") -> Outgoing:
    return Outgoing(kind="list", text=text, content={"button": "Go", "sections": [{"title": "", "rows": list(given)}]})


@pytest.mark.parametrize(
    ("outgoing", "capabilities", "expected"),
    [
        (buttons(), WHATSAPP, [("buttons", "Milk?")]),
        (buttons(), MESSENGER, [("buttons", "Milk?")]),
        (buttons(), BARE, [("text", "Milk?\n\n1. Yes\n2. No")]),
        (rows(*ROWS), WHATSAPP, [("list", "Which tea?")]),
        (rows(*ROWS), MESSENGER, [("buttons", "Which tea?")]),
        (rows(*ROWS), WECHAT, [("buttons", "Which tea?")]),
        (rows({**ROWS[0], "description": "Tie Guan Yin"}), INSTAGRAM, [("text", "Which tea?\n\n1. Oolong – Tie Guan Yin")]),
        (rows({**ROWS[0], "title": "x" * 21}), MESSENGER, [("text", f"Which tea?\n\n1. {'x' * 21}")]),
        (rows(*ROWS), BARE, [("text", "Which tea?\n\n1. Oolong\n2. Pu’er")]),
        (Outgoing(kind="location", content=PLACE), WHATSAPP, [("location", "")]),
        (Outgoing(kind="location", content=PLACE), MESSENGER, [("text", "Shop\nNathan Road\nhttps://maps.google.com/?q=22.3,114.2")]),
        (Outgoing(kind="cards", content={"cards": [CARD]}), MESSENGER, [("cards", "")]),
        (Outgoing(kind="cards", content={"cards": [CARD] * 11}), MESSENGER, [("cards", ""), ("cards", "")]),
        (Outgoing(kind="cards", content={"cards": [CARD] * 2}), WECHAT, [("cards", ""), ("cards", "")]),
        (Outgoing(kind="cards", text="Look", content={"cards": [CARD]}), WHATSAPP, [("text", "Look"), ("image", "Kettle\nTin\nhttps://s.test/k")]),
        (Outgoing(kind="cards", content={"cards": [{**CARD, "media_id": ""}]}), WHATSAPP, [("text", "Kettle\nTin\nhttps://s.test/k")]),
        (Outgoing(kind="product", content={"products": [PRODUCT]}), WHATSAPP, [("image", "Kettle\nHK$428 · Tin\nhttps://s.test/k")]),
        (Outgoing(kind="product", content={"products": [PRODUCT]}), INSTAGRAM, [("cards", "")]),
        (Outgoing(kind="comment", text="Thanks!", reply_to_id=uuid7()), MESSENGER, [("comment", "Thanks!")]),
        (Outgoing(kind="coupon", content={"card_id": "p1"}), WECHAT, [("coupon", "")]),
        (Outgoing(kind="article", content={"article_id": "a1"}), WECHAT, [("article", "")]),
        (Outgoing(kind="mini_program", text="Shop", content=MINI, media_id=PICTURE), WECHAT, [("mini_program", "Shop")]),
    ],
)  # fmt: skip
def test_a_message_becomes_what_the_channel_has(
    outgoing: Outgoing, capabilities: Capabilities, expected: list[tuple[str, str]]
) -> None:
    parts = parts_of(outgoing, capabilities, FILES)
    assert [(part.kind, part.text) for part in parts] == expected


@pytest.mark.parametrize(
    ("outgoing", "capabilities", "field", "code"),
    [
        (Outgoing(kind="template", content={}), INSTAGRAM, "kind", "kind_unsupported"),
        (Outgoing(kind="comment", text="x", reply_to_id=uuid7()), WHATSAPP, "kind", "kind_unsupported"),
        (Outgoing(kind="comment", text="x"), MESSENGER, "reply_to_id", "target_missing"),
        (Outgoing(kind="coupon", content={"card_id": "p"}), WHATSAPP, "kind", "kind_unsupported"),
        (Outgoing(kind="coupon", content={}), WECHAT, "card_id", "text_missing"),
        (Outgoing(kind="music", content={"url": "https://s.test/a", "title": "x"}), WECHAT, "media_id", "media_missing"),
        (Outgoing(kind="document", media_id=PICTURE), WECHAT, "kind", "kind_unsupported"),
        (Outgoing(kind="cards", content={"cards": []}), MESSENGER, "cards", "cards_count"),
        (Outgoing(kind="cards", content={"cards": [{"title": " "}]}), MESSENGER, "cards.0.title", "text_missing"),
        (Outgoing(kind="cards", content={"cards": [{"title": "x", "url": "ftp://x"}]}), MESSENGER, "cards.0.url", "url_invalid"),
        (Outgoing(kind="product", content={"products": [GONE]}), WHATSAPP, "products.0.media_id", "media_missing"),
        (buttons(" "), BARE, "text", "text_missing"),
        (Outgoing(kind="poem"), WHATSAPP, "kind", "kind_unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_at_all_is_refused_in_our_words(
    outgoing: Outgoing, capabilities: Capabilities, field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parts_of(outgoing, capabilities, FILES)
    assert (list(refused.value.fields), refused.value.code) == ([field], code)


LINK = "https://shop.test/a-long-link-that-stays-whole"


@pytest.mark.parametrize("limit", [Limit(60), Limit(60, "utf8_bytes"), Limit(60, "utf16_units")])
def test_a_long_question_is_cut_in_the_platforms_unit_and_its_last_part_asks(limit: Limit) -> None:
    text = f"茶👨‍👩‍👧 {LINK}? " * 4
    parts = parts_of(buttons(text), replace(BARE, text=limit), {})
    assert "".join(part.text for part in parts) == f"{text}\n\n1. Yes\n2. No".strip()
    assert all(length(part.text, limit.unit) <= limit.n for part in parts)
    assert sum(part.text.count(LINK) for part in parts) == 4
    assert [bool(part.content) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_the_lines_of_a_product_are_cut_to_what_a_card_shows() -> None:
    (part,) = parts_of(
        Outgoing(kind="product", content={"products": [{**PRODUCT, "title": "茶" * 90}]}), MESSENGER, FILES
    )
    (card,) = part.content["cards"]
    assert card["title"] == "茶" * 79 + "…"


ASKED = question_of(parts_of(buttons(), BARE, {})[-1], uuid7(), NOW)


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("2", "n"),
        ("１", "y"),
        ("②", "n"),
        (" 2. ", "n"),
        ("(1)", "y"),
        ("2。", "n"),
        ("yes", "y"),
        ("NO!", "n"),
        ("3", None),
        ("0", None),
        ("12", None),
        ("2 please", None),
        ("", None),
    ],
)
def test_a_number_or_a_title_is_the_choice(said: str, chosen: str | None) -> None:
    found = understood(ASKED, Body("text", said), NOW)
    assert (found.content["id"] if found else None) == chosen
    if found:
        assert (found.kind, found.text, found.content["typed"]) == ("button_reply", found.content["title"], said)


def test_a_question_stands_for_a_day_and_only_texts_answer_it() -> None:
    assert understood(ASKED, Body("text", "1"), NOW + timedelta(hours=25)) is None
    assert understood(ASKED, Body("image", "1"), NOW) is None
    assert understood(None, Body("text", "1"), NOW) is None
    assert question_of(Outgoing(kind="text", text="1"), uuid7(), NOW) is None
    listed = question_of(parts_of(rows(*ROWS), BARE, {})[-1], UUID(int=1), NOW)
    found = understood(listed, Body("text", "2"), NOW)
    assert found is not None
    assert (found.kind, found.content["id"]) == ("list_reply", "b")

"""What a customer does on the phone, as the API then shows it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.acceptance.shop import Json, Number, Shop, names_in, until

TEXT = "請問青瓷蓋碗有貨嗎？ 👀"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"
)
KINDS: list[tuple[str, Json, str, str]] = [
    ("text", {"text": TEXT}, "text", TEXT),
    ("image", {"caption": "This one"}, "image", "This one"),
    ("video", {"caption": "Look"}, "video", "Look"),
    ("audio", {}, "audio", ""),
    ("voice", {}, "audio", ""),
    ("document", {"filename": "發票.pdf"}, "document", ""),
    ("sticker", {}, "sticker", ""),
    ("location", {}, "location", ""),
    ("contacts", {}, "contacts", ""),
    ("order", {"text": "快啲，唔該"}, "order", "快啲，唔該"),
    ("button", {"title": "星期六"}, "button_reply", "星期六"),
    ("button_reply", {"id": "sat", "title": "星期六"}, "button_reply", "星期六"),
    ("list_reply", {"id": "pm", "title": "下午", "description": "2–6"}, "list_reply", "下午"),
    ("form_reply", {"values": {"size": "M"}}, "form_reply", ""),
    ("address_reply", {}, "form_reply", ""),
    ("unsupported", {}, "unsupported", ""),
    ("interactive_empty", {}, "unsupported", ""),
    ("too_big", {}, "unsupported", ""),
    ("call_permission_reply", {}, "", ""),
]
INBOUND_KINDS = names_in(
    "text image video audio document sticker location contacts reaction button_reply list_reply order form_reply "
    "story_reply story_mention share postback referral system unsupported"
)
MESSAGE_MEMBERS = names_in(
    "id conversation_id direction kind text content attachments external_id client_id reply_to_id status error agent_id "
    "campaign_id sent_at created_at"
)
CONVERSATION_MEMBERS = names_in(
    "id channel channel_account_id contact status assignee_id team_id priority tags unread_count last_message "
    "last_message_at waiting_since reply_window_ends_at"
)


@pytest.mark.parametrize(("sent", "wish", "kind", "text"), KINDS, ids=[row[0] for row in KINDS])
def test_every_kind_has_the_contracts_shape(
    shop: Shop, number: Number, sent: str, wish: Json, kind: str, text: str
) -> None:
    customer = shop.customer(number)
    line = customer.write(sent, **wish)
    message = customer.wrote(line)
    assert message.keys() >= MESSAGE_MEMBERS
    assert message["kind"] in INBOUND_KINDS
    assert kind in ("", message["kind"])
    assert message["direction"] == "inbound"
    assert message["status"] == "received"
    assert text in ("", message["text"])
    assert message["text"] or message["attachments"] or message["content"], "an empty bubble"
    conversation = customer.conversation
    assert conversation.keys() >= CONVERSATION_MEMBERS
    assert conversation["channel"] == "whatsapp"
    assert conversation["unread_count"] == 1
    assert conversation["last_message"]["id"] == message["id"]
    assert conversation["status"] == "open"
    assert conversation["reply_window_ends_at"]
    assert conversation["waiting_since"]
    assert conversation["contact"]["phone"] == f"+{customer.phone}"


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
def test_files_become_ready_and_are_served_with_ranges(shop: Shop, number: Number, kind: str) -> None:
    customer = shop.customer(number)
    line = customer.write(kind)
    message = customer.wrote(line)

    def ready() -> Json | None:
        [attachment] = shop.message(message)["attachments"]
        assert attachment["state"] != "failed"
        return attachment if attachment["state"] == "ready" else None

    attachment = until(ready, "the file")
    media = line["view"]["media"]
    data = shop.plain.get(f"{shop.sandbox_url}/sandbox/media/{media['file_id']}").content
    headers = {"Authorization": f"Bearer {shop.token}"}
    whole = shop.plain.get(attachment["url"], headers=headers)
    assert whole.status_code == 200
    assert whole.content == data
    assert attachment["size_bytes"] == len(data)
    assert attachment["voice"] is (kind == "voice")
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = shop.plain.get(attachment["url"], headers={**headers, "Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, data[2:6])
    assert shop.plain.get(attachment["url"]).status_code == 401
    if kind == "image":
        assert shop.plain.get(attachment["thumb_url"] or attachment["url"], headers=headers).status_code == 200
    if kind == "document":
        assert attachment["filename"] == media["filename"]


def test_an_order_has_lines_and_a_total(shop: Shop, number: Number) -> None:
    content = _content(shop, number, "order")
    assert [(item["quantity"], item["price"]) for item in content["items"]] == [
        (1, {"amount_minor": 34800, "currency": "HKD"}),
        (2, {"amount_minor": 21400, "currency": "HKD"}),
    ]
    assert content["total"] == {"amount_minor": 77600, "currency": "HKD"}


def test_places_cards_and_forms_keep_what_they_say(shop: Shop, number: Number) -> None:
    place = _content(shop, number, "location", latitude=22.3, longitude=114.2, name="APM", address="觀塘道 418 號")
    assert (place["latitude"], place["longitude"]) == (22.3, 114.2)
    assert (place["name"], place["address"]) == ("APM", "觀塘道 418 號")
    [card] = _content(shop, number, "contacts")["contacts"]
    assert "陳大文" in str(card)
    assert "5550 1888" in str(card)
    assert _content(shop, number, "form_reply", values={"size": "M"})["values"]["size"] == "M"
    assert _content(shop, number, "list_reply", id="pm", title="下午")["id"] == "pm"
    assert _content(shop, number, "button_reply", id="sat", title="星期六")["id"] == "sat"
    assert "GAIWAN-CELADON" in str(_content(shop, number, "text", referred_product=True))


def test_an_advertisement_and_forwarding_are_kept(shop: Shop, number: Number) -> None:
    content = _content(shop, number, "text", referral=True, text="hi")
    assert content["referral"]["headline"] == "秋茶新到：安溪鐵觀音"
    assert content["referral"]["source_id"] == "120210000000000123"
    assert _content(shop, number, "text", forwarded=True, text="hi")["forwarded"] == "once"
    assert _content(shop, number, "text", frequently_forwarded=True, text="hi")["forwarded"] == "often"


def _content(shop: Shop, number: Number, kind: str, **wish: Any) -> Json:
    customer = shop.customer(number)
    content: Json = customer.wrote(customer.write(kind, **wish))["content"]
    return content


def test_reactions_edits_and_deletions_change_their_message(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, message = customer.says("Two tins please")
    with shop.socket() as live:
        live.hello()
        customer.write("reaction", message_id=message["external_id"], emoji="❤️")
        event = live.take_until(
            lambda frame: frame["type"] == "message.updated" and frame["data"]["id"] == message["id"], "the reaction"
        )
        assert event["conversation_id"] == conversation_id
        assert [one["emoji"] for one in event["data"]["reactions"]] == ["❤️"]
    [reaction] = shop.message(message)["reactions"]
    assert (reaction["emoji"], reaction["by"]) == ("❤️", "contact")
    customer.write("reaction", message_id=message["external_id"], emoji="👍")
    until(lambda: [one["emoji"] for one in shop.message(message)["reactions"]] == ["👍"], "another reaction")
    customer.write("reaction", message_id=message["external_id"], emoji="")
    until(lambda: not shop.message(message)["reactions"], "the reaction taken back")

    customer.write("edit", message_id=message["external_id"], text="Three tins please")
    edited = until(lambda: (one := shop.message(message))["edited_at"] and one, "the edit")
    assert edited["text"] == "Three tins please"
    assert edited["original_text"] == "Two tins please"
    assert shop.api.ask("GET", f"/conversations/{conversation_id}")["last_message"]["text"] == "Three tins please"

    customer.write("revoke", message_id=message["external_id"])
    deleted = until(lambda: (one := shop.message(message))["deleted_at"] and one, "the deletion")
    assert deleted["text"] == ""
    assert deleted["original_text"] == "Two tins please"
    assert (
        len(shop.messages(conversation_id))
        == len([one for one in shop.messages(conversation_id) if one["direction"] == "activity"]) + 1
    ), "changes are no messages of their own"


def test_an_answer_names_the_message_that_it_answers(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    _, first = customer.says("First")
    second = customer.wrote(customer.write(text="About that", reply_to=first["external_id"]))
    assert second["reply_to_id"] == first["id"]
    assert second["reply_to"]["text"] == "First"


@pytest.mark.parametrize("kind", ["number_change", "user_id_change", "identity_change"])
def test_a_person_who_changes_stays_one_person(shop: Shop, number: Number, kind: str) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says("before")
    customer.write(kind)
    until(
        lambda: any(
            one["kind"] == "system" or (one["direction"] == "activity" and one["content"]["code"] == "identity_changed")
            for one in shop.messages(conversation_id)
        ),
        "what changed",
    )
    line = customer.write(text="after")
    until(lambda: any(one["external_id"] == line["id"] for one in shop.messages(conversation_id)), "the same thread")
    assert all(one["text"] or one["content"] for one in shop.messages(conversation_id))


def test_a_person_without_a_phone_number_is_served(shop: Shop, number: Number) -> None:
    customer = shop.customer(number, hide_phone=True)
    conversation_id, _ = customer.says("No number here")
    assert customer.conversation["contact"]["phone"] in ("", None)
    answer = shop.api.ask("POST", f"/conversations/{conversation_id}/messages", json={"kind": "text", "text": "Hi"})
    shop.settled(answer, "delivered")
    line = customer.write(text="again")
    assert customer.wrote(line)["conversation_id"] == conversation_id


def test_the_shops_answer_from_its_phone_app_is_shown(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    customer.write("echo", text="From the counter")
    echo = until(
        lambda: next((one for one in shop.messages(conversation_id) if one["text"] == "From the counter"), None),
        "the echo",
    )
    assert echo["direction"] == "outbound"
    assert echo["status"] in ("sent", "delivered", "read")


def test_a_preference_is_a_consent(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    customer.says()
    contact_id = customer.conversation["contact"]["id"]
    for value, granted in (("stop", False), ("resume", True)):
        customer.write("preference", value=value)
        until(
            lambda granted=granted: _marketing(shop.api.ask("GET", f"/contacts/{contact_id}")["consent"]) is granted,
            f"the consent after {value}",
        )


def _marketing(consent: Json) -> Any:
    marketing = consent.get("marketing")
    return marketing["granted"] if isinstance(marketing, dict) else marketing


def test_a_chat_that_is_only_opened_is_no_empty_bubble(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    customer.write("request_welcome")
    line = customer.write(text="now")
    message = customer.wrote(line)
    assert all(one["text"] or one["content"] for one in shop.messages(message["conversation_id"]))


def test_an_account_event_makes_no_message_and_no_failure(shop: Shop, number: Number) -> None:
    events = [
        ("account_update", {"event": "VERIFIED_ACCOUNT"}),
        (
            "phone_number_quality_update",
            {"display_phone_number": "85255500100", "event": "FLAGGED", "current_limit": "TIER_1K"},
        ),
        (
            "message_template_status_update",
            {
                "event": "APPROVED",
                "message_template_id": 1,
                "message_template_name": "x",
                "message_template_language": "en",
                "reason": None,
            },
        ),
        ("something_new", {"a": 1}),
    ]
    for field, value in events:
        entry = {"id": number.waba_id, "time": 1, "changes": [{"field": field, "value": value}]}
        answer = shop.deliver(number, {"object": "whatsapp_business_account", "entry": [entry]})
        assert answer.status_code == 200, field

"""The messages endpoint: what Meta publishes is accepted, what is broken is refused with the documented error."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from channels.sandbox import samples
from tests.sandbox.conftest import Lab

MEDIA = "MEDIA"
"""Stands for the id of an uploaded picture."""


def interactive(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": "Body"}, "action": action, **more}}


def reply(number: int, **changed: Any) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": f"id-{number}", "title": f"Title {number}", **changed}}


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"id": f"row-{number}", "title": f"Row {number}"} for number in range(start, start + count)]


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def template(name: str, language: str, *components: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "template",
        "template": {"name": name, "language": {"code": language}, "components": list(components)},
    }


def body_of(*texts: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": text} for text in texts]}


URL_BUTTON = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "TK-2048"}]}
PICTURE = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://tinkettle.example/a.png"}}]}
NAMED = {
    "type": "body",
    "parameters": [
        {"type": "text", "parameter_name": "first_name", "text": "Mei"},
        {"type": "text", "parameter_name": "price", "text": "HK$428"},
    ],
}
CARD = {
    "type": "cta_url",
    "header": {"type": "image", "image": {"link": "https://tinkettle.example/a.png"}},
    "action": {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://tinkettle.example/"}},
}
ORDER = {
    "status": "pending",
    "items": [{"retailer_id": "TGY", "name": "Tea", "amount": {"value": 1000, "offset": 100}, "quantity": 2}],
    "subtotal": {"value": 2000, "offset": 100},
    "tax": {"value": 100, "offset": 100},
}
PAY = {"reference_id": "TK-1", "type": "physical-goods", "currency": "BRL", "payment_settings": [], "order": ORDER}

ACCEPTED: dict[str, dict[str, Any]] = {
    "text with preview": {"type": "text", "text": {"preview_url": True, "body": "See https://tinkettle.example/"}},
    "type left out": {"text": {"body": "Hello"}},
    "longest text": text("x" * 4096),
    "longest callback": {**text("hi"), "biz_opaque_callback_data": "x" * 512},
    "picture by id": {"type": "image", "image": {"id": MEDIA, "caption": "A cup"}},
    "picture by link": {"type": "image", "image": {"link": "https://tinkettle.example/a.png"}},
    "document": {"type": "document", "document": {"link": "https://tinkettle.example/a.pdf", "filename": "a.pdf", "caption": "c"}},
    "voice note": {"type": "audio", "audio": {"link": "https://tinkettle.example/a.ogg", "voice": True}},
    "location in words": {"type": "location", "location": {"latitude": "22.3", "longitude": "114.2", "name": "n", "address": "a"}},
    "contacts": {"type": "contacts", "contacts": [{"name": {"formatted_name": "A B", "first_name": "A"}, "phones": [{"phone": "+1"}]}]},
    "buttons": interactive("button", {"buttons": [reply(1), reply(2), reply(3)]}, header={"type": "text", "text": "H"}, footer={"text": "F"}),
    "list": interactive("list", {"button": "Choose", "sections": [{"title": "A", "rows": rows(5)}, {"title": "B", "rows": rows(5, 5)}]}),
    "link button": interactive("cta_url", CARD["action"]),
    "product": interactive("product", {"catalog_id": "1", "product_retailer_id": "SKU-7"}),
    "products": interactive(
        "product_list", {"catalog_id": "1", "sections": [{"title": "A", "product_items": [{"product_retailer_id": "SKU-7"}]}]},
        header={"type": "text", "text": "Shoes"}),
    "catalog": interactive("catalog_message", {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "SKU-7"}}),
    "carousel": interactive("carousel", {"cards": [{**CARD, "card_index": 0}, {**CARD, "card_index": 1}]}),
    "ask for the place": interactive("location_request_message", {"name": "send_location"}),
    "flow": interactive("flow", {"name": "flow", "parameters": {
        "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_token": "t", "flow_action": "navigate"}}),
    "ask for the number": interactive("request_contact_info", {"name": "request_contact_info"}),
    "order details": interactive("order_details", {"name": "review_and_pay", "parameters": {**PAY, "total_amount": {"value": 2100, "offset": 100}}}),
    "order status": interactive("order_status", {"name": "review_order", "parameters": {"reference_id": "TK-1", "order": {"status": "shipped"}}}),
    "positional template": template("order_update", "en", body_of("Mei", "TK-2048", "Saturday"), URL_BUTTON),
    "named template": template("winter_gift_box", "zh_HK", PICTURE, NAMED),
    "template without parameters": template("may_we_answer", "zh_CN"),
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "unknown type": ({"type": "poke", "poke": {}}, 100),
    "unknown member": ({**text("hi"), "priority": "high"}, 100),
    "unknown member inside": ({"type": "text", "text": {"body": "hi", "markdown": True}}, 100),
    "no payload": ({"type": "text"}, 131008),
    "empty text": (text(""), 100),
    "text too long": (text("x" * 4097), 100),
    "text not a string": ({"type": "text", "text": {"body": 7}}, 100),
    "callback too long": ({**text("hi"), "biz_opaque_callback_data": "x" * 513}, 131009),
    "not a phone number": ({**text("hi"), "to": "nobody"}, 131009),
    "to oneself": ({**text("hi"), "to": "+85255500100"}, 131021),
    "unknown user id": ({**text("hi"), "to": None, "recipient": "HK.1"}, 131009),
    "nobody named": ({**text("hi"), "to": ""}, 100),
    "picture with id and link": ({"type": "image", "image": {"id": MEDIA, "link": "https://a.example/a.png"}}, 131009),
    "picture with neither": ({"type": "image", "image": {}}, 131008),
    "picture that does not exist": ({"type": "image", "image": {"id": "123"}}, 131009),
    "picture sent as a video": ({"type": "video", "video": {"id": MEDIA}}, 131053),
    "caption too long": ({"type": "image", "image": {"id": MEDIA, "caption": "x" * 1025}}, 100),
    "voice with a caption": ({"type": "audio", "audio": {"id": MEDIA, "caption": "no"}}, 100),
    "place off the globe": ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    "contact without a second name part": ({"type": "contacts", "contacts": [{"name": {"formatted_name": "A"}}]}, 131008),
    "reaction to nothing": ({"type": "reaction", "reaction": {"message_id": "wamid.none", "emoji": "👍"}}, 131009),
    "reaction with a word": ({"type": "reaction", "reaction": {"message_id": "wamid.none", "emoji": "k"}}, 131009),
    "four buttons": (interactive("button", {"buttons": [reply(n) for n in range(4)]}), 131009),
    "button title too long": (interactive("button", {"buttons": [reply(1, title="x" * 21)]}), 131009),
    "button titles alike": (interactive("button", {"buttons": [reply(1), reply(2, title="Title 1")]}), 131009),
    "button without a title": (interactive("button", {"buttons": [{"type": "reply", "reply": {"id": "1"}}]}), 131008),
    "body too long": (interactive("button", {"buttons": [reply(1)]}, body={"text": "x" * 1025}), 131009),
    "footer too long": (interactive("button", {"buttons": [reply(1)]}, footer={"text": "x" * 61}), 131009),
    "eleven rows": (interactive("list", {"button": "B", "sections": [{"title": "A", "rows": rows(6)}, {"title": "C", "rows": rows(5, 6)}]}), 131009),
    "two sections without titles": (interactive("list", {"button": "B", "sections": [{"rows": rows(1)}, {"rows": rows(1, 1)}]}), 131008),
    "row ids alike": (interactive("list", {"button": "B", "sections": [{"title": "A", "rows": [*rows(1), *rows(1)]}]}), 131009),
    "list with a picture header": (
        interactive("list", {"button": "B", "sections": [{"rows": rows(1)}]}, header={"type": "image", "image": {"id": MEDIA}}), 131009),
    "product with a header": (
        interactive("product", {"catalog_id": "1", "product_retailer_id": "S"}, header={"type": "text", "text": "H"}), 131009),
    "products without a header": (
        interactive("product_list", {"catalog_id": "1", "sections": [{"title": "A", "product_items": [{"product_retailer_id": "S"}]}]}), 131008),
    "unknown interactive type": (interactive("poll", {}), 131009),
    "one card": (interactive("carousel", {"cards": [{**CARD, "card_index": 0}]}), 131009),
    "sums that do not add up": (
        interactive("order_details", {"name": "review_and_pay", "parameters": {**PAY, "total_amount": {"value": 1, "offset": 100}}}), 131009),
    "template that does not exist": (template("nope", "en"), 132001),
    "template in another language": (template("order_update", "fr"), 132001),
    "too few parameters": (template("order_update", "en", body_of("Mei"), URL_BUTTON), 132000),
    "no button parameter": (template("order_update", "en", body_of("a", "b", "c")), 131008),
    "positional for named": (template("winter_gift_box", "en", PICTURE, body_of("a", "b")), 131008),
    "named for positional": (template("order_update", "en", {"type": "body", "parameters": [
        {"type": "text", "parameter_name": str(n), "text": "x"} for n in (1, 2, 3)]}, URL_BUTTON), 132012),
    "header missing": (template("winter_gift_box", "en", NAMED), 132012),
    "parameter with a new line": (template("order_update", "en", body_of("a\nb", "c", "d"), URL_BUTTON), 132012),
    "filled text too long": (template("order_update", "en", body_of("x" * 1024, "c", "d"), URL_BUTTON), 132005),
    "button that is not there": (template("may_we_answer", "en", {**URL_BUTTON, "index": 3}), 132012),
}  # fmt: skip


@pytest.fixture
async def open_lab(lab: Lab) -> Lab:
    """The laboratory inside the customer's 24 hours."""
    await lab.write()
    return lab


async def upload(lab: Lab) -> str:
    return str((await uploaded(lab, "a.png", samples.png(), "image/png")).json()["id"])


async def uploaded(lab: Lab, name: str, data: bytes, mime: str) -> httpx.Response:
    path = f"/v24.0/{lab.account['external_id']}/media"
    return await lab.http.post(
        path, headers=lab.token, data={"messaging_product": "whatsapp"}, files={"file": (name, data, mime)}
    )


def with_media(value: Any, media_id: str) -> Any:
    if isinstance(value, dict):
        return {key: with_media(item, media_id) for key, item in value.items()}
    return media_id if value == MEDIA else value


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_what_meta_publishes_is_accepted(open_lab: Lab, body: dict[str, Any]) -> None:
    response = await open_lab.send(with_media(body, await upload(open_lab)))
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["contacts"] == [{"input": f"+{open_lab.customer['phone']}", "wa_id": open_lab.customer["phone"]}]
    assert answer["messages"][0]["id"].startswith("wamid.")


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_broken_is_refused_as_documented(open_lab: Lab, body: dict[str, Any], code: int) -> None:
    response = await open_lab.send(with_media(body, await upload(open_lab)))
    error = response.json()["error"]
    assert (error["code"], 400 <= response.status_code < 500) == (code, True), error
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    assert (await open_lab.http.get("/sandbox/sent")).json() == []


@pytest.mark.parametrize(
    ("headers", "code", "subcode"),
    [({}, 190, None), ({"Authorization": "Bearer nonsense"}, 190, None), ({"Authorization": "Basic abc"}, 190, None)],
    ids=["no token", "wrong token", "wrong scheme"],
)
async def test_tokens_are_wanted(open_lab: Lab, headers: dict[str, str], code: int, subcode: int | None) -> None:
    response = await open_lab.http.post(f"/v24.0/{open_lab.account['external_id']}/messages", headers=headers, json={})
    assert (response.status_code, response.json()["error"]["code"]) == (401, code)


async def test_another_business_sees_nothing_here(lab: Lab) -> None:
    other = (await lab.http.post("/sandbox/accounts", json={"channel": "whatsapp", "name": "Rival"})).json()
    headers = {"Authorization": f"Bearer {other['credentials']['access_token']}"}
    response = await lab.http.get(f"/v24.0/{lab.account['external_id']}", headers=headers)
    assert (response.json()["error"]["code"], response.json()["error"]["error_subcode"]) == (100, 33)


async def test_outside_of_24_hours_only_templates_go(lab: Lab) -> None:
    assert (await lab.send(text("hi"))).json()["error"]["code"] == 131047
    assert (await lab.send(template("may_we_answer", "en"))).status_code == 200
    await lab.write("request_welcome")
    assert (await lab.send(text("hi"))).status_code == 200


async def test_one_person_gets_45_at_once_and_no_more(open_lab: Lab) -> None:
    codes = [(await open_lab.send(text("hi"))).json().get("error", {}).get("code") for _ in range(46)]
    assert codes == [None] * 45 + [131056]


@pytest.mark.parametrize(
    ("to", "code"),
    [("+99912345678", 131026), ("+14155550123", 131049)],
    ids=["not on WhatsApp", "marketing to the United States"],
)
async def test_some_fail_after_being_accepted(lab: Lab, to: str, code: int) -> None:
    body = template("winter_gift_box", "en", PICTURE, NAMED)
    assert (await lab.send(body, to=to)).status_code == 200
    status = await lab.until(lambda: lab.business.statuses() and lab.business.statuses()[0])
    assert (status["status"], status["errors"][0]["code"]) == ("failed", code)


async def test_who_stopped_offers_gets_none(lab: Lab) -> None:
    await lab.write("preference", value="stop")
    await lab.send(template("winter_gift_box", "en", PICTURE, NAMED))
    status = await lab.until(lambda: lab.business.statuses() and lab.business.statuses()[0])
    assert status["errors"][0]["code"] == 131050


async def test_a_user_id_reaches_who_hides_the_number(lab: Lab) -> None:
    lab.customer = (
        await lab.http.post("/sandbox/customers", json={"channel": "whatsapp", "name": "Mei", "hide_phone": True})
    ).json()
    await lab.write()
    message = await lab.until(lambda: lab.business.messages() and lab.business.messages()[0])
    assert "from" not in message
    response = await lab.send({**text("hi"), "to": None, "recipient": message["from_user_id"]})
    assert response.json()["contacts"] == [{"input": message["from_user_id"], "user_id": message["from_user_id"]}]


async def test_media_wants_the_token_and_lives_five_minutes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    media_id = await upload(lab)
    found = (await lab.http.get(f"/v24.0/{media_id}", headers=lab.token)).json()
    assert (found["mime_type"], found["file_size"]) == ("image/png", len(samples.png()))
    assert (await lab.http.get(found["url"])).status_code == 401
    assert (await lab.http.get(found["url"], headers=lab.token)).content == samples.png()
    host = lab.app.state.host
    later = host.now() + 301
    monkeypatch.setattr(host, "now", lambda: later)
    assert (await lab.http.get(found["url"], headers=lab.token)).status_code == 404
    assert (await lab.http.delete(f"/v24.0/{media_id}", headers=lab.token)).json() == {"success": True}
    assert (await lab.http.get(f"/v24.0/{media_id}", headers=lab.token)).json()["error"]["code"] == 100


@pytest.mark.parametrize(
    ("name", "data", "mime", "code"),
    [
        ("a.exe", b"MZ", "application/x-msdownload", 100),
        ("a.png", b"", "image/png", 131053),
        ("a.png", b"x" * (5 * 1_048_576 + 1), "image/png", 131053),
        ("a.webp", b"x" * (500 * 1024 + 1), "image/webp", 131053),
    ],
    ids=["unknown type", "empty", "picture over 5 MB", "sticker over 500 KB"],
)
async def test_files_are_checked(lab: Lab, name: str, data: bytes, mime: str, code: int) -> None:
    assert (await uploaded(lab, name, data, mime)).json()["error"]["code"] == code

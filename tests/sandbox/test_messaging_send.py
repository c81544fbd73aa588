"""`/messages` of Messenger and Instagram: what Meta publishes is accepted, what is broken is refused with the documented error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.sandbox import samples
from tests.sandbox.messaging import MessagingLab, error_of, open_messaging

Body = dict[str, Any]
LINE = "LINE"
"""Stands for the id of the customer's first message."""
PICTURE = "PICTURE"
"""Stands for the attachment id of an uploaded picture."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


def message(**members: Any) -> Body:
    return {"messaging_type": "RESPONSE", "message": members}


def attachment(kind: str, **payload: Any) -> Body:
    return message(attachment={"type": kind, "payload": payload})


def template(kind: str, **payload: Any) -> Body:
    return attachment("template", template_type=kind, **payload)


def button(kind: str = "postback", **members: Any) -> Body:
    return {"type": kind, **({"title": "Buy", "payload": "BUY"} if kind == "postback" else {}), **members}


def card(**members: Any) -> Body:
    return {"title": "Gaiwan", "subtitle": "HK$348", **members}


def chip(**members: Any) -> Body:
    return {"content_type": "text", "title": "Blue", "payload": "COLOR_BLUE", **members}


LINK = {"type": "web_url", "title": "Open", "url": "https://tinkettle.example/"}
RECEIPT = {
    "recipient_name": "Ana",
    "order_number": "TK-1",
    "currency": "HKD",
    "payment_method": "FPS",
    "summary": {"total_cost": 348},
    "elements": [{"title": "Gaiwan", "quantity": 1, "price": 348}],
}
UTILITY = {
    "name": "order_shipped",
    "language": {"code": "en"},
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "TK-1"}]}],
}

BOTH: dict[str, Body] = {
    "text": message(text="Hello"),
    "text without a type": {"message": {"text": "Hello"}},
    "update": {**message(text="Hello"), "messaging_type": "UPDATE"},
    "human agent": {**message(text="Hello"), "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"},
    "metadata": message(text="Hello", metadata="x" * 1000),
    "silent": {**message(text="Hello"), "notification_type": "NO_PUSH"},
    "reply": {**message(text="Hello"), "reply_to": {"mid": LINE}},
    "quick replies": message(text="Which?", quick_replies=[chip(title=f"T{n}") for n in range(13)]),
    "picture by id": attachment("image", attachment_id=PICTURE),
    "picture by link": attachment("image", url="https://tinkettle.example/a.png", is_reusable=True),
    "file by link": attachment("file", url="https://tinkettle.example/a.pdf"),
    "pictures": message(attachments=[{"type": "image", "payload": {"attachment_id": PICTURE}}] * 10),
    "buttons": template("button", text="x" * 640, buttons=[button(), button(title="B"), LINK]),
    "cards": template("generic", elements=[card(buttons=[button(), LINK], image_url="https://a.example/a.png")] * 10),
    "card that opens": template("generic", elements=[card(default_action={"type": "web_url", "url": "https://a.example/"})]),
    "products": template("product", elements=[{"id": "6300200100400"}]),
    "typing": {"sender_action": "typing_on"},
    "seen": {"sender_action": "mark_seen"},
    "reaction": {"sender_action": "react", "payload": {"message_id": LINE, "reaction": "😊"}},
    "reaction taken back": {"sender_action": "unreact", "payload": {"message_id": LINE}},
}  # fmt: skip
ACCEPTED: dict[str, dict[str, Body]] = {
    "messenger": {
        "longest text": message(text="茶" * 2000),
        "thirty pictures": message(attachments=[{"type": "image", "payload": {"attachment_id": PICTURE}}] * 30),
        "sticker": message(sticker_id=369239263222822),
        "ask for number and address": message(
            text="Who?", quick_replies=[{"content_type": "user_phone_number"}, {"content_type": "user_email"}]
        ),
        "chips below a picture": {
            "message": {
                "attachment": {"type": "image", "payload": {"attachment_id": PICTURE}},
                "quick_replies": [chip(image_url="https://a.example/a.png")],
            }
        },
        "media": template("media", elements=[{"media_type": "image", "attachment_id": PICTURE, "buttons": [button()]}]),
        "receipt": template("receipt", **RECEIPT),
        "notify me": template("one_time_notif_req", title="Back in stock", payload="BACK"),
        "call": template(
            "button", text="Ring us", buttons=[button("phone_number", title="Call", payload="+85225550100")]
        ),
        "log in": template("button", text="Join", buttons=[button("account_link", url="https://a.example/login")]),
        "log out": template("button", text="Part", buttons=[button("account_unlink")]),
        "utility": {"messaging_type": "UTILITY", "message": {"template": UTILITY}},
    },
    "instagram": {
        "longest text": message(text="茶" * 333 + "x"),
        "heart": message(attachment={"type": "like_heart"}),
        "one picture instead of a list": message(attachments={"type": "image", "payload": {"attachment_id": PICTURE}}),
        "love": {"sender_action": "react", "payload": {"message_id": LINE, "reaction": "love"}},
    },
}
ANY = (100, None)
BROKEN: dict[str, tuple[Body, tuple[int, int | None]]] = {
    "nobody": ({**message(text="hi"), "recipient": None}, ANY),
    "two recipients": ({**message(text="hi"), "recipient": {"id": "1", "user_ref": "r"}}, ANY),
    "recipient in an unknown way": ({**message(text="hi"), "recipient": {"email": "a@b.example"}}, ANY),
    "unknown member": ({**message(text="hi"), "priority": "high"}, ANY),
    "unknown member inside": (message(text="hi", markdown=True), ANY),
    "neither message nor action": ({}, ANY),
    "message and action": ({**message(text="hi"), "sender_action": "typing_on"}, ANY),
    "unknown action": ({"sender_action": "wave"}, ANY),
    "unknown type": ({**message(text="hi"), "messaging_type": "PROMOTION"}, ANY),
    "tag without its type": ({**message(text="hi"), "tag": "HUMAN_AGENT"}, ANY),
    "type without its tag": ({**message(text="hi"), "messaging_type": "MESSAGE_TAG"}, ANY),
    "dead tag": ({**message(text="hi"), "messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE"}, ANY),
    "dead tag, another": ({**message(text="hi"), "messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"}, ANY),
    "dead tag, a third": ({**message(text="hi"), "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, ANY),
    "unknown notification": ({**message(text="hi"), "notification_type": "LOUD"}, ANY),
    "empty text": (message(text=""), ANY),
    "text not a string": (message(text=7), ANY),
    "text and attachment": (message(text="hi", attachment={"type": "image", "payload": {"url": "https://a.example/"}}), ANY),
    "metadata too long": (message(text="hi", metadata="x" * 1001), ANY),
    "reply to nothing": ({**message(text="hi"), "reply_to": {"mid": "m_none"}}, ANY),
    "fourteen chips": (message(text="?", quick_replies=[chip()] * 14), ANY),
    "chip title too long": (message(text="?", quick_replies=[chip(title="x" * 21)]), ANY),
    "chip payload too long": (message(text="?", quick_replies=[chip(payload="x" * 1001)]), ANY),
    "chip without a payload": (message(text="?", quick_replies=[{"content_type": "text", "title": "A"}]), ANY),
    "chip of an unknown type": (message(text="?", quick_replies=[chip(content_type="location")]), ANY),
    "unknown attachment": (attachment("hologram", url="https://a.example/"), ANY),
    "file with link and id": (attachment("image", url="https://a.example/", attachment_id=PICTURE), ANY),
    "file with neither": (attachment("image"), ANY),
    "link that is none": (attachment("image", url="a.png"), ANY),
    "file that does not exist": (attachment("image", attachment_id="123"), ANY),
    "picture sent as a video": (attachment("video", attachment_id=PICTURE), (100, 2018047)),
    "link that leads nowhere": (attachment("image", url="http://business.test.local/none.png"), (100, 2018008)),
    "unknown template": (template("poll"), ANY),
    "no cards": (template("generic", elements=[]), ANY),
    "eleven cards": (template("generic", elements=[card()] * 11), ANY),
    "card without a title": (template("generic", elements=[{"subtitle": "s"}]), ANY),
    "card with a title alone": (template("generic", elements=[{"title": "t"}]), ANY),
    "card title too long": (template("generic", elements=[card(title="x" * 81)]), ANY),
    "four buttons on a card": (template("generic", elements=[card(buttons=[button()] * 4)]), ANY),
    "no buttons": (template("button", text="t", buttons=[]), ANY),
    "button text too long": (template("button", text="x" * 641, buttons=[button()]), ANY),
    "button title too long": (template("button", text="t", buttons=[button(title="x" * 21)]), ANY),
    "button without a payload": (template("button", text="t", buttons=[{"type": "postback", "title": "A"}]), ANY),
    "link button without a link": (template("button", text="t", buttons=[{"type": "web_url", "title": "A"}]), ANY),
    "reaction to nothing": ({"sender_action": "react", "payload": {"message_id": "m_none", "reaction": "😊"}}, ANY),
    "reaction without a word": ({"sender_action": "react", "payload": {"message_id": LINE}}, ANY),
    "old offers": ({**message(text="hi"), "recipient": {"notification_messages_token": "1"}}, ANY),
    "comment that does not exist": ({**message(text="hi"), "recipient": {"comment_id": "1_2"}}, ANY),
}  # fmt: skip
REFUSED: dict[str, dict[str, tuple[Body, tuple[int, int | None]]]] = {
    "messenger": {
        "text too long": (message(text="x" * 2001), ANY),
        "stranger": ({**message(text="hi"), "recipient": {"id": "7700000000000001"}}, (100, 2018001)),
        "31 pictures": (message(attachments=[{"type": "image", "payload": {"attachment_id": PICTURE}}] * 31), ANY),
        "persona that does not exist": ({**message(text="hi"), "persona_id": "1"}, ANY),
        "number without a plus": (template("button", text="t", buttons=[button("phone_number", title="A", payload="852")]), ANY),
        "utility as an answer": ({"messaging_type": "RESPONSE", "message": {"template": UTILITY}}, ANY),
        "utility in words": ({"messaging_type": "UTILITY", "message": {"text": "hi"}}, ANY),
        "utility that does not exist": ({"messaging_type": "UTILITY", "message": {"template": {**UTILITY, "name": "none"}}}, ANY),
        "utility in another language": (
            {"messaging_type": "UTILITY", "message": {"template": {**UTILITY, "language": {"code": "de"}}}}, ANY),
        "utility without values": ({"messaging_type": "UTILITY", "message": {"template": {**UTILITY, "components": []}}}, ANY),
        "receipt without a total": (template("receipt", **{**RECEIPT, "summary": {}}), ANY),
        "heart": (message(attachment={"type": "like_heart"}), ANY),
    },
    "instagram": {
        "text too long in bytes": (message(text="茶" * 333 + "xx"), ANY),
        "stranger": ({**message(text="hi"), "recipient": {"id": "6600000000000001"}}, (100, 2534014)),
        "eleven pictures": (message(attachments=[{"type": "image", "payload": {"attachment_id": PICTURE}}] * 11), ANY),
        "utility": ({"messaging_type": "UTILITY", "message": {"template": UTILITY}}, ANY),
        "sticker": (message(sticker_id=1), ANY),
        "persona": ({**message(text="hi"), "persona_id": "1"}, ANY),
        "receipt": (template("receipt", **RECEIPT), ANY),
        "call": (template("button", text="t", buttons=[button("phone_number", title="A", payload="+852")]), ANY),
        "chips below a picture": (
            {"message": {"attachment": {"type": "image", "payload": {"attachment_id": PICTURE}}, "quick_replies": [chip()]}}, ANY),
        "post of others": (message(attachment={"type": "MEDIA_SHARE", "payload": {"id": "1"}}), ANY),
    },
}  # fmt: skip

NAMES = ("messenger", "instagram")


@pytest_asyncio.fixture(scope="module", params=NAMES, loop_scope="module")
async def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MessagingLab]:
    path: Path = tmp_path_factory.mktemp("sandbox")
    async with open_messaging(path, request.param) as opened:
        line = await opened.greet()
        opened.known = {LINE: line["id"], PICTURE: await upload(opened)}
        yield opened


async def upload(lab: MessagingLab) -> str:
    form = {
        "message": '{"attachment":{"type":"image","payload":{"is_reusable":true}}}',
        "platform": lab.account["channel"],
    }
    files = {"filedata": ("cup.png", samples.png(), "image/png")}
    response = await lab.call("POST", f"{lab.sender}/message_attachments", data=form, files=files)
    assert response.status_code == 200, response.text
    return str(response.json()["attachment_id"])


def filled(value: Any, known: dict[str, str]) -> Any:
    """Return the body with LINE and PICTURE replaced by what they stand for."""
    if isinstance(value, dict):
        return {key: filled(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    return known.get(value, value) if isinstance(value, str) else value


async def test_what_meta_publishes_is_accepted(lab: MessagingLab) -> None:
    for label, body in (BOTH | ACCEPTED[lab.account["channel"]]).items():
        response = await lab.post(filled(body, lab.known))
        assert response.status_code == 200, (label, response.text)
        answer = response.json()
        assert answer["recipient_id"] == lab.person, label
        assert ("message_id" in answer) == ("message" in body), label


async def test_what_is_broken_is_refused(lab: MessagingLab) -> None:
    for label, (body, expected) in (BROKEN | REFUSED[lab.account["channel"]]).items():
        response = await lab.post(filled(body, lab.known))
        assert error_of(response) == expected, (label, response.text)


async def test_uploads_are_looked_at(lab: MessagingLab) -> None:
    """Each is refused with its own subcode: no file at all, an empty one, one of another type, one that is too big."""
    cases = [
        ("image", None, None),
        ("image", ("a.png", b"", "image/png"), 2018047),
        ("image", ("a.txt", b"hello", "text/plain"), 2018047),
        ("audio", ("a.png", samples.png(), "image/png"), 2018047),
        ("image", ("杯.png", samples.png(), "image/png"), 2018047),
        ("image", ("a.png", bytes(8 * 1_048_576 + 1), "image/png"), 2018109),
        ("poem", ("a.png", samples.png(), "image/png"), None),
    ]
    for kind, file, subcode in cases:
        form = {"message": f'{{"attachment":{{"type":"{kind}","payload":{{}}}}}}', "platform": lab.account["channel"]}
        files = {"filedata": file} if file else {"other": ("x", b"x", "text/plain")}
        response = await lab.call("POST", f"{lab.sender}/message_attachments", data=form, files=files)
        assert error_of(response) == (100, subcode), (kind, file and file[0])


async def test_a_file_may_come_with_the_message(lab: MessagingLab) -> None:
    form = {
        "recipient": f'{{"id":"{lab.person}"}}',
        "message": '{"attachment":{"type":"image","payload":{"is_reusable":true}}}',
        "messaging_type": "RESPONSE",
    }
    files = {"filedata": ("cup.png", samples.png(), "image/png")}
    response = await lab.call("POST", f"{lab.sender}/messages", data=form, files=files)
    assert response.status_code == 200, response.text
    assert (await lab.lines())[-1]["view"]["media"]["filename"] == "cup.png"


@pytest.mark.parametrize("path", ["me", "SENDER"])
async def test_the_account_has_two_names(lab: MessagingLab, path: str) -> None:
    path = lab.sender if path == "SENDER" else path
    response = await lab.call(
        "POST", f"{path}/messages", json={"recipient": {"id": lab.person}, "message": {"text": "hi"}}
    )
    assert response.status_code == 200


async def test_only_the_right_token_is_let_in(lab: MessagingLab) -> None:
    body = {"recipient": {"id": lab.person}, "message": {"text": "hi"}}
    path = f"/v24.0/{lab.sender}/messages"
    assert error_of(await lab.http.post(path, json=body)) == (190, None)
    assert error_of(await lab.http.post(path, json=body, headers={"Authorization": "Bearer EAAGnone"})) == (190, None)
    other = next(one for one in (await lab.http.get("/sandbox/accounts")).json() if one["channel"] == "whatsapp")
    foreign = {"Authorization": f"Bearer {other['credentials']['access_token']}"}
    assert error_of(await lab.http.post(path, json=body, headers=foreign)) == (190, None)
    token = {"access_token": lab.account["credentials"]["access_token"]}
    assert (await lab.http.post(path, json=body, params=token)).status_code == 200
    assert (await lab.http.post(path, json=body | token)).status_code == 200
    assert error_of(await lab.call("POST", f"{lab.sender}/messages", json=body, params={"appsecret_proof": "0"})) == (
        100,
        None,
    )
    assert error_of(await lab.call("GET", f"{lab.sender}/nonsense")) == (2500, None)
    assert error_of(await lab.call("GET", "123456")) == (100, 33)

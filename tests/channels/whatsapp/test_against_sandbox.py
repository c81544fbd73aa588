"""Adapter and sandbox share no code and were written from the same pages: each is a witness to what the other understood."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import (
    Check,
    Checked,
    ConsentChanged,
    Done,
    FetchMedia,
    IdentityChanged,
    InboundEvent,
    Intent,
    Key,
    MarkRead,
    MediaFetched,
    MediaHandle,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    OutboundMessage,
    Person,
    ReactionChanged,
    Result,
    Send,
    SendError,
    Sent,
    StatusChanged,
    Subscribe,
    SyncTemplates,
    TemplatesSeen,
    Typing,
    Unsubscribe,
    WindowOpened,
)
from channels.whatsapp import ADAPTER
from tests.channels.against import Against
from tests.sandbox.conftest import HOOK, Lab, open_lab

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
PICTURE = MediaHandle("m1", "image/png", len(PNG), "dot.png")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path) as opened:
        yield opened


async def run(lab: Lab, intent: Intent) -> Result:
    """Make an intent's requests of the sandbox."""
    return await Against(ADAPTER, lab, {PICTURE.media_id: PNG}).run(intent)


def events_of(lab: Lab) -> list[InboundEvent]:
    """Return everything that the sandbox has delivered, its signatures checked."""
    return Against(ADAPTER, lab, {}).events()


async def received(lab: Lab) -> MessageReceived:
    """Wait for the customer's newest message."""
    found = await lab.until(lambda: [event for event in events_of(lab) if isinstance(event, MessageReceived)])
    message: MessageReceived = found[-1]
    return message


def person(lab: Lab) -> Person:
    return Person((Key("world", "phone", lab.customer["phone"]),))


WRITTEN = [
    ("text", "text"),
    ("image", "image"),
    ("video", "video"),
    ("audio", "audio"),
    ("voice", "audio"),
    ("document", "document"),
    ("sticker", "sticker"),
    ("location", "location"),
    ("contacts", "contacts"),
    ("order", "order"),
    ("button", "button_reply"),
    ("button_reply", "button_reply"),
    ("list_reply", "list_reply"),
    ("form_reply", "form_reply"),
    ("address_reply", "form_reply"),
    ("call_permission_reply", "system"),
    ("identity_change", "system"),
    ("unsupported", "unsupported"),
    ("interactive_empty", "unsupported"),
    ("too_big", "unsupported"),
]


@pytest.mark.parametrize(("kind", "expected"), WRITTEN)
async def test_what_a_customer_sends_is_understood(lab: Lab, kind: str, expected: str) -> None:
    await lab.write(kind)
    message = await received(lab)
    assert message.body.kind == expected
    assert message.account == lab.account["external_id"]
    assert message.sender.name == "Jürgen 陳"
    assert message.sender.keys[1] == Key("world", "phone", lab.customer["phone"])


DONE = [
    ("request_welcome", WindowOpened),
    ("edit", MessageEdited),
    ("revoke", MessageDeleted),
    ("number_change", IdentityChanged),
    ("user_id_change", IdentityChanged),
    ("preference", ConsentChanged),
    ("echo", MessageEchoed),
]


@pytest.mark.parametrize(("kind", "expected"), DONE)
async def test_what_a_customer_does_is_understood(lab: Lab, kind: str, expected: type[InboundEvent]) -> None:
    await lab.write("text", text="First")
    await lab.write(kind)
    last = await lab.until(lambda: events_of(lab)[1:])
    assert [type(event) for event in last] == [expected]


SENT = [
    OutboundMessage("text", "See https://shop.example", link_preview=True),
    OutboundMessage("image", "A dot", media=PICTURE),
    OutboundMessage("location", content={"latitude": 38.7, "longitude": -9.1, "name": "Shop", "address": "Rua Nova 7"}),
    OutboundMessage("contacts", content={"contacts": [{"name": "Rui Costa", "phones": [{"phone": "+351900000002"}]}]}),
    OutboundMessage("buttons", "Which size?", {"buttons": [{"id": "m", "title": "M"}, {"id": "l", "title": "L"}]}),
    OutboundMessage(
        "list", "When?", {"button": "Choose", "sections": [{"title": "Day", "rows": [{"id": "1", "title": "Monday"}]}]}
    ),
    OutboundMessage("reaction", content={"emoji": "❤️"}),
    OutboundMessage("reaction", content={"emoji": ""}),
]


@pytest.mark.parametrize("message", SENT, ids=[message.kind for message in SENT])
async def test_what_we_send_is_taken_and_ticked(lab: Lab, message: OutboundMessage) -> None:
    await lab.write("text", text="Hello")
    target = (await received(lab)).external_id
    sent = await run(lab, Send(replace(message, reply_to=target), person(lab), "our-id"))
    assert isinstance(sent, Sent)
    ticks = await lab.until(lambda: [event for event in events_of(lab) if isinstance(event, StatusChanged)])
    assert (ticks[0].external_id, ticks[0].status, ticks[0].callback) == (sent.external_id, "sent", "our-id")


async def test_a_hidden_phone_is_reached_by_its_bsuid(lab: Lab) -> None:
    await lab.write("text", text="Hello")
    bsuid = (await received(lab)).sender.keys[0]
    assert bsuid.kind == "bsuid"
    assert isinstance(await run(lab, Send(OutboundMessage("text", "Hi"), Person((bsuid,)), "our-id")), Sent)


async def test_a_closed_window_is_told(lab: Lab) -> None:
    with pytest.raises(SendError) as refused:
        await run(lab, Send(OutboundMessage("text", "Hi"), person(lab), "our-id"))
    assert (refused.value.code, refused.value.external_code) == ("window_closed", "131047")


async def test_our_reaction_and_theirs(lab: Lab) -> None:
    await lab.write("text", text="Hello")
    await received(lab)
    sent = await run(lab, Send(OutboundMessage("text", "Hi"), person(lab), "our-id"))
    assert isinstance(sent, Sent)
    await lab.act(react="👍")
    (reaction,) = await lab.until(lambda: [event for event in events_of(lab) if isinstance(event, ReactionChanged)])
    assert (reaction.target, reaction.emoji) == (sent.external_id, "👍")


async def test_a_file_comes_and_a_read_mark_goes(lab: Lab) -> None:
    await lab.write("image")
    message = await received(lab)
    assert await run(lab, MarkRead(message.external_id)) == Done()
    assert await run(lab, Typing(message.sender, message.external_id)) == Done()
    (file,) = message.body.media
    for media in (file, replace(file, url="")):
        fetched = await run(lab, FetchMedia(media, 1_000_000))
        assert isinstance(fetched, MediaFetched)
        assert fetched.mime == file.mime


async def test_the_account_is_healthy_and_its_templates_can_be_sent(lab: Lab) -> None:
    assert await run(lab, Subscribe(HOOK, lab.account["credentials"]["verify_token"])) == Done()
    checked = await run(lab, Check())
    assert isinstance(checked, Checked)
    assert {item.state for item in checked.items} == {"ok"}
    seen = await run(lab, SyncTemplates())
    assert isinstance(seen, TemplatesSeen)
    template = next(template for template in seen.templates if template.name == "order_update")
    values = [{"type": "text", "text": value} for value in ("Ana", "TK-1", "Monday", "ana-77")]
    content = {
        "name": template.name,
        "language": template.language,
        "components": [
            {"type": "body", "parameters": values[:3]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": values[3:]},
        ],
    }
    assert isinstance(await run(lab, Send(OutboundMessage("template", content=content), person(lab), "our-id")), Sent)
    assert await run(lab, Unsubscribe()) == Done()

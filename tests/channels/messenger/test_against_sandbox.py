"""Adapter and sandbox share no code and were written from the same pages: each is a witness to what the other understood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    Check,
    Checked,
    ConsentChanged,
    ContactUnreachable,
    ControlChanged,
    CredentialsInvalid,
    Done,
    FetchMedia,
    FetchProfile,
    InboundEvent,
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
    PlatformDown,
    ProfileSeen,
    ReactionChanged,
    Rejected,
    Send,
    SendError,
    Sent,
    Subscribe,
    SyncTemplates,
    TemplateChanged,
    TemplatesSeen,
    Throttled,
    Typing,
    Unsubscribe,
    WatermarkMoved,
    WindowClosed,
)
from channels.messenger import ADAPTER
from channels.messenger.sandbox.menu import KINDS
from channels.sandbox import samples
from tests.channels.against import Against
from tests.sandbox.conftest import HOOK
from tests.sandbox.messaging import MessagingLab, open_messaging

PICTURE = MediaHandle("m1", "image/png", len(samples.png()), "cup.png")
CLIP = MediaHandle("m2", "video/mp4", len(samples.mp4()), "tea.mp4")
PAPER = MediaHandle("m3", "application/pdf", len(samples.pdf()), "order.pdf")
VOICE = MediaHandle("m4", "audio/ogg", len(samples.ogg()), "voice.ogg")
FILES = {"m1": samples.png(), "m2": samples.mp4(), "m3": samples.pdf(), "m4": samples.ogg()}


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[MessagingLab]:
    async with open_messaging(tmp_path, "messenger") as opened:
        yield opened


@pytest.fixture
def meet(lab: MessagingLab) -> Against:
    return Against(ADAPTER, lab, FILES)


async def person(lab: MessagingLab) -> Person:
    """Return the customer as messages name them, after a first word."""
    await lab.greet()
    return Person((Key("account", "psid", lab.person),))


BODIES = {
    "text": "text",
    "image": "image",
    "album": "image",
    "video": "video",
    "voice": "audio",
    "document": "document",
    "sticker": "sticker",
    "thumb": "sticker",
    "location": "location",
    "link": "text",
    "link_empty": "text",
    "reel": "share",
    "post": "share",
    "product_share": "share",
    "booking": "form_reply",
    "order": "order",
    "product": "text",
    "ad": "text",
    "get_started": "postback",
    "referral": "referral",
    "optin": "referral",
    "account_link": "system",
    "account_unlink": "system",
    "feedback": "system",
    "game": "system",
    "comment": "comment",
    "visitor_post": "comment",
    "mention": "comment",
    "unknown": "unsupported",
}
"""Kinds of the menu that become messages, and what kind of message."""

EVENTS: dict[str, type[InboundEvent]] = {
    "edit": MessageEdited,
    "edit_unseen": MessageEdited,
    "revoke": MessageDeleted,
    "unsend_unknown": MessageDeleted,
    "optin_marketing": ConsentChanged,
    "optin_stop": ConsentChanged,
    "optin_once": ConsentChanged,
    "echo": MessageEchoed,
    "handover": ControlChanged,
    "handback": ControlChanged,
    "control_request": ControlChanged,
    "comment_edit": MessageEdited,
    "comment_remove": MessageDeleted,
    "policy": AccountChanged,
}


async def test_all_that_customers_do_is_understood(lab: MessagingLab, meet: Against) -> None:
    known = await person(lab)
    await lab.write("comment", text="how much?")
    samples_of = {kind.name: kind.sample for kind in KINDS} | {"text": {"kind": "text"}}
    assert samples_of.keys() == BODIES.keys() | EVENTS.keys()
    for name, sample in samples_of.items():
        if name == "comment_remove":
            await lab.write("comment", text="this one goes")
        before = len(await lab.until(meet.events))
        await lab.write(**sample)
        (*_, event) = await lab.until(lambda n=before: len(found := meet.events()) > n and found)
        assert event.account == lab.account["external_id"], name
        if name in EVENTS:
            assert type(event) is EVENTS[name], name
            continue
        assert isinstance(event, MessageReceived), name
        assert event.body.kind == BODIES[name], name
        by_psid = event.sender.keys[0].kind == "psid"
        assert (
            event.sender.keys[0] == known.keys[0]
            if by_psid
            else name in ("optin", "comment", "visitor_post", "mention")
        )


async def test_an_album_is_one_message(lab: MessagingLab, meet: Against) -> None:
    await lab.write("album")
    assert len((await meet.next(MessageReceived)).body.media) == 3


@pytest.mark.parametrize("style", ["sticker", "image", "both"])
async def test_a_sticker_is_one_in_either_form(lab: MessagingLab, meet: Against, style: str) -> None:
    await lab.settings(stickers=style)
    await lab.write("sticker")
    message = await meet.next(MessageReceived)
    assert (message.body.kind, len(message.body.media)) == ("sticker", 1)


@pytest.mark.parametrize("settings", [{"as_changes": True}, {"timestamps": "string"}, {"timestamps": "none"}])
async def test_messages_in_another_envelope_are_messages(
    lab: MessagingLab, meet: Against, settings: dict[str, Any]
) -> None:
    await lab.settings(**settings)
    await lab.write(text="早晨")
    assert (await meet.next(MessageReceived)).body.text == "早晨"


async def test_what_is_answered_and_tapped_is_named(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    buttons = {"buttons": [{"id": "sat", "title": "Saturday"}, {"id": "sun", "title": "Sunday"}]}
    sent = await meet.run(Send(OutboundMessage("buttons", "When?", buttons), who, "our-id"))
    assert isinstance(sent, Sent)
    await lab.act(tap="Sunday")
    reply = await meet.next(MessageReceived, least=2)
    assert (reply.body.kind, reply.body.content["id"], reply.reply_to) == ("button_reply", "sun", sent.external_id)
    await lab.write(text="really", reply_to=sent.external_id)
    assert (await meet.next(MessageReceived, least=3)).reply_to == sent.external_id
    cards = {"cards": [{"title": "Gaiwan", "subtitle": "HK$348", "buttons": [{"id": "BUY:1", "title": "Buy"}]}]}
    await meet.run(Send(OutboundMessage("cards", "", cards), who, "our-id"))
    await lab.act(tap="Buy")
    postback = await meet.next(MessageReceived, least=4)
    assert (postback.body.kind, postback.body.content["id"]) == ("postback", "BUY:1")


SENT = [
    OutboundMessage("text", "See https://shop.example"),
    OutboundMessage("image", media=PICTURE),
    OutboundMessage("video", media=CLIP),
    OutboundMessage("document", media=PAPER),
    OutboundMessage("audio", media=VOICE, voice=True),
    OutboundMessage("image", media=replace(PICTURE, url="https://shop.example/m/token")),
    OutboundMessage("sticker", content={"sticker_id": "369239263222822"}),
    OutboundMessage("buttons", "Which?", {"buttons": [{"id": "m", "title": "M"}, {"id": "l", "title": "L"}]}),
    OutboundMessage("buttons", "See", {"buttons": [{"url": "https://shop.example", "title": "Open"}, {"id": "l", "title": "L"}]}),
    OutboundMessage("cards", "", {"cards": [{"title": "Gaiwan", "image_url": "https://shop.example/g.jpg", "url": "https://shop.example"}] * 3}),
]  # fmt: skip


@pytest.mark.parametrize("message", SENT, ids=lambda message: message.kind)
async def test_what_we_send_is_taken_echoed_and_ticked(
    lab: MessagingLab, meet: Against, message: OutboundMessage
) -> None:
    line = await lab.greet()
    who = Person((Key("account", "psid", lab.person),))
    sent = await meet.run(Send(replace(message, reply_to=line["id"]), who, "our-id"))
    assert isinstance(sent, Sent)
    assert bool(sent.uploaded_media_id) == (message.media is not None and not message.media.url)
    echo = await meet.next(MessageEchoed)
    assert (echo.external_id, echo.callback, echo.reply_to) == (sent.external_id, "our-id", line["id"])
    assert echo.body.kind == ("text" if message.kind in ("buttons", "cards") else message.kind)
    delivered = await meet.next(WatermarkMoved)
    await lab.act(read=True)
    read = await meet.next(WatermarkMoved, least=2)
    assert (delivered.status, read.status) == ("delivered", "read")
    assert delivered.person == read.person == who
    assert delivered.until >= echo.occurred_at
    assert (await lab.lines())[-1]["status"] == "read"


async def test_an_uploaded_file_is_sent_again_by_its_id(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    first = await meet.run(Send(OutboundMessage("image", media=PICTURE), who, "1"))
    assert isinstance(first, Sent)
    known = replace(PICTURE, platform_id=first.uploaded_media_id)
    assert isinstance(await meet.run(Send(OutboundMessage("image", media=known), who, "2")), Sent)
    strange = replace(PICTURE, platform_id="123")
    assert isinstance(await meet.run(Send(OutboundMessage("image", media=strange), who, "3")), Sent)


async def test_reactions_go_both_ways(lab: MessagingLab, meet: Against) -> None:
    line = await lab.greet()
    who = Person((Key("account", "psid", lab.person),))
    for emoji in ("❤️", ""):
        reaction = OutboundMessage("reaction", content={"emoji": emoji}, reply_to=line["id"])
        assert isinstance(await meet.run(Send(reaction, who, "our-id")), Sent)
        assert (await lab.lines())[-1]["reactions"].get("business", "") == emoji
    sent = await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
    assert isinstance(sent, Sent)
    await lab.act(react="😮")
    theirs = await meet.next(ReactionChanged)
    assert (theirs.target, theirs.emoji) == (sent.external_id, "😮")
    await lab.act(react="")
    assert (await meet.next(ReactionChanged, least=2)).emoji is None


async def test_a_comment_gets_one_private_reply_and_answers_in_public(lab: MessagingLab, meet: Against) -> None:
    await lab.write("comment", text="How much?")
    comment = await meet.next(MessageReceived)
    assert comment.opened_by == "comment"
    public = OutboundMessage("comment", "We wrote to you.", reply_to=comment.external_id)
    assert isinstance(await meet.run(Send(public, comment.sender, "our-id")), Sent)
    await lab.until(
        lambda: [e for e in meet.events() if isinstance(e, AccountChanged)]
    )  # our own words are no message to us
    reply = Send(
        OutboundMessage("text", "HK$348", reply_to=comment.external_id), comment.sender, "our-id", "private_reply"
    )
    sent = await meet.run(reply)
    assert isinstance(sent, Sent)
    assert sent.person is not None
    assert (await lab.lines())[-1]["view"]["about"] == "How much?"
    with pytest.raises(Rejected) as again:
        await meet.run(reply)
    assert again.value.code == "private_reply_used"
    with pytest.raises(WindowClosed):
        await meet.run(Send(OutboundMessage("text", "And?"), sent.person, "our-id"))
    await lab.write(text="I take it")
    assert (await meet.next(MessageReceived, least=2)).sender.keys == sent.person.keys
    assert isinstance(await meet.run(Send(OutboundMessage("text", "Good"), sent.person, "our-id")), Sent)


async def test_who_ticked_a_box_can_be_written_to(lab: MessagingLab, meet: Against) -> None:
    await lab.write("optin", user_ref="ref-1")
    newcomer = (await meet.next(MessageReceived)).sender
    sent = await meet.run(Send(OutboundMessage("text", "It is back"), newcomer, "our-id"))
    assert isinstance(sent, Sent)
    assert sent.person is None


async def test_utility_templates_are_read_and_go_out_when_the_window_is_closed(
    lab: MessagingLab, meet: Against
) -> None:
    await lab.write("comment")
    sender = (await meet.next(MessageReceived)).sender
    await meet.run(
        Send(
            OutboundMessage("text", "hi", reply_to=(await meet.next(MessageReceived)).external_id),
            sender,
            "1",
            "private_reply",
        )
    )
    who = Person((Key("account", "psid", (await lab.state())["user_id"]),))
    with pytest.raises(WindowClosed):
        await meet.run(Send(OutboundMessage("text", "Hi"), who, "2"))
    seen = await meet.run(SyncTemplates())
    assert isinstance(seen, TemplatesSeen)
    template = next(one for one in seen.templates if (one.name, one.language) == ("order_shipped", "en"))
    values = [{"type": "text", "text": value} for value in ("Ana", "TK-1")]
    content = {
        "name": template.name,
        "language": template.language,
        "components": [{"type": "body", "parameters": values}],
    }
    assert isinstance(await meet.run(Send(OutboundMessage("template", content=content), who, "3")), Sent)
    assert (await lab.lines())[-1]["view"]["text"] == "Hello Ana, your order TK-1 has left our shop."


async def test_while_another_app_has_the_thread_we_listen(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    await lab.write("handover")
    assert (await meet.next(ControlChanged)).change == "taken"
    await lab.write(text="anybody?")
    assert (await meet.next(MessageReceived, least=2)).standby
    with pytest.raises(Rejected) as refused:
        await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
    assert refused.value.code == "thread_held"
    await lab.write("handover", to="app")
    assert (await meet.next(ControlChanged, least=2)).change == "passed"
    assert isinstance(await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id")), Sent)


FAILURES = [
    (10, WindowClosed, "10/2018278"),
    (551, ContactUnreachable, "551"),
    (613, Throttled, "613/1893016"),
    (4, Throttled, "4"),
    (32, Throttled, "32"),
    (2, PlatformDown, "2"),
    (1200, PlatformDown, "1200"),
    (190, CredentialsInvalid, "190/463"),
    (200, CredentialsInvalid, "200"),
    (368, Rejected, "368"),
]


async def test_every_refusal_is_the_error_that_it_is(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    for code, kind, external in FAILURES:
        await lab.faults(fail_code=code)
        with pytest.raises(SendError) as refused:
            await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
        assert (type(refused.value), refused.value.external_code.split("/")[0]) == (kind, external.split("/")[0]), code
    await lab.faults(fail_code=None)
    await lab.act(block=True)
    with pytest.raises(ContactUnreachable):
        await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))


async def test_files_come_by_an_address_that_expires(lab: MessagingLab, meet: Against) -> None:
    await lab.write("image")
    (file,) = (await meet.next(MessageReceived)).body.media
    fetched = await meet.run(FetchMedia(file, 1_000_000))
    assert isinstance(fetched, MediaFetched)
    await lab.settings(links_expired=True)
    await lab.write("document")
    (late,) = (await meet.next(MessageReceived, least=2)).body.media
    again = await meet.run(FetchMedia(late, 1_000_000))
    assert isinstance(again, MediaFetched)
    assert (again.mime, again.filename) == ("application/pdf", "order-TK-2048.pdf")
    with pytest.raises(Rejected) as gone:
        await meet.run(FetchMedia(replace(late, external_id="m_none#0"), 1_000_000))
    assert gone.value.code == "media_gone"


async def test_profiles_may_be_empty(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    seen = await meet.run(FetchProfile(who))
    assert isinstance(seen, ProfileSeen)
    assert seen.person.name == "Jürgen 陳"
    await lab.settings(no_profiles=True)
    nobody = await meet.run(FetchProfile(who))
    assert isinstance(nobody, ProfileSeen)
    assert nobody.person.name == ""


async def test_the_page_is_healthy_once_it_is_subscribed(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    unsure = await meet.run(Check())
    assert isinstance(unsure, Checked)
    assert {item.code: item.state for item in unsure.items}["subscription"] == "error"
    assert await meet.run(Subscribe(HOOK, lab.account["credentials"]["verify_token"])) == Done()
    well = await meet.run(Check())
    assert isinstance(well, Checked)
    assert {item.state for item in well.items} == {"ok"}
    assert await meet.run(MarkRead("", who)) == Done()
    assert (await lab.lines())[0]["status"] == "read"
    assert await meet.run(Typing(who, "")) == Done()
    assert await meet.run(Unsubscribe()) == Done()
    before = len(lab.business.deliveries)
    await lab.write(text="unheard")
    assert len(lab.business.deliveries) == before


async def test_a_template_event_is_told(lab: MessagingLab, meet: Against) -> None:
    value = {
        "event": "APPROVED",
        "message_template_id": 880012,
        "message_template_name": "order_shipped",
        "message_template_language": "en",
        "reason": "NONE",
    }
    await lab.http.post(
        f"/sandbox/accounts/{lab.account['id']}/events",
        json={"field": "message_template_status_update", "value": value},
    )
    assert (await meet.next(TemplateChanged)).name == "order_shipped"

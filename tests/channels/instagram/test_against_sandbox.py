"""Adapter and sandbox share no code and were written from the same pages: each is a witness to what the other understood.

Both products of Instagram: by Instagram Login, and by Facebook Login through a Page that Messenger has too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import (
    AccountChanged,
    Check,
    Checked,
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
    RefreshToken,
    Rejected,
    Send,
    SendError,
    Sent,
    StatusChanged,
    Subscribe,
    Throttled,
    TokenRefreshed,
    Typing,
    Unsubscribe,
    WindowClosed,
)
from channels.instagram import ADAPTER
from channels.instagram.sandbox.menu import KINDS
from channels.sandbox import samples
from tests.channels.against import Against
from tests.sandbox.conftest import HOOK
from tests.sandbox.messaging import MessagingLab, open_messaging

PICTURE = MediaHandle("m1", "image/png", len(samples.png()), "杯.png")
CLIP = MediaHandle("m2", "video/mp4", len(samples.mp4()), "tea.mp4")
PAPER = MediaHandle("m3", "application/pdf", len(samples.pdf()), "order.pdf")
FILES = {"m1": samples.png(), "m2": samples.mp4(), "m3": samples.pdf()}


@pytest.fixture(params=["instagram", "instagram by page"])
async def lab(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MessagingLab]:
    async with open_messaging(tmp_path, request.param) as opened:
        yield opened


@pytest.fixture
def meet(lab: MessagingLab) -> Against:
    return Against(ADAPTER, lab, FILES)


def by_page(lab: MessagingLab) -> bool:
    return bool(lab.account["settings"]["login"] == "facebook")


async def person(lab: MessagingLab) -> Person:
    await lab.greet()
    return Person((Key("account", "igsid", lab.person),))


BODIES = {
    "text": "text",
    "image": "image",
    "album": "image",
    "video": "video",
    "voice": "audio",
    "story_reply": "story_reply",
    "story_mention": "story_mention",
    "post": "share",
    "old_post": "share",
    "reel": "share",
    "story": "share",
    "heart": "text",
    "product": "text",
    "ad": "text",
    "ice_breaker": "postback",
    "referral": "referral",
    "comment": "comment",
    "comment_ad": "comment",
    "live_comment": "comment",
    "ephemeral": "unsupported",
    "unsupported": "unsupported",
    "unknown": "unsupported",
}
EVENTS: dict[str, type[InboundEvent]] = {
    "edit": MessageEdited,
    "edit_unseen": MessageEdited,
    "revoke": MessageDeleted,
    "unsend_unknown": MessageDeleted,
    "echo": MessageEchoed,
    "handover": ControlChanged,
    "handback": ControlChanged,
}
SILENT = ("username_change",)


async def test_all_that_customers_do_is_understood(lab: MessagingLab, meet: Against) -> None:
    known = await person(lab)
    samples_of = {kind.name: kind.sample for kind in KINDS} | {"text": {"kind": "text"}}
    assert samples_of.keys() == BODIES.keys() | EVENTS.keys() | {*SILENT, "mention"}
    expected = BODIES | ({} if by_page(lab) else {"mention": "comment"})
    events = EVENTS | ({"mention": AccountChanged} if by_page(lab) else {})
    for name, sample in samples_of.items():
        before = len(await lab.until(meet.events))
        await lab.write(**sample)
        if name in SILENT:
            continue
        (*_, event) = await lab.until(lambda n=before: len(found := meet.events()) > n and found)
        assert event.account == lab.account["external_id"], name
        if name in events:
            assert type(event) is events[name], name
            continue
        assert isinstance(event, MessageReceived), name
        assert event.body.kind == expected[name], name
        assert event.sender.keys == known.keys, name


async def test_a_story_may_be_kept_for_a_day(lab: MessagingLab, meet: Against) -> None:
    for kind in ("story_mention", "story_reply"):
        await lab.write(kind)
    mention, reply = await both(lab, meet)
    for message in (mention, reply):
        (file,) = message.body.media
        assert file.keep_until_s is not None
        assert isinstance(await meet.run(FetchMedia(file, 1_000_000)), MediaFetched)
    await lab.settings(links_expired=True)
    await lab.write("image")
    late = (await meet.next(MessageReceived, least=3)).body.media[0]
    assert isinstance(await meet.run(FetchMedia(late, 1_000_000)), MediaFetched)


async def both(lab: MessagingLab, meet: Against) -> list[MessageReceived]:
    await meet.next(MessageReceived, least=2)
    return [event for event in meet.events() if isinstance(event, MessageReceived)]


async def test_the_same_message_in_two_envelopes_is_one(lab: MessagingLab, meet: Against) -> None:
    event = {"message": {"mid": "aWdfTWICE", "text": "Price?"}}
    await lab.write("raw", event=event)
    await lab.settings(as_changes=True)
    await lab.write("raw", event=event)
    first, second = await both(lab, meet)
    assert first.external_id == second.external_id == "aWdfTWICE"
    await lab.settings(bare_changes=True)
    await lab.write("raw", event=event)
    assert (await meet.next(MessageReceived, least=3)).external_id == "aWdfTWICE"


SENT = [
    OutboundMessage("text", "茶" * 333),
    OutboundMessage("image", media=PICTURE),
    OutboundMessage("video", media=CLIP),
    OutboundMessage("document", media=PAPER),
    OutboundMessage("image", media=replace(PICTURE, url="https://shop.example/m/token")),
    OutboundMessage("buttons", "Which?", {"buttons": [{"id": "m", "title": "M"}, {"id": "l", "title": "L"}]}),
    OutboundMessage("buttons", "See", {"buttons": [{"url": "https://shop.example", "title": "Open"}, {"id": "l", "title": "L"}]}),
    OutboundMessage("cards", "", {"cards": [{"title": "Gaiwan", "subtitle": "HK$348", "buttons": [{"id": "b", "title": "Buy"}]}]}),
]  # fmt: skip


@pytest.mark.parametrize("message", SENT, ids=lambda message: message.kind)
async def test_what_we_send_is_taken_echoed_and_seen(
    lab: MessagingLab, meet: Against, message: OutboundMessage
) -> None:
    who = await person(lab)
    sent = await meet.run(Send(message, who, "our-id"))
    assert isinstance(sent, Sent)
    echo = await meet.next(MessageEchoed)
    assert (echo.external_id, echo.recipient, echo.callback) == (sent.external_id, who, "")
    await lab.act(read=True)
    seen = await meet.next(StatusChanged)
    assert (seen.external_id, seen.status) == (sent.external_id, "read")
    assert (await lab.lines())[-1]["status"] == "read"


async def test_reactions_go_both_ways(lab: MessagingLab, meet: Against) -> None:
    line = await lab.greet()
    who = Person((Key("account", "igsid", lab.person),))
    for emoji in ("❤️", ""):
        reaction = OutboundMessage("reaction", content={"emoji": emoji}, reply_to=line["id"])
        assert isinstance(await meet.run(Send(reaction, who, "our-id")), Sent)
        assert (await lab.lines())[-1]["reactions"].get("business", "") == emoji
    sent = await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
    assert isinstance(sent, Sent)
    await lab.act(react="😂")
    theirs = await meet.next(ReactionChanged)
    assert (theirs.target, theirs.emoji) == (sent.external_id, "😂")
    await lab.write("reaction", emoji="😂", bare=True)
    assert (await meet.next(ReactionChanged, least=2)).emoji


async def test_a_comment_gets_one_private_reply_and_answers_in_public(lab: MessagingLab, meet: Against) -> None:
    await lab.write("comment", text="How much?")
    comment = await meet.next(MessageReceived)
    public = OutboundMessage("comment", "We wrote to you.", reply_to=comment.external_id)
    assert isinstance(await meet.run(Send(public, comment.sender, "our-id")), Sent)
    await lab.until(lambda: [e for e in meet.events() if isinstance(e, AccountChanged)])
    reply = Send(
        OutboundMessage("text", "HK$348", reply_to=comment.external_id), comment.sender, "our-id", "private_reply"
    )
    sent = await meet.run(reply)
    assert isinstance(sent, Sent)
    assert sent.person is not None
    assert sent.person.keys == comment.sender.keys
    with pytest.raises(Rejected) as again:
        await meet.run(reply)
    assert again.value.code == "private_reply_used"
    with pytest.raises(WindowClosed):
        await meet.run(Send(OutboundMessage("text", "And?"), sent.person, "our-id"))
    await lab.write(text="I take it")
    assert isinstance(await meet.run(Send(OutboundMessage("text", "Good"), sent.person, "our-id")), Sent)


FAILURES = [
    (10, WindowClosed),
    (551, ContactUnreachable),
    (613, Throttled),
    (4, Throttled),
    (2, PlatformDown),
    (190, CredentialsInvalid),
    (200, CredentialsInvalid),
]


async def test_every_refusal_is_the_error_that_it_is(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    for code, kind in FAILURES:
        await lab.faults(fail_code=code)
        with pytest.raises(SendError) as refused:
            await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
        assert isinstance(refused.value, kind), code
    await lab.faults(fail_code=None)
    with pytest.raises(ContactUnreachable):
        await meet.run(
            Send(OutboundMessage("text", "Hi"), Person((Key("account", "igsid", "6600000000000001"),)), "our-id")
        )


async def test_a_profile_wants_consent(lab: MessagingLab, meet: Against) -> None:
    await lab.write("comment")
    stranger = (await meet.next(MessageReceived)).sender
    with pytest.raises(Rejected) as refused:
        await meet.run(FetchProfile(stranger))
    assert refused.value.code == "profile_unavailable"
    await lab.write(text="hello")
    seen = await meet.run(FetchProfile(stranger))
    assert isinstance(seen, ProfileSeen)
    assert (seen.person.name, seen.person.username) == (lab.customer["name"], lab.customer["username"])
    await lab.write("username_change", username="somebody.else")
    renamed = await meet.run(FetchProfile(stranger))
    assert isinstance(renamed, ProfileSeen)
    assert renamed.person.username == "somebody.else"


async def test_the_account_is_healthy_once_it_is_subscribed(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    assert await meet.run(Subscribe(HOOK, lab.account["credentials"]["verify_token"])) == Done()
    well = await meet.run(Check())
    assert isinstance(well, Checked)
    assert {item.code: item.state for item in well.items if item.state != "ok"} == {}
    assert await meet.run(MarkRead("", who)) == Done()
    assert (await lab.lines())[0]["status"] == "read"
    assert await meet.run(Typing(who, "")) == Done()
    assert await meet.run(Unsubscribe()) == Done()


async def test_the_page_keeps_its_own_subscription(tmp_path: Path) -> None:
    """The Page of the Facebook Login is a Messenger account too: neither coming nor going of ours may silence it."""
    async with open_messaging(tmp_path, "instagram by page") as lab:
        page = next(one for one in (await lab.http.get("/sandbox/accounts")).json() if one["channel"] == "messenger")
        assert page["external_id"] == lab.sender
        await lab.call(
            "POST", f"{lab.sender}/subscribed_apps", params={"subscribed_fields": "messages,message_reads,feed"}
        )
        meet = Against(ADAPTER, lab, FILES)
        for intent in (Subscribe(HOOK, "t"), Unsubscribe()):
            assert await meet.run(intent) == Done()
            (app,) = (await lab.call("GET", f"{lab.sender}/subscribed_apps")).json()["data"]
            assert sorted(app["subscribed_fields"]) == ["feed", "message_reads", "messages"]


async def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    async with open_messaging(tmp_path, "instagram") as lab:
        who = await person(lab)
        meet = Against(ADAPTER, lab, FILES)
        with pytest.raises(CredentialsInvalid):
            await meet.run(RefreshToken())  # a token has to be a day old
        await lab.settings(token_issued_at=0)
        renewed = await meet.run(RefreshToken())
        assert isinstance(renewed, TokenRefreshed)
        assert renewed.expires_in_s == 60 * 86_400
        for token in (renewed.access_token, lab.account["credentials"]["access_token"]):
            assert isinstance(await meet.run(Send(OutboundMessage("text", "Hi"), who, "1"), access_token=token), Sent)
        await lab.settings(token_expires_at=1)
        with pytest.raises(CredentialsInvalid) as expired:
            await meet.run(Send(OutboundMessage("text", "Hi"), who, "2"), access_token=renewed.access_token)
        assert expired.value.code == "token_expired"


async def test_a_thread_held_is_only_listened_to(lab: MessagingLab, meet: Against) -> None:
    who = await person(lab)
    await lab.write("handover")
    await lab.write(text="anybody?")
    assert (await meet.next(MessageReceived, least=2)).standby
    with pytest.raises(Rejected) as refused:
        await meet.run(Send(OutboundMessage("text", "Hi"), who, "our-id"))
    assert refused.value.code == "thread_held"

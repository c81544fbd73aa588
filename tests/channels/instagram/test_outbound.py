"""Every intent by either login: the requests it makes of scripted answers, and how it ends.

What Instagram shares with Messenger is tried in full there: tests/channels/messenger/test_outbound.py.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    Account,
    Check,
    Checked,
    CheckItem,
    ContactUnreachable,
    CredentialsInvalid,
    Done,
    FetchMedia,
    FetchProfile,
    FilePart,
    Intent,
    Key,
    MarkRead,
    MediaFetched,
    MediaHandle,
    MediaRef,
    MessageInvalid,
    OutboundMessage,
    OutcomeUnknown,
    Person,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    ProfileSeen,
    RefreshToken,
    Rejected,
    ResponseUnexpected,
    Send,
    SendError,
    Sent,
    Subscribe,
    SyncTemplates,
    Throttled,
    TokenRefreshed,
    Typing,
    Unsubscribe,
    WindowClosed,
)
from channels.instagram import ADAPTER
from channels.instagram.outbound import FIELDS, PAGE_FIELDS, PERMISSIONS
from tests.channels.harness import Driven, answer, compare_golden, downloaded, drive

GOLDEN = Path(__file__).parent / "golden"
IG = "17840000000000001"
CREDENTIALS = {"access_token": "IGAA-fake", "app_secret": "fake"}
AUTH = {"authorization": "Bearer IGAA-fake"}


def account(**settings: str) -> Account:
    settings = {"graph_version": "v24.0", **settings}
    return Account(IG, ADAPTER.base_url(settings), settings)


BY_INSTAGRAM = account(login="instagram")
BY_FACEBOOK = account(login="facebook", page_id="300100200300")
BY_TOKEN = account()
NODES = [(BY_INSTAGRAM, f"/v24.0/{IG}"), (BY_FACEBOOK, "/v24.0/300100200300"), (BY_TOKEN, "/v24.0/me")]

BEA = Person((Key("account", "igsid", "6600000000000001"),))
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
TARGET = "aWdfIN1"
PICTURE = MediaHandle("m1", "image/jpeg", 1234, "shoe.jpg")
KNOWN_PICTURE = replace(PICTURE, platform_id="500100200")


def run(intent: Intent, *responses: PlatformResponse, account: Account = BY_INSTAGRAM) -> Driven:
    return drive(ADAPTER.call(intent, account, CREDENTIALS), responses)


def send(kind: str, text: str = "", window: str = "standard", **fields: Any) -> Send:
    return Send(OutboundMessage(kind, text, **fields), BEA, CALLBACK, window)


def accepted(external_id: str = "aWdfOUT1") -> PlatformResponse:
    return answer({"recipient_id": "6600000000000001", "message_id": external_id})


def refused(code: int, subcode: int | None = None, status: int = 400) -> PlatformResponse:
    return answer({"error": {"message": "No", "code": code, "error_subcode": subcode}}, status)


def get(path: str, **query: str) -> PlatformRequest:
    return PlatformRequest(method="GET", url=path, headers=AUTH, query=query)


BUTTONS = {"buttons": [{"id": "size-m", "title": "M"}, {"id": "size-l", "title": "L"}]}
CARDS = {"cards": [{"title": "Runner 7", "buttons": [{"id": "BUY:SKU-7", "title": "Buy"}]}]}
BODIES: list[tuple[str, Send]] = [
    ("text", send("text", "19,90 €")),
    ("text_by_human_agent", send("text", "Sorry for the wait", window="human_agent")),
    ("private_reply", send("text", "19.90", window="private_reply", reply_to="1790001")),
    ("image", send("image", media=KNOWN_PICTURE)),
    ("video_by_address", send("video", media=replace(PICTURE, mime="video/mp4", url="https://shop.example/m/token"))),
    ("audio", send("audio", media=replace(KNOWN_PICTURE, mime="audio/mp4"))),
    ("document", send("document", media=replace(KNOWN_PICTURE, mime="application/pdf"))),
    ("buttons", send("buttons", "Which size?", content=BUTTONS)),
    ("cards", send("cards", content=CARDS)),
]


@pytest.mark.parametrize(("label", "intent"), BODIES, ids=[case[0] for case in BODIES])
def test_a_message_is_one_request_with_the_same_body_by_either_login(
    label: str, intent: Send, update_golden: bool
) -> None:
    for used, node in NODES:
        driven = run(intent, accepted(), account=used)
        (request,) = driven.requests
        assert request == PlatformRequest(
            method="POST", url=f"{node}/messages", headers=AUTH, json=request.json, delivers=True
        )
        assert driven.result == Sent("aWdfOUT1", BEA)
        compare_golden(GOLDEN / f"{label}.json", request.json, update=update_golden)


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {label for label, _ in BODIES}


def test_the_host_is_that_of_the_login() -> None:
    assert [used.base_url for used, _ in NODES] == [
        "https://graph.instagram.com",
        "https://graph.facebook.com",
        "https://graph.facebook.com",
    ]


def test_a_reaction_has_no_id() -> None:
    driven = run(
        send("reaction", content={"emoji": "🔥"}, reply_to=TARGET), answer({"recipient_id": "6600000000000001"})
    )
    (request,) = driven.requests
    assert request.json == {
        "recipient": {"id": "6600000000000001"},
        "sender_action": "react",
        "payload": {"message_id": TARGET, "reaction": "🔥"},
    }
    assert driven.result == Sent("", BEA)


def test_a_public_answer_goes_below_the_comment() -> None:
    driven = run(send("comment", "It is 19.90", reply_to="1790001"), answer({"id": "1790009"}))
    (request,) = driven.requests
    assert (request.url, request.json) == ("/v24.0/1790001/replies", {"message": "It is 19.90"})
    assert driven.result == Sent("1790009")


def test_a_file_is_uploaded_for_instagram() -> None:
    driven = run(send("image", media=PICTURE), answer({"attachment_id": "77"}), accepted(), account=BY_FACEBOOK)
    upload, _ = driven.requests
    assert upload.url == "/v24.0/300100200300/message_attachments"
    assert upload.form
    assert upload.form["platform"] == "instagram"
    assert upload.files == (FilePart("filedata", PICTURE),)
    assert driven.result == Sent("aWdfOUT1", BEA, uploaded_media_id="77")


ANSWERS: list[tuple[str, PlatformResponse, tuple[type[SendError], str, str]]] = [
    ("the window is closed", refused(10, 2534022), (WindowClosed, "window_closed", "10/2534022")),
    ("no permission", refused(10), (CredentialsInvalid, "permission_missing", "10")),
    ("nobody there", refused(100, 2534014), (ContactUnreachable, "contact_unknown", "100/2534014")),
    ("a second private reply", refused(100, 2534025), (Rejected, "private_reply_used", "100/2534025")),
    ("a deleted thread", refused(100, 2534001), (Rejected, "thread_gone", "100/2534001")),
    ("restricted", refused(10, 2534122), (CredentialsInvalid, "account_restricted", "10/2534122")),
    ("down for a moment", refused(2, 1545133, 500), (PlatformDown, "platform_down", "2/1545133")),
    ("an expired token", refused(190, status=401), (CredentialsInvalid, "token_expired", "190")),
    ("too fast", refused(613), (Throttled, "throttled", "613")),
    ("too much for the account", refused(80002), (Throttled, "account_rate_limited", "80002")),
    ("too many bytes", refused(100), (MessageInvalid, "parameter_invalid", "100")),
    ("a proxy's page", answer(b"<html>", 502), (OutcomeUnknown, "outcome_unknown", "502")),
    ("an answer without a message", answer({}), (OutcomeUnknown, "outcome_unknown", "200")),
]


@pytest.mark.parametrize(("label", "response", "expected"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_an_answer_to_a_send(
    label: str, response: PlatformResponse, expected: tuple[type[SendError], str, str]
) -> None:
    error = run(send("text", "Price"), response).error
    assert error
    assert (type(error), error.code, error.external_code) == expected


def test_what_instagram_has_not_makes_no_request() -> None:
    for intent in (send("template"), send("sticker"), send("list"), send("location"), SyncTemplates()):
        driven = run(intent)
        assert isinstance(driven.error, MessageInvalid)
        assert driven.requests == []
    assert isinstance(run(RefreshToken(), account=BY_FACEBOOK).error, MessageInvalid)


def test_read_and_typing_are_shown_to_the_person() -> None:
    for intent, action in ((MarkRead(TARGET, BEA), "mark_seen"), (Typing(BEA, TARGET), "typing_on")):
        driven = run(intent, answer({"recipient_id": "6600000000000001"}))
        assert [request.json for request in driven.requests] == [
            {"recipient": {"id": "6600000000000001"}, "sender_action": action}
        ]
        assert driven.result == Done()


def test_a_file_is_fetched_without_our_token() -> None:
    driven = run(FetchMedia(MediaRef("aWdfIN1#0", "https://cdn.example/1.jpg"), 1000), downloaded(b"a picture"))
    assert [(request.url, dict(request.headers)) for request in driven.requests] == [("https://cdn.example/1.jpg", {})]
    assert isinstance(driven.result, MediaFetched)


def test_a_story_that_is_over_is_not_asked_for_again() -> None:
    driven = run(FetchMedia(MediaRef("", "https://cdn.example/s.jpg", keep_until_s=1), 1000), answer(b"", 403))
    assert (type(driven.error), driven.error and driven.error.code) == (Rejected, "media_gone")


PROFILE_FIELDS = (
    "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user"
)


def test_a_profile_with_what_only_instagram_tells() -> None:
    told = {"name": "Bea", "username": "bea.lima", "follower_count": 0, "is_user_follow_business": True, "id": "6"}
    driven = run(FetchProfile(BEA), answer(told))
    assert driven.requests == [get("/v24.0/6600000000000001", fields=PROFILE_FIELDS)]
    facts = {"follower_count": 0, "is_user_follow_business": True}
    assert driven.result == ProfileSeen(replace(BEA, name="Bea", username="bea.lima"), facts=facts)


def test_a_profile_without_consent() -> None:
    error = run(FetchProfile(BEA), refused(230)).error
    assert (type(error), error and error.code) == (Rejected, "profile_unavailable")


def test_a_token_is_renewed() -> None:
    driven = run(RefreshToken(), answer({"access_token": "IGAA-new", "token_type": "bearer", "expires_in": 5183944}))
    assert driven.requests == [get("/refresh_access_token", grant_type="ig_refresh_token")]
    assert driven.result == TokenRefreshed("IGAA-new", 5183944)
    assert isinstance(run(RefreshToken(), answer({})).error, ResponseUnexpected)
    assert isinstance(run(RefreshToken(), refused(190)).error, CredentialsInvalid)


CHECKS: list[tuple[str, Account, list[PlatformRequest], dict[str, object], tuple[str, ...]]] = [
    (
        "by Instagram Login, where the token names the account",
        BY_INSTAGRAM,
        [get("/v24.0/me", fields="user_id,username,name,account_type"), get(f"/v24.0/{IG}/subscribed_apps")],
        {"id": "999", "user_id": IG, "username": "shop", "account_type": "BUSINESS"},
        FIELDS,
    ),
    (
        "by Facebook Login, where the Page installed the app",
        BY_FACEBOOK,
        [
            get(f"/v24.0/{IG}", fields="id,username,name"),
            get("/v24.0/300100200300/subscribed_apps"),
            get("/v24.0/debug_token", input_token="IGAA-fake"),
        ],
        {"id": IG, "username": "shop"},
        PAGE_FIELDS,
    ),
]


@pytest.mark.parametrize(
    ("label", "used", "requests", "info", "fields"), CHECKS, ids=["by_instagram_login", "by_facebook_login"]
)
def test_a_check(
    label: str, used: Account, requests: list[PlatformRequest], info: dict[str, object], fields: tuple[str, ...]
) -> None:
    apps = {"data": [{"subscribed_fields": list(fields)}]}
    scopes = [answer({"data": {"scopes": list(PERMISSIONS)}})] if used is BY_FACEBOOK else []
    driven = run(Check(), answer(info), answer(apps), *scopes, account=used)
    assert driven.requests == requests
    assert isinstance(driven.result, Checked)
    allowed = CheckItem("permissions", "ok", {"granted": list(PERMISSIONS), "missing": []})
    assert driven.result.items == (
        CheckItem("token", "ok"),
        CheckItem("account", "ok", {"id": IG}),
        CheckItem("subscription", "ok"),
        *([allowed] if scopes else []),
    )


def test_a_subscription_asks_for_what_the_login_may_choose() -> None:
    for used, node, fields in ((BY_INSTAGRAM, IG, FIELDS), (BY_FACEBOOK, "300100200300", PAGE_FIELDS)):
        apps = answer({"data": [{"subscribed_fields": ["feed", *fields]}]})
        driven = run(Subscribe("https://shop.example/hook", "t"), apps, answer({"success": True}), account=used)
        assert [(request.method, request.url, request.query) for request in driven.requests] == [
            ("GET", f"/v24.0/{node}/subscribed_apps", {}),
            ("POST", f"/v24.0/{node}/subscribed_apps", {"subscribed_fields": ",".join([*fields, "feed"])}),
        ]
        assert driven.result == Done()


def test_parting_leaves_a_page_that_is_used_itself() -> None:
    """The Page of a Facebook Login may be a Messenger account too, which an Instagram account must not silence."""
    done = answer({"success": True})
    alone, shared = (answer({"data": [{"subscribed_fields": found}]}) for found in (["messages"], ["messages", "feed"]))
    cases = [
        (BY_INSTAGRAM, [done], ["DELETE"]),
        (BY_FACEBOOK, [alone, done], ["GET", "DELETE"]),
        (BY_FACEBOOK, [shared], ["GET"]),
    ]
    for used, responses, methods in cases:
        driven = run(Unsubscribe(), *responses, account=used)
        assert [request.method for request in driven.requests] == methods
        assert driven.result == Done()

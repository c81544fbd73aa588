"""Every intent: the requests it makes of scripted answers, and how it ends."""

from __future__ import annotations

import hashlib
import json
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
    Downloaded,
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
    Result,
    Send,
    SendError,
    Sent,
    Subscribe,
    SyncTemplates,
    TemplateSeen,
    TemplatesSeen,
    Throttled,
    Typing,
    Unsubscribe,
    WindowClosed,
)
from channels.messenger import ADAPTER
from channels.messenger.outbound import FIELDS, PERMISSIONS
from tests.channels.harness import Driven, answer, compare_golden, downloaded, drive

GOLDEN = Path(__file__).parent / "golden"
PAGE_ID = "300100200300"
ACCOUNT = Account(PAGE_ID, "https://graph.facebook.com", {"graph_version": "v24.0"})
CREDENTIALS = {"access_token": "EAAG-fake", "app_secret": "fake"}
AUTH = {"authorization": "Bearer EAAG-fake"}
PAGE = f"/v24.0/{PAGE_ID}"

PSID = Key("account", "psid", "7700000000000001")
ANA = Person((PSID,))
CARL = Person((Key("account", "commenter", "9900000000000007"),), "Carl Brandt")
NEWCOMER = Person((Key("account", "user_ref", "ur_17"),))
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
TARGET = "m_IN1"

PICTURE = MediaHandle("m1", "image/jpeg", 1234, "跑鞋 7.jpg")
KNOWN_PICTURE = replace(PICTURE, platform_id="500100200")
LINKED_PICTURE = replace(PICTURE, url="https://shop.example/m/token")
CONTENT = b"the customer's file"
SHA_HEX = hashlib.sha256(CONTENT).hexdigest()
MEDIA_URL = "https://scontent.example/1.jpg"
MEDIA = MediaRef("m_IN1#1", MEDIA_URL)


def run(intent: Intent, *responses: PlatformResponse) -> Driven:
    return drive(ADAPTER.call(intent, ACCOUNT, CREDENTIALS), responses)


def send(kind: str, text: str = "", to: Person = ANA, window: str = "standard", **fields: Any) -> Send:
    return Send(OutboundMessage(kind, text, **fields), to, CALLBACK, window)


def accepted(external_id: str = "m_OUT1", **more: str) -> PlatformResponse:
    return answer({"recipient_id": PSID.value, "message_id": external_id, **more})


def subcode(code: int, subcode: int | None = None, message: str = "No", status: int = 400) -> PlatformResponse:
    """Return Graph's error envelope as Messenger fills it."""
    return answer({"error": {"message": f"(#{code}) {message}", "code": code, "error_subcode": subcode}}, status)


BUTTONS = {"buttons": [{"id": "size-m", "title": "M"}, {"id": "size-l", "title": "L"}]}
LINKS = {"buttons": [{"url": "https://shop.example/pay", "title": "Pay"}, {"id": "later", "title": "Later"}]}
CARDS = {
    "cards": [
        {
            "title": "Runner 7",
            "subtitle": "EUR 19.90",
            "image_url": "https://shop.example/r7.jpg",
            "url": "https://shop.example/r7",
            "buttons": [{"url": "https://shop.example/r7", "title": "View"}, {"id": "BUY:SKU-7", "title": "Buy"}],
        },
        {"title": "Runner 8"},
    ]
}
TEMPLATE = {
    "name": "order_sent",
    "language": "en_US",
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "1001"}]}],
}

BODIES: list[tuple[str, Send]] = [
    ("text", send("text", "Olá")),
    ("text_reply", send("text", "Yes", reply_to=TARGET)),
    ("text_after_comment", send("text", "As I wrote below your comment", reply_to="5_71")),
    ("text_by_human_agent", send("text", "Sorry for the wait", window="human_agent")),
    ("text_to_user_ref", send("text", "Welcome", to=NEWCOMER)),
    ("private_reply", send("text", "19.90", to=ANA, window="private_reply", reply_to="5_71")),
    ("private_reply_to_commenter", send("text", "19.90", to=CARL, reply_to="5_71")),
    ("private_reply_to_post", send("text", "Thank you", to=CARL, window="private_reply", reply_to=f"{PAGE_ID}_8")),
    ("image", send("image", media=KNOWN_PICTURE)),
    ("image_by_address", send("image", media=LINKED_PICTURE)),
    ("video", send("video", media=replace(KNOWN_PICTURE, mime="video/mp4"))),
    ("audio", send("audio", media=replace(KNOWN_PICTURE, mime="audio/mpeg"), voice=True)),
    ("document", send("document", media=replace(KNOWN_PICTURE, mime="application/pdf"))),
    ("sticker", send("sticker", content={"sticker_id": "369239263222822"})),
    ("buttons", send("buttons", "Which size?", content=BUTTONS)),
    ("buttons_with_link", send("buttons", "Pay now?", content=LINKS)),
    ("cards", send("cards", content=CARDS)),
    ("template", send("template", window="", content=TEMPLATE)),
]


@pytest.mark.parametrize(("label", "intent"), BODIES, ids=[case[0] for case in BODIES])
def test_a_message_is_one_request(label: str, intent: Send, update_golden: bool) -> None:
    driven = run(intent, accepted())
    (request,) = driven.requests
    assert request == PlatformRequest(
        method="POST", url=f"{PAGE}/messages", headers=AUTH, json=request.json, delivers=True
    )
    assert driven.result == Sent("m_OUT1", ANA)
    compare_golden(GOLDEN / f"{label}.json", request.json, update=update_golden)


REACTIONS: list[tuple[str, str]] = [("reaction", "❤️"), ("reaction_removed", "")]


@pytest.mark.parametrize(("label", "emoji"), REACTIONS, ids=[case[0] for case in REACTIONS])
def test_a_reaction_is_an_action_without_an_id(label: str, emoji: str, update_golden: bool) -> None:
    intent = send("reaction", content={"emoji": emoji}, reply_to=TARGET)
    driven = run(intent, answer({"recipient_id": PSID.value}))
    (request,) = driven.requests
    assert (request.url, request.delivers, driven.result) == (f"{PAGE}/messages", True, Sent("", ANA))
    compare_golden(GOLDEN / f"{label}.json", request.json, update=update_golden)


def test_every_golden_file_belongs_to_a_case() -> None:
    labels = {label for label, *_ in (*BODIES, *REACTIONS)}
    assert {path.stem for path in GOLDEN.glob("*.json")} == labels


def test_a_public_answer_goes_below_the_comment() -> None:
    driven = run(send("comment", "It is 19.90", to=CARL, reply_to="5_71"), answer({"id": "5_74"}))
    (request,) = driven.requests
    assert (request.url, request.json, request.delivers) == ("/v24.0/5_71/comments", {"message": "It is 19.90"}, True)
    assert driven.result == Sent("5_74")


HTML = answer(b"<html><h1>502 Bad Gateway</h1></html>", 502)
ANSWERS: list[tuple[str, PlatformResponse, Result | tuple[type[SendError], str, str]]] = [
    ("accepted, naming nobody", answer({"message_id": "m_1"}), Sent("m_1")),
    ("accepted with a file", accepted(attachment_id="77"), Sent("m_OUT1", ANA, uploaded_media_id="77")),
    ("the window is closed", subcode(10, 2018278), (WindowClosed, "window_closed", "10/2018278")),
    ("no permission", subcode(10), (CredentialsInvalid, "permission_missing", "10")),
    ("the Page may not write for now", subcode(10, 1893063), (CredentialsInvalid, "account_restricted", "10/1893063")),
    ("blocked", subcode(551, 1545041), (ContactUnreachable, "contact_unreachable", "551/1545041")),
    ("an expired token", subcode(190, 463, status=401), (CredentialsInvalid, "token_expired", "190/463")),
    ("a tag of old", subcode(100), (MessageInvalid, "parameter_invalid", "100")),
    ("too fast", subcode(613), (Throttled, "throttled", "613")),
    ("down", subcode(2, status=500), (PlatformDown, "platform_down", "2")),
    (
        "sent although it says otherwise",
        subcode(1, 1357046, status=500),
        (OutcomeUnknown, "outcome_unknown", "1/1357046"),
    ),
    ("a code of tomorrow", subcode(777777, 5), (Rejected, "rejected", "777777")),
    ("a proxy's page", HTML, (OutcomeUnknown, "outcome_unknown", "502")),
    ("half an answer", answer(b'{"message_id":"m_'), (OutcomeUnknown, "outcome_unknown", "200")),
    ("an answer without a message", answer({"recipient_id": "7"}), (OutcomeUnknown, "outcome_unknown", "200")),
    ("refused without envelope", answer(b"Bad Request", 400), (ResponseUnexpected, "response_unexpected", "400")),
    ("too fast, without envelope", answer(b"", 429, **{"Retry-After": "7"}), (Throttled, "throttled", "429")),
]


@pytest.mark.parametrize(("label", "response", "expected"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_an_answer_to_a_send(
    label: str, response: PlatformResponse, expected: Result | tuple[type[SendError], str, str]
) -> None:
    driven = run(send("text", "Olá"), response)
    if isinstance(expected, tuple):
        assert driven.error
        assert (type(driven.error), driven.error.code, driven.error.external_code) == expected
    else:
        assert driven.result == expected


def test_what_cannot_be_sent_makes_no_request() -> None:
    nobody = Person((Key("world", "phone", "351900000001"),))
    four = {"buttons": [{"id": str(n), "title": "x", "url": "https://shop.example"} for n in range(4)]}
    for intent, error, code in (
        (send("location"), MessageInvalid, "kind_unsupported"),
        (send("list"), MessageInvalid, "kind_unsupported"),
        (send("image"), MessageInvalid, "media_missing"),
        (send("image", "with words", media=PICTURE), MessageInvalid, "caption_unsupported"),
        (send("sticker"), MessageInvalid, "sticker_missing"),
        (send("comment", "to what?"), MessageInvalid, "target_missing"),
        (send("buttons", "?", content=four), MessageInvalid, "too_many_buttons"),
        (send("text", "Olá", to=nobody), ContactUnreachable, "address_missing"),
        (send("text", "Olá", to=CARL), ContactUnreachable, "address_missing"),
        (send("text", "Olá", to=CARL, reply_to=TARGET), ContactUnreachable, "address_missing"),
        (send("image", to=nobody, media=PICTURE), ContactUnreachable, "address_missing"),
        (send("reaction", to=CARL, reply_to=TARGET), ContactUnreachable, "address_missing"),
        (MarkRead("m_IN1"), ContactUnreachable, "address_missing"),
        (Typing(CARL, "m_IN1"), ContactUnreachable, "address_missing"),
        (FetchProfile(CARL), Rejected, "profile_unavailable"),
        (RefreshToken(), MessageInvalid, "intent_unsupported"),
    ):
        driven = run(intent)
        assert (type(driven.error), driven.error and driven.error.code) == (error, code)
        assert driven.requests == []


def test_a_file_is_uploaded_under_an_ascii_name_then_sent() -> None:
    driven = run(send("image", media=PICTURE), answer({"attachment_id": "500100777"}), accepted())
    upload, message = driven.requests
    assert (upload.url, upload.delivers) == (f"{PAGE}/message_attachments", False)
    assert upload.form
    assert json.loads(upload.form["message"]) == {"attachment": {"type": "image", "payload": {"is_reusable": True}}}
    assert set(upload.form) == {"message"}
    assert upload.files == (FilePart("filedata", replace(PICTURE, filename="__ 7.jpg")),)
    assert message.json
    assert message.json["message"]["attachment"] == {"type": "image", "payload": {"attachment_id": "500100777"}}
    assert driven.result == Sent("m_OUT1", ANA, uploaded_media_id="500100777")


def test_a_known_file_that_is_gone_is_uploaded_again() -> None:
    gone = subcode(100, message="Invalid attachment id")
    driven = run(send("image", media=KNOWN_PICTURE), gone, answer({"attachment_id": "500100777"}), accepted())
    edges = [request.url.rpartition("/")[2] for request in driven.requests]
    assert edges == ["messages", "message_attachments", "messages"]
    assert driven.result == Sent("m_OUT1", ANA, uploaded_media_id="500100777")


def test_a_known_file_is_not_uploaded_for_another_error() -> None:
    driven = run(send("image", media=KNOWN_PICTURE), subcode(100, message="Invalid parameter"))
    assert (type(driven.error), len(driven.requests)) == (MessageInvalid, 1)


UPLOADS: list[tuple[str, PlatformResponse, type[SendError]]] = [
    ("refused", subcode(100, 2018047), MessageInvalid),
    ("a proxy's page", HTML, PlatformDown),
    ("without an id", answer({}), ResponseUnexpected),
    ("throttled", subcode(613), Throttled),
]


@pytest.mark.parametrize(("label", "response", "error"), UPLOADS, ids=[case[0] for case in UPLOADS])
def test_a_failed_upload_delivers_nothing(label: str, response: PlatformResponse, error: type[SendError]) -> None:
    driven = run(send("image", media=PICTURE), response)
    assert (type(driven.error), [request.delivers for request in driven.requests]) == (error, [False])


def get(path: str, **query: str) -> PlatformRequest:
    return PlatformRequest(method="GET", url=path, headers=AUTH, query=query)


def download(url: str = MEDIA_URL) -> PlatformRequest:
    """Return the request for a file: the address is signed, so our token must not go there."""
    return PlatformRequest(method="GET", url=url, download_max_bytes=1000, timeout_s=60.0)


ATTACHMENTS = "attachments{id,mime_type,name,size,image_data,video_data,file_url}"
ASK = get("/v24.0/m_IN1", fields=ATTACHMENTS)
FRESH_URL = "https://scontent.example/fresh.jpg"
MESSAGE = {
    "attachments": {
        "data": [
            {"id": "1", "mime_type": "application/pdf", "name": "a.pdf", "file_url": "https://cdn.example/a.pdf"},
            {"id": "2", "mime_type": "image/jpeg", "name": "b.jpg", "image_data": {"url": FRESH_URL}},
        ]
    }
}
EXPIRED = answer(b"URL signature expired", 403)
FILE = Downloaded("/tmp/x", len(CONTENT), SHA_HEX)
FETCHES: list[
    tuple[str, MediaRef, list[PlatformResponse], list[PlatformRequest], MediaFetched | tuple[type[SendError], str]]
] = [
    ("by the webhook's address", MEDIA, [downloaded(CONTENT)], [download()], MediaFetched(FILE)),
    (
        "by a fresh address",
        MEDIA,
        [EXPIRED, answer(MESSAGE), downloaded(CONTENT)],
        [download(), ASK, download(FRESH_URL)],
        MediaFetched(FILE, "image/jpeg", "b.jpg"),
    ),
    (
        "a file at its place",
        MediaRef("m_IN1#0"),
        [answer(MESSAGE), downloaded(CONTENT)],
        [ASK, download("https://cdn.example/a.pdf")],
        MediaFetched(FILE, "application/pdf", "a.pdf"),
    ),
    (
        "gone for good",
        MEDIA,
        [EXPIRED, answer(MESSAGE), EXPIRED],
        [download(), ASK, download(FRESH_URL)],
        (Rejected, "media_gone"),
    ),
    ("the message is gone", MEDIA, [EXPIRED, subcode(100, 33)], [download(), ASK], (Rejected, "media_gone")),
    (
        "the message may not be read",
        MEDIA,
        [EXPIRED, subcode(10)],
        [download(), ASK],
        (CredentialsInvalid, "permission_missing"),
    ),
    ("the message has fewer files", MediaRef("m_IN1#7"), [answer(MESSAGE)], [ASK], (Rejected, "media_gone")),
    ("a story is asked for once", MediaRef("", MEDIA_URL), [EXPIRED], [download()], (Rejected, "media_gone")),
    ("the network is down", MEDIA, [answer(b"", 503)], [download()], (PlatformDown, "platform_down")),
    ("too many requests", MEDIA, [answer(b"", 429)], [download()], (Throttled, "throttled")),
    (
        "a page instead of a file",
        MEDIA,
        [answer(b"<html>", 302)],
        [download()],
        (ResponseUnexpected, "response_unexpected"),
    ),
    ("larger than allowed", MEDIA, [downloaded(b"x" * 1001)], [download()], (Rejected, "media_too_large")),
]


@pytest.mark.parametrize(
    ("label", "media", "responses", "requests", "expected"), FETCHES, ids=[case[0] for case in FETCHES]
)
def test_a_file_is_fetched(
    label: str,
    media: MediaRef,
    responses: list[PlatformResponse],
    requests: list[PlatformRequest],
    expected: MediaFetched | tuple[type[SendError], str],
) -> None:
    driven = run(FetchMedia(media, 1000), *responses)
    assert driven.requests == requests
    if isinstance(expected, tuple):
        assert (type(driven.error), driven.error and driven.error.code) == expected
    else:
        assert driven.result == expected


def test_read_and_typing_are_shown_to_the_person() -> None:
    for intent, action in ((MarkRead("m_IN1", ANA), "mark_seen"), (Typing(ANA, "m_IN1"), "typing_on")):
        driven = run(intent, answer({"recipient_id": PSID.value}))
        body = {"recipient": {"id": PSID.value}, "sender_action": action}
        assert driven.requests == [PlatformRequest(method="POST", url=f"{PAGE}/messages", headers=AUTH, json=body)]
        assert driven.result == Done()


PROFILES: list[tuple[str, PlatformResponse, ProfileSeen | tuple[type[SendError], str]]] = [
    (
        "a name and a picture",
        answer(
            {"name": "Ana Pires", "first_name": "Ana", "profile_pic": "https://scontent.example/ana.jpg", "id": "7"}
        ),
        ProfileSeen(replace(ANA, name="Ana Pires"), MediaRef("", "https://scontent.example/ana.jpg")),
    ),
    (
        "the parts of a name",
        answer({"first_name": "Ana", "last_name": "Pires"}),
        ProfileSeen(replace(ANA, name="Ana Pires")),
    ),
    ("nothing", answer({}), ProfileSeen(ANA)),
    ("no profile", subcode(100, 2018218), (Rejected, "profile_unavailable")),
    ("nobody", subcode(100, 33), (Rejected, "object_missing")),
]


@pytest.mark.parametrize(("label", "response", "expected"), PROFILES, ids=[case[0] for case in PROFILES])
def test_a_profile(label: str, response: PlatformResponse, expected: ProfileSeen | tuple[type[SendError], str]) -> None:
    driven = run(FetchProfile(ANA), response)
    assert driven.requests == [get(f"/v24.0/{PSID.value}", fields="first_name,last_name,name,profile_pic")]
    if isinstance(expected, tuple):
        assert (type(driven.error), driven.error and driven.error.code) == expected
    else:
        assert driven.result == expected


INFO = answer({"id": PAGE_ID, "name": "The Shop", "username": "theshop"})
HEALTHY = {"name": "Hawker", "id": "151", "subscribed_fields": list(FIELDS)}
SCOPES = answer({"data": {"scopes": list(PERMISSIONS), "expires_at": 0}})
ALLOWED = CheckItem("permissions", "ok", {"granted": list(PERMISSIONS), "missing": []})
NAMED = CheckItem("account", "ok", {"id": PAGE_ID, "name": "The Shop"})
FACTS = {"name": "The Shop", "username": "theshop", "token_expires_at": 0}
CHECKS: list[tuple[str, list[PlatformResponse], Checked]] = [
    (
        "all is well",
        [INFO, answer({"data": [HEALTHY]}), SCOPES],
        Checked((CheckItem("token", "ok"), NAMED, CheckItem("subscription", "ok"), ALLOWED), FACTS),
    ),
    (
        "a field is missing",
        [
            INFO,
            answer({"data": [{**HEALTHY, "subscribed_fields": [f for f in FIELDS if f != "message_reads"]}]}),
            SCOPES,
        ],
        Checked(
            (
                CheckItem("token", "ok"),
                NAMED,
                CheckItem("subscription", "warning", {"missing": ["message_reads"]}),
                ALLOWED,
            ),
            FACTS,
        ),
    ),
    (
        "not subscribed",
        [INFO, answer({"data": []}), SCOPES],
        Checked((CheckItem("token", "ok"), NAMED, CheckItem("subscription", "error"), ALLOWED), FACTS),
    ),
    (
        "a permission is missing, and the token ends",
        [
            INFO,
            answer({"data": [HEALTHY]}),
            answer({"data": {"scopes": ["pages_messaging", "email"], "expires_at": 1_800_000_000}}),
        ],
        Checked(
            (
                CheckItem("token", "ok"),
                NAMED,
                CheckItem("subscription", "ok"),
                CheckItem("permissions", "error", {"granted": ["pages_messaging"], "missing": list(PERMISSIONS[1:])}),
            ),
            {**FACTS, "token_expires_at": 1_800_000_000},
        ),
    ),
    (
        "a token of another Page, which may not see subscriptions nor be asked about",
        [
            answer({"id": "1"}),
            subcode(200, message="Permissions error"),
            subcode(100, message="You must provide an app access token"),
        ],
        Checked(
            (
                CheckItem("token", "ok"),
                CheckItem("account", "error", {"id": "1"}),
                CheckItem(
                    "subscription",
                    "error",
                    {"code": "permission_missing", "external_code": "200", "text": "(#200) Permissions error"},
                ),
                CheckItem("permissions_unknown", "ok"),
            ),
            {},
        ),
    ),
    (
        "an expired token",
        [subcode(190, 463, "Expired", 401)],
        Checked(
            (
                CheckItem(
                    "token", "error", {"code": "token_expired", "external_code": "190/463", "text": "(#190) Expired"}
                ),
            )
        ),
    ),
]


@pytest.mark.parametrize(("label", "responses", "expected"), CHECKS, ids=[case[0] for case in CHECKS])
def test_a_check_says_what_is_wrong(label: str, responses: list[PlatformResponse], expected: Checked) -> None:
    driven = run(Check(), *responses)
    assert driven.result == expected
    asked = [
        get(PAGE, fields="id,name,username"),
        get(f"{PAGE}/subscribed_apps"),
        get("/v24.0/debug_token", input_token="EAAG-fake"),
    ]
    assert driven.requests == asked[: len(responses)]


def test_a_check_of_a_platform_that_is_down_raises() -> None:
    assert isinstance(run(Check(), HTML).error, PlatformDown)


def test_the_page_installs_the_app_and_parts_from_it() -> None:
    apps = answer({"data": [{"subscribed_fields": ["messages", "leadgen"]}]})
    driven = run(Subscribe("https://shop.example/webhooks/messenger/1", "t"), apps, answer({"success": True}))
    assert [(request.method, request.url, request.query) for request in driven.requests] == [
        ("GET", f"{PAGE}/subscribed_apps", {}),
        ("POST", f"{PAGE}/subscribed_apps", {"subscribed_fields": ",".join([*FIELDS, "leadgen"])}),
    ]
    assert driven.result == Done()
    driven = run(Unsubscribe(), answer({"success": True}))
    assert [(request.method, request.url) for request in driven.requests] == [("DELETE", f"{PAGE}/subscribed_apps")]
    assert driven.result == Done()


def test_templates_of_the_page_are_read() -> None:
    page = {
        "id": "8800",
        "name": "order_sent",
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Order {{1}} is on its way"}],
    }
    driven = run(SyncTemplates(), answer({"data": [page]}))
    assert [request.url for request in driven.requests] == [f"{PAGE}/message_templates"]
    components = ({"type": "body", "text": "Order {{1}} is on its way"},)
    seen = TemplateSeen("8800", "order_sent", "en_US", "utility", "approved", components)
    assert driven.result == TemplatesSeen((seen,))

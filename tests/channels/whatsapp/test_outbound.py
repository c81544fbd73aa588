"""Every intent: the requests it makes of scripted answers, and how it ends."""

from __future__ import annotations

import base64
import hashlib
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
    PlatformObject,
    PlatformRequest,
    PlatformResponse,
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
from channels.whatsapp import ADAPTER
from tests.channels.harness import Driven, answer, compare_golden, downloaded, drive, refused

GOLDEN = Path(__file__).parent / "golden"
ACCOUNT = Account("700100200300400", "https://graph.facebook.com", {"graph_version": "v24.0"})
CREDENTIALS = {"access_token": "EAAG-fake", "app_secret": "fake", "waba_id": "900100200300400"}
AUTH = {"authorization": "Bearer EAAG-fake"}
NUMBER, WABA = "/v24.0/700100200300400", "/v24.0/900100200300400"

ANA_PHONE, ANA_BSUID = Key("world", "phone", "351900000001"), Key("portfolio", "bsuid", "PT.90210044556677")
ANA = Person((ANA_BSUID, ANA_PHONE))
HIDDEN = Person((ANA_BSUID,))
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
TARGET = "wamid.HBgMTEST0001"

PICTURE = MediaHandle("m1", "image/jpeg", 1234, "shoe.jpg")
KNOWN_PICTURE = replace(PICTURE, platform_id="500100200")
CONTENT = b"the customer's file"
SHA_HEX = hashlib.sha256(CONTENT).hexdigest()
SHA_BASE64 = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
MEDIA = MediaRef("500100201", mime="image/jpeg", sha256=SHA_BASE64, filename="a.jpg")
MEDIA_URL = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=500100201"


def run(intent: Intent, *responses: PlatformResponse, account: Account = ACCOUNT) -> Driven:
    return drive(ADAPTER.call(intent, account, CREDENTIALS), responses)


def send(kind: str, text: str = "", to: Person = ANA, **fields: Any) -> Send:
    return Send(OutboundMessage(kind, text, **fields), to, CALLBACK)


def accepted(external_id: str = "wamid.HBgMOUT0001", **contact: str) -> PlatformResponse:
    contacts = [{"input": "+351900000001", **(contact or {"wa_id": "351900000001"})}]
    return answer({"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": external_id}]})


BUTTONS = {"buttons": [{"id": "size-m", "title": "M"}, {"id": "size-l", "title": "L"}]}
LIST = {
    "button": "Choose",
    "sections": [
        {"title": "Morning", "rows": [{"id": "r1", "title": "9 to 12", "description": "Free"}]},
        {"title": "Afternoon", "rows": [{"id": "r2", "title": "14 to 18", "description": ""}]},
    ],
}
TEMPLATE = {
    "name": "spring_sale",
    "language": "pt_PT",
    "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "500100200"}}]},
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Ana"}]},
        {
            "type": "limited_time_offer",
            "parameters": [{"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1764000000000}}],
        },
        {"type": "carousel", "cards": [{"card_index": 0, "components": [{"type": "body", "parameters": []}]}]},
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "0",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
        },
    ],
}
CARD = {
    "name": "Rui Costa",
    "phones": [{"phone": "+351900000002", "wa_id": "351900000002", "type": "CELL"}],
    "emails": ["rui@example.com"],
    "org": "Costa Lda",
    "urls": ["https://costa.example"],
    "birthday": "1980-04-02",
}

BODIES: list[tuple[str, Send]] = [
    ("text", send("text", "Olá")),
    ("text_reply_with_preview", send("text", "See https://shop.example", reply_to=TARGET, link_preview=True)),
    ("text_to_hidden_phone", send("text", "Olá", to=HIDDEN)),
    ("text_to_parent_bsuid", send("text", "Olá", to=Person((Key("portfolio", "parent_bsuid", "PT.ENT.11"),)))),
    ("image", send("image", "Your shoe", media=KNOWN_PICTURE)),
    ("video", send("video", media=replace(KNOWN_PICTURE, mime="video/mp4"))),
    ("audio", send("audio", "never a caption", media=replace(KNOWN_PICTURE, mime="audio/mpeg"))),
    ("voice", send("audio", media=replace(KNOWN_PICTURE, mime="audio/ogg"), voice=True)),
    (
        "document",
        send("document", "Invoice", media=replace(KNOWN_PICTURE, mime="application/pdf", filename="Invoice 7.pdf")),
    ),
    ("sticker", send("sticker", media=replace(KNOWN_PICTURE, mime="image/webp"), reply_to=TARGET)),
    (
        "location",
        send("location", content={"latitude": 38.7, "longitude": -9.1, "name": "Shop", "address": "Rua Nova 7"}),
    ),
    ("location_bare", send("location", content={"latitude": 0.0, "longitude": 0.0})),
    ("contacts", send("contacts", content={"contacts": [CARD, {"name": "Eva"}]})),
    ("reaction", send("reaction", content={"emoji": "❤️"}, reply_to=TARGET)),
    ("reaction_removed", send("reaction", content={"emoji": ""}, reply_to=TARGET)),
    ("buttons", send("buttons", "Which size?", content=BUTTONS)),
    ("list", send("list", "When?", content=LIST, reply_to=TARGET)),
    ("template", send("template", content=TEMPLATE)),
    ("template_plain", send("template", content={"name": "hello_world", "language": "en_US"})),
]


@pytest.mark.parametrize(("label", "intent"), BODIES, ids=[case[0] for case in BODIES])
def test_a_message_is_one_request(label: str, intent: Send, update_golden: bool) -> None:
    driven = run(intent, accepted())
    (request,) = driven.requests
    assert request == PlatformRequest(
        method="POST", url=f"{NUMBER}/messages", headers=AUTH, json=request.json, delivers=True
    )
    assert driven.result == Sent("wamid.HBgMOUT0001", Person((ANA_PHONE,)))
    compare_golden(GOLDEN / f"{label}.json", request.json, update=update_golden)


def test_a_person_of_two_numbers_gets_it_at_the_first() -> None:
    moved = Person((ANA_BSUID, Key("world", "phone", "351900000077"), ANA_PHONE))
    (request,) = run(send("text", "Olá", to=moved), accepted()).requests
    assert request.json
    assert request.json["to"] == "+351900000077"


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {label for label, _ in BODIES}


HTML = answer(b"<html><h1>502 Bad Gateway</h1></html>", 502)
ANSWERS: list[tuple[str, PlatformResponse, Result | tuple[type[SendError], str, str]]] = [
    ("accepted", accepted(), Sent("wamid.HBgMOUT0001", Person((ANA_PHONE,)))),
    (
        "accepted with a BSUID",
        accepted(user_id="PT.90210044556677"),
        Sent("wamid.HBgMOUT0001", Person((ANA_BSUID,), country="PT")),
    ),
    ("accepted, naming nobody", answer({"messages": [{"id": "wamid.1"}]}), Sent("wamid.1")),
    (
        "held back",
        answer({"messages": [{"id": "wamid.1", "message_status": "held_for_quality_assessment"}]}),
        Sent("wamid.1", held=True),
    ),
    (
        "not held back",
        answer({"messages": [{"id": "wamid.1", "message_status": "accepted"}]}),
        Sent("wamid.1"),
    ),
    ("the window is closed", refused(131047), (WindowClosed, "window_closed", "131047")),
    ("not on WhatsApp", refused(131026), (ContactUnreachable, "contact_unreachable", "131026")),
    ("an expired token", refused(190, status=401), (CredentialsInvalid, "token_expired", "190")),
    ("an error inside a 200", refused(131047, status=200), (WindowClosed, "window_closed", "131047")),
    ("down, in Graph's words", refused(131016, status=500), (PlatformDown, "platform_down", "131016")),
    ("a proxy's page", HTML, (OutcomeUnknown, "outcome_unknown", "502")),
    ("half an answer", answer(b'{"messages":[{"id":"wam'), (OutcomeUnknown, "outcome_unknown", "200")),
    ("an answer without a message", answer({}), (OutcomeUnknown, "outcome_unknown", "200")),
    ("an answer of odd types", answer({"messages": {"id": 1}}), (OutcomeUnknown, "outcome_unknown", "200")),
    ("a list", answer([]), (OutcomeUnknown, "outcome_unknown", "200")),
    ("refused without envelope", answer(b"Bad Request", 400), (ResponseUnexpected, "response_unexpected", "400")),
    ("moved", answer(b"", 302), (ResponseUnexpected, "response_unexpected", "302")),
    ("too fast, without envelope", answer(b"", 429, **{"Retry-After": "7"}), (Throttled, "throttled", "429")),
    ("an empty error", answer({"error": {}}, 400), (Rejected, "rejected", "")),
    ("an error of odd types", answer({"error": {"code": "x", "message": 5}}, 400), (Rejected, "rejected", "")),
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
    nobody = Person((Key("account", "psid", "1"),))
    for intent, error, code in (
        (send("hologram"), MessageInvalid, "kind_unsupported"),
        (send("image"), MessageInvalid, "media_missing"),
        (send("text", "Olá", to=nobody), ContactUnreachable, "address_missing"),
        (send("image", to=nobody, media=PICTURE), ContactUnreachable, "address_missing"),
        (Subscribe("https://shop.example/" + "x" * 200, "t"), MessageInvalid, "callback_url_too_long"),
    ):
        driven = run(intent)
        assert (type(driven.error), driven.error and driven.error.code) == (error, code)
        assert driven.requests == []


def test_a_file_is_uploaded_then_sent() -> None:
    driven = run(send("image", "Your shoe", media=PICTURE), answer({"id": "500100777"}), accepted())
    upload, message = driven.requests
    assert (upload.url, upload.delivers, upload.form) == (
        f"{NUMBER}/media",
        False,
        {"messaging_product": "whatsapp", "type": "image/jpeg"},
    )
    assert upload.files == (FilePart("file", PICTURE),)
    assert message.json is not None
    assert message.json["image"] == {"id": "500100777", "caption": "Your shoe"}
    assert driven.result == Sent("wamid.HBgMOUT0001", Person((ANA_PHONE,)), uploaded_media_id="500100777")


def test_a_known_file_that_is_gone_is_uploaded_again() -> None:
    gone = refused(131009, "Media id 500100200 not found")
    driven = run(send("image", media=KNOWN_PICTURE), gone, answer({"id": "500100777"}), accepted())
    assert [request.url for request in driven.requests] == [
        f"{NUMBER}/messages",
        f"{NUMBER}/media",
        f"{NUMBER}/messages",
    ]
    assert driven.result == Sent("wamid.HBgMOUT0001", Person((ANA_PHONE,)), uploaded_media_id="500100777")


def test_a_known_file_is_not_uploaded_for_another_error() -> None:
    driven = run(send("image", media=KNOWN_PICTURE), refused(131009, "Parameter value is not valid"))
    assert (type(driven.error), len(driven.requests)) == (MessageInvalid, 1)


UPLOADS: list[tuple[str, PlatformResponse, type[SendError]]] = [
    ("refused", refused(131053, "Unsupported mime"), MessageInvalid),
    ("a proxy's page", HTML, PlatformDown),
    ("without an id", answer({}), ResponseUnexpected),
    ("throttled", refused(130429), Throttled),
]


@pytest.mark.parametrize(("label", "response", "error"), UPLOADS, ids=[case[0] for case in UPLOADS])
def test_a_failed_upload_delivers_nothing(label: str, response: PlatformResponse, error: type[SendError]) -> None:
    driven = run(send("image", media=PICTURE), response)
    assert (type(driven.error), [request.delivers for request in driven.requests]) == (error, [False])


def get(path: str, **query: str) -> PlatformRequest:
    return PlatformRequest(method="GET", url=path, headers=AUTH, query=query)


def post(path: str, json: dict[str, Any]) -> PlatformRequest:
    return PlatformRequest(method="POST", url=path, headers=AUTH, json=json)


def download(url: str = MEDIA_URL) -> PlatformRequest:
    return PlatformRequest(method="GET", url=url, headers=AUTH, download_max_bytes=1000, timeout_s=60.0)


ASK_MEDIA = get("/v24.0/500100201")
FACTS = {"url": MEDIA_URL, "mime_type": "image/png", "sha256": SHA_HEX, "file_size": len(CONTENT), "id": "500100201"}
GONE = answer(b"", 404)
FETCHED = MediaFetched(Downloaded("/tmp/x", len(CONTENT), SHA_HEX), "image/png", "a.jpg")
FETCHES: list[
    tuple[str, MediaRef, list[PlatformResponse], list[PlatformRequest], MediaFetched | tuple[type[SendError], str]]
] = [
    ("by id", MEDIA, [answer(FACTS), downloaded(CONTENT)], [ASK_MEDIA, download()], FETCHED),
    (
        "by the webhook's address",
        replace(MEDIA, url=MEDIA_URL),
        [downloaded(CONTENT)],
        [download()],
        replace(FETCHED, mime="image/jpeg"),
    ),
    (
        "by an expired address",
        replace(MEDIA, url=MEDIA_URL + "&old"),
        [GONE, answer(FACTS), downloaded(CONTENT)],
        [download(MEDIA_URL + "&old"), ASK_MEDIA, download()],
        FETCHED,
    ),
    (
        "by an address that is refused",
        replace(MEDIA, url=MEDIA_URL + "&old"),
        [answer(b"Bad signature", 403), answer(FACTS), downloaded(CONTENT)],
        [download(MEDIA_URL + "&old"), ASK_MEDIA, download()],
        FETCHED,
    ),
    (
        "expired between the two requests",
        MEDIA,
        [answer(FACTS), GONE, answer(FACTS), downloaded(CONTENT)],
        [ASK_MEDIA, download(), ASK_MEDIA, download()],
        FETCHED,
    ),
    (
        "gone for good",
        MEDIA,
        [answer(FACTS), GONE, answer(FACTS), GONE],
        [ASK_MEDIA, download(), ASK_MEDIA, download()],
        (Rejected, "media_gone"),
    ),
    (
        "an id older than a week",
        MEDIA,
        [refused(100, "Object with ID '500100201' does not exist")],
        [ASK_MEDIA],
        (Rejected, "media_gone"),
    ),
    ("an address alone, expired", MediaRef("", MEDIA_URL), [GONE], [download()], (Rejected, "media_gone")),
    (
        "too large by its facts",
        MEDIA,
        [answer({**FACTS, "file_size": 1001})],
        [ASK_MEDIA],
        (Rejected, "media_too_large"),
    ),
    (
        "too large in truth",
        MEDIA,
        [answer(FACTS), downloaded(b"x" * 1001)],
        [ASK_MEDIA, download()],
        (Rejected, "media_too_large"),
    ),
    (
        "another file than announced",
        MEDIA,
        [answer(FACTS), downloaded(b"something else")],
        [ASK_MEDIA, download()],
        (PlatformDown, "media_damaged"),
    ),
    (
        "no digest announced",
        replace(MEDIA, sha256=""),
        [answer(FACTS), downloaded(CONTENT)],
        [ASK_MEDIA, download()],
        FETCHED,
    ),
    (
        "a digest in hex, upper case",
        replace(MEDIA, sha256=SHA_HEX.upper()),
        [answer(FACTS), downloaded(CONTENT)],
        [ASK_MEDIA, download()],
        FETCHED,
    ),
    (
        "a digest that is none",
        replace(MEDIA, sha256="unknown"),
        [answer(FACTS), downloaded(CONTENT)],
        [ASK_MEDIA, download()],
        FETCHED,
    ),
    ("no address told", MEDIA, [answer({"id": "1"})], [ASK_MEDIA], (ResponseUnexpected, "response_unexpected")),
    (
        "the token is refused",
        MEDIA,
        [answer(FACTS), refused(190, status=401)],
        [ASK_MEDIA, download()],
        (CredentialsInvalid, "token_expired"),
    ),
    ("the platform is down", MEDIA, [answer(FACTS), HTML], [ASK_MEDIA, download()], (PlatformDown, "platform_down")),
]


@pytest.mark.parametrize(
    ("label", "media", "responses", "requests", "expected"), FETCHES, ids=[case[0] for case in FETCHES]
)
def test_fetching_a_file(
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


OK = answer({"success": True})
READ = {"messaging_product": "whatsapp", "status": "read", "message_id": TARGET}
SUBSCRIPTION = {"override_callback_uri": "https://shop.example/webhooks/whatsapp/1", "verify_token": "vt"}
SMALL: list[tuple[str, Intent, PlatformRequest]] = [
    ("read", MarkRead(TARGET), post(f"{NUMBER}/messages", READ)),
    ("typing", Typing(ANA, TARGET), post(f"{NUMBER}/messages", {**READ, "typing_indicator": {"type": "text"}})),
    (
        "subscribe",
        Subscribe("https://shop.example/webhooks/whatsapp/1", "vt"),
        post(f"{WABA}/subscribed_apps", SUBSCRIPTION),
    ),
    ("unsubscribe", Unsubscribe(), PlatformRequest(method="DELETE", url=f"{WABA}/subscribed_apps", headers=AUTH)),
]


@pytest.mark.parametrize(("label", "intent", "request_"), SMALL, ids=[case[0] for case in SMALL])
def test_an_intent_of_one_request(label: str, intent: Intent, request_: PlatformRequest) -> None:
    assert run(intent, OK) == Driven([request_], result=Done())
    assert isinstance(run(intent, refused(10, status=403)).error, CredentialsInvalid)


def test_typing_to_somebody_who_never_wrote_asks_nothing() -> None:
    assert run(Typing(ANA, "")) == Driven([], result=Done())


TEMPLATES_QUERY = {
    "fields": "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format",
    "limit": "100",
}
SEEN = {
    "id": "77",
    "name": "spring_sale",
    "language": "en-US",
    "status": "REJECTED",
    "category": "MARKETING",
    "components": [{"type": "BODY", "text": "Hi {{first_name}}"}],
    "quality_score": {"score": "GREEN"},
    "rejected_reason": "INVALID_FORMAT",
    "parameter_format": "NAMED",
}


def test_templates_are_read_page_after_page() -> None:
    first = answer({"data": [SEEN], "paging": {"cursors": {"after": "c1"}, "next": "https://graph…"}})
    second = answer(
        {"data": [{"id": 78, "name": "hello", "rejected_reason": "NONE"}, {}], "paging": {"cursors": {"after": "c2"}}}
    )
    driven = run(SyncTemplates(), first, second)
    path = f"{WABA}/message_templates"
    assert driven.requests == [get(path, **TEMPLATES_QUERY), get(path, **TEMPLATES_QUERY, after="c1")]
    assert driven.result == TemplatesSeen(
        (
            TemplateSeen(
                external_id="77",
                name="spring_sale",
                language="en_US",
                category="marketing",
                status="rejected",
                components=({"type": "body", "text": "Hi {{first_name}}"},),
                quality="green",
                rejected_reason="invalid_format",
                parameter_format="named",
            ),
            TemplateSeen("78", "hello", "", "", "", ()),
        )
    )


def test_a_list_of_templates_without_end_is_given_up() -> None:
    page = answer({"data": [], "paging": {"cursors": {"after": "c1"}, "next": "https://graph…"}})
    assert isinstance(run(SyncTemplates(), page, page).error, ResponseUnexpected)


HEALTHY = {
    "id": "700100200300400",
    "display_phone_number": "+1 555-010-0200",
    "verified_name": "Best Shop",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
    "name_status": "APPROVED",
    "throughput": {"level": "HIGH"},
    "platform_type": "CLOUD_API",
    "whatsapp_business_manager_messaging_limit": "TIER_10K",
    "health_status": {"can_send_message": "AVAILABLE"},
}
SCOPES = answer(
    {
        "data": {
            "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"],
            "expires_at": 1_800_000_000,
        }
    }
)
APPS = answer(
    {"data": [{"whatsapp_business_api_data": {"id": "1"}, "override_callback_uri": "https://shop.example/w"}]}
)


def states(driven: Driven) -> dict[str, str]:
    assert isinstance(driven.result, Checked)
    return {item.code: item.state for item in driven.result.items}


def test_a_healthy_account() -> None:
    owner = answer({"id": "900", "owner_business_info": {"id": "159813103206365", "name": "Best Shop Ltd"}})
    driven = run(Check(), answer(HEALTHY), APPS, SCOPES, owner)
    asked = [request.url for request in driven.requests]
    assert asked == [NUMBER, f"{WABA}/subscribed_apps", "/v24.0/debug_token", WABA]
    assert set(states(driven).values()) == {"ok"}
    assert isinstance(driven.result, Checked)
    assert driven.result.above == PlatformObject("portfolio", "159813103206365")
    assert driven.result.facts == {
        "display_phone_number": "+1 555-010-0200",
        "verified_name": "Best Shop",
        "quality": "green",
        "messaging_limit": "tier_10k",
        "per_second": 1000,
        "platform_type": "cloud_api",
        "callback_url": "https://shop.example/w",
        "token_expires_at": 1_800_000_000,
    }


def test_an_account_in_trouble() -> None:
    reason = {"error_code": 141006, "error_description": "There is an error with the payment method."}
    trouble = {
        **HEALTHY,
        "quality_rating": "RED",
        "status": "FLAGGED",
        "name_status": "DECLINED",
        "health_status": {"can_send_message": "BLOCKED", "entities": [{"entity_type": "WABA", "errors": [reason]}]},
    }
    driven = run(Check(), answer(trouble), answer({"data": []}), answer({"data": {"scopes": ["email"]}}), refused(100))
    assert states(driven) == {
        "token": "ok",
        "number": "warning",
        "quality": "error",
        "display_name": "error",
        "throughput": "ok",
        "health": "error",
        "subscription": "error",
        "permissions": "error",
    }
    assert isinstance(driven.result, Checked)
    health = next(item for item in driven.result.items if item.code == "health")
    assert health.params == {"status": "blocked", "reasons": ["There is an error with the payment method."]}


def test_a_refused_token_is_a_finding() -> None:
    driven = run(Check(), refused(190, "Session has expired", 401))
    params = {"code": "token_expired", "external_code": "190", "text": "Session has expired"}
    assert driven.result == Checked((CheckItem("token", "error", params),))


def test_a_refused_look_at_the_subscription_is_a_finding() -> None:
    driven = run(Check(), answer(HEALTHY), refused(200, status=403), refused(100), refused(100))
    assert states(driven)["subscription"] == "error"
    assert states(driven)["permissions_unknown"] == "ok", "a token that may not be asked about is no trouble"


@pytest.mark.parametrize("response", [HTML, refused(4), refused(2)], ids=["a proxy's page", "too busy", "down"])
def test_a_platform_that_is_down_is_no_finding(response: PlatformResponse) -> None:
    error = run(Check(), response).error
    assert error
    assert error.retryable


VERSIONS: list[tuple[str, object, str]] = [
    ("unset", None, "/v25.0/"),
    ("set", "v23.0", "/v23.0/"),
    ("a path", "v1/../..", "/v25.0/"),
    ("a number", 24, "/v25.0/"),
]


@pytest.mark.parametrize(("label", "version", "prefix"), VERSIONS, ids=[case[0] for case in VERSIONS])
def test_the_version_is_a_setting(label: str, version: object, prefix: str) -> None:
    account = replace(ACCOUNT, settings={"graph_version": version})
    assert run(MarkRead(TARGET), OK, account=account).requests[0].url.startswith(prefix)


def test_an_id_cannot_leave_its_place_in_the_address() -> None:
    account = replace(ACCOUNT, external_id="../me?x=")
    assert run(MarkRead(TARGET), OK, account=account).requests[0].url == "/v24.0/..%2Fme%3Fx%3D/messages"


def test_a_proof_of_the_app_secret_goes_along_when_the_account_wants_it() -> None:
    account = replace(ACCOUNT, settings={"appsecret_proof": True})
    (request,) = run(MarkRead(TARGET), OK, account=account).requests
    assert request.query == {"appsecret_proof": "ddaa34be118e360704c623b5e3b625905273278801cd8dfaeec28a623d1db14f"}

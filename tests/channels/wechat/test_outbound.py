"""Every intent of an Official Account: the requests it makes of scripted answers, and how it ends."""

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
    Downloaded,
    FetchMedia,
    FetchProfile,
    FetchUpdates,
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
    SendMany,
    Sent,
    Subscribe,
    SyncTemplates,
    TemplateSeen,
    TemplatesSeen,
    Throttled,
    TokenRefreshed,
    TokenRejected,
    Typing,
    Unsubscribe,
    WindowClosed,
)
from channels.wechat import ADAPTER
from tests.channels.harness import RECEIVED_AT, Driven, answer, compare_golden, downloaded, drive

GOLDEN = Path(__file__).parent / "golden"
ACCOUNT = Account("gh_fake00000001", "https://api.weixin.qq.com")
CREDENTIALS = {"app_id": "wx0123456789abcdef", "app_secret": "fake-secret", "access_token": "FAKE_TOKEN"}
TOKEN = {"access_token": "FAKE_TOKEN"}

OPENID = "oFAKE_openid_000000000000001"
ANA = Person((Key("account", "openid", OPENID), Key("open_platform", "unionid", "oUNION_1")))
BEN = Person((Key("account", "openid", "oFAKE_openid_000000000000002"),))
NOBODY = Person((Key("world", "phone", "8613800000000"),))
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"

PICTURE = MediaHandle("m1", "image/jpeg", 1234, "shoe.jpg")
KNOWN = replace(PICTURE, platform_id="MEDIA_1")
OK = answer({"errcode": 0, "errmsg": "ok"})
MEDIA = MediaRef("MEDIA_FAKE_1", url="http://mmbiz.qpic.cn/fake/0")
CONTENT = b"the customer's file"


def run(intent: Intent, *responses: PlatformResponse, account: Account = ACCOUNT) -> Driven:
    return drive(ADAPTER.call(intent, account, CREDENTIALS), responses)


def send(kind: str, text: str = "", to: Person = ANA, **fields: Any) -> Send:
    return Send(OutboundMessage(kind, text, **fields), to, CALLBACK)


def refused(code: int, said: str = "No rid: 6f000000-11111111-22222222", **more: Any) -> PlatformResponse:
    """Return an error as WeChat sends it: with status 200."""
    return answer({"errcode": code, "errmsg": said, **more})


def get(path: str, **query: str) -> PlatformRequest:
    return PlatformRequest(method="GET", url=path, query=TOKEN | query)


def post(path: str, body: Any) -> PlatformRequest:
    return PlatformRequest(method="POST", url=path, query=TOKEN, json=body)


def uploaded(kind: str, media: MediaHandle = PICTURE) -> PlatformRequest:
    return PlatformRequest(
        method="POST",
        url="/cgi-bin/media/upload",
        query=TOKEN | {"type": kind},
        files=(FilePart("media", media),),
        timeout_s=60,
    )


BUTTONS = {"buttons": [{"id": "101", "title": "Good"}, {"id": "102", "title": "Bad 不好"}], "foot": "Thanks"}
CARD = {"title": "Dress", "subtitle": "Red", "image_url": "https://e.com/i.png", "url": "https://e.com/7"}
TEMPLATE = {
    "name": "TMPL_FAKE_A",
    "language": "zh_CN",
    "components": [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "thing1", "text": "T-shirt"},
                {"type": "text", "parameter_name": "amount2", "text": "¥99.00"},
            ],
        },
        {"type": "button", "url": "https://shop.example.com/o/7"},
        {"type": "button", "app_id": "wxfedcba9876543210", "path": "pages/order?id=7"},
    ],
}

BODIES: list[tuple[str, str, Send]] = [
    ("text", "custom/send", send("text", "Hello 你好")),
    ("image", "custom/send", send("image", media=KNOWN)),
    ("voice", "custom/send", send("audio", media=KNOWN, voice=True)),
    ("video", "custom/send", send("video", "Our shop", media=KNOWN, content={"title": "Shop", "thumb_media_id": "T1"})),
    ("video_bare", "custom/send", send("video", media=KNOWN)),
    (
        "music",
        "custom/send",
        send("music", media=KNOWN, content={"title": "Song", "description": "New", "url": "https://e.com/a.mp3"}),
    ),
    ("news", "custom/send", send("cards", content={"cards": [CARD]})),
    ("article", "custom/send", send("article", content={"article_id": "b5O2OUs25HBxRceL7hfReg"})),
    ("article_material", "custom/send", send("article", content={"media_id": "MATERIAL_1"})),
    ("menu", "custom/send", send("buttons", "Rate us", content=BUTTONS)),
    ("coupon", "custom/send", send("coupon", content={"card_id": "pFAKE_CARD"})),
    (
        "mini_program",
        "custom/send",
        send(
            "mini_program",
            media=KNOWN,
            content={"title": "Red dress", "app_id": "wxfedcba9876543210", "path": "pages/item?id=7"},
        ),
    ),
    ("template", "template/send", send("template", content=TEMPLATE)),
    ("template_plain", "template/send", send("template", content={"name": "TMPL_FAKE_B", "components": []})),
    (
        "subscription",
        "subscribe/bizsend",
        send("template", content={**TEMPLATE, "name": "subscription:TMPL_FAKE_C"}),
    ),
]


@pytest.mark.parametrize(("label", "path", "intent"), BODIES, ids=[case[0] for case in BODIES])
def test_a_message_is_one_request(label: str, path: str, intent: Send, update_golden: bool) -> None:
    driven = run(intent, OK)
    (request,) = driven.requests
    assert request == PlatformRequest(
        method="POST", url=f"/cgi-bin/message/{path}", query=TOKEN, json=request.json, delivers=True
    )
    assert driven.result == Sent(CALLBACK)
    compare_golden(GOLDEN / f"{label}.json", request.json, update=update_golden)


def test_a_message_may_come_from_a_named_colleague(update_golden: bool) -> None:
    account = replace(ACCOUNT, settings={"service_account": "anna@gh_fake"})
    (request,) = run(send("text", "Hello"), OK, account=account).requests
    compare_golden(GOLDEN / "text_from_colleague.json", request.json, update=update_golden)


def test_every_golden_file_belongs_to_a_case() -> None:
    others = {"text_from_colleague", *(f"mass_{kind}" for kind in ("text", "image", "voice", "article", "coupon"))}
    assert {path.stem for path in GOLDEN.glob("*.json") if not path.stem.startswith("kf_")} == others | {
        label for label, *_ in BODIES
    }


def test_what_the_platform_numbers_is_told_apart_by_kind() -> None:
    numbered = answer({"errcode": 0, "errmsg": "ok", "msgid": 3900000000000000001})
    assert run(send("template", content=TEMPLATE), numbered).result == Sent("template:3900000000000000001")
    subscription = send("template", content={**TEMPLATE, "name": "subscription:TMPL_FAKE_C"})
    assert run(subscription, numbered).result == Sent("subscription:3900000000000000001")


HTML = answer(b"<html><h1>502 Bad Gateway</h1></html>", 502)
ANSWERS: list[tuple[str, PlatformResponse, Result | tuple[type[SendError], str, str]]] = [
    ("accepted", OK, Sent(CALLBACK)),
    ("accepted, as text/plain", answer({"errcode": 0}, **{"Content-Type": "text/plain"}), Sent(CALLBACK)),
    ("the 48 hours are over", refused(45015), (WindowClosed, "window_closed", "45015")),
    ("the messages are used up", refused(45047), (WindowClosed, "window_used_up", "45047")),
    ("not a follower", refused(43004), (ContactUnreachable, "contact_not_following", "43004")),
    ("an expired token", refused(42001), (TokenRejected, "token_rejected", "42001")),
    ("somebody else's fresh token", refused(40001), (TokenRejected, "token_rejected", "40001")),
    ("a foreign address", refused(40164), (CredentialsInvalid, "ip_not_allowed", "40164")),
    ("busy", refused(-1), (PlatformDown, "platform_down", "-1")),
    ("too fast", refused(45011), (Throttled, "throttled", "45011")),
    ("a code nobody knows", refused(99999), (Rejected, "rejected", "99999")),
    ("a code as text", refused("45015"), (WindowClosed, "window_closed", "45015")),  # type: ignore[arg-type]
    ("a proxy's page", HTML, (OutcomeUnknown, "outcome_unknown", "502")),
    ("half an answer", answer(b'{"errcode":'), (OutcomeUnknown, "outcome_unknown", "200")),
    ("a code of an odd type", answer({"errcode": {"a": 1}}), (OutcomeUnknown, "outcome_unknown", "200")),
    ("a list", answer([]), (OutcomeUnknown, "outcome_unknown", "200")),
    ("refused without a code", answer(b"Bad Request", 400), (ResponseUnexpected, "response_unexpected", "400")),
    ("moved", answer(b"", 302), (ResponseUnexpected, "response_unexpected", "302")),
    ("too fast, without a code", answer(b"", 429), (Throttled, "throttled", "429")),
    ("good words with a bad status", answer({"errcode": 0}, 503), (OutcomeUnknown, "outcome_unknown", "503")),
]


@pytest.mark.parametrize(("label", "response", "expected"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_an_answer_to_a_send(
    label: str, response: PlatformResponse, expected: Result | tuple[type[SendError], str, str]
) -> None:
    driven = run(send("text", "Hello"), response)
    if isinstance(expected, tuple):
        assert driven.error
        assert (type(driven.error), driven.error.code, driven.error.external_code) == expected
    else:
        assert driven.result == expected


def test_what_cannot_be_sent_makes_no_request() -> None:
    for intent, error, code in (
        (send("hologram"), MessageInvalid, "kind_unsupported"),
        (send("location", content={"latitude": 1.0, "longitude": 1.0}), MessageInvalid, "kind_unsupported"),
        (send("image"), MessageInvalid, "media_missing"),
        (send("cards", content={"cards": [CARD, CARD]}), MessageInvalid, "articles_count"),
        (send("text", "Hello", to=NOBODY), ContactUnreachable, "address_missing"),
        (send("image", to=NOBODY, media=PICTURE), ContactUnreachable, "address_missing"),
        (FetchProfile(NOBODY), ContactUnreachable, "address_missing"),
        (Subscribe("https://shop.example.com", "t"), MessageInvalid, "intent_unsupported"),
        (FetchUpdates("", RECEIVED_AT), MessageInvalid, "intent_unsupported"),
        (SendMany(OutboundMessage("text", "Hi"), (ANA,), "k"), MessageInvalid, "recipients_invalid"),
        (SendMany(OutboundMessage("text", "Hi"), (ANA, BEN), ""), MessageInvalid, "parameter_invalid"),
        (SendMany(OutboundMessage("text", "Hi"), (ANA, BEN), "k" * 65), MessageInvalid, "parameter_invalid"),
        (SendMany(OutboundMessage("buttons", "Hi"), (ANA, BEN), "k"), MessageInvalid, "kind_unsupported"),
        (SendMany(OutboundMessage("image"), (ANA, BEN), "k"), MessageInvalid, "media_missing"),
        (SendMany(OutboundMessage("text", "Hi"), (ANA, NOBODY), "k"), ContactUnreachable, "address_missing"),
    ):
        driven = run(intent)
        assert (type(driven.error), driven.error and driven.error.code) == (error, code)
        assert driven.requests == []


@pytest.mark.parametrize(
    ("kind", "upload"), [("image", "image"), ("audio", "voice"), ("video", "video"), ("music", "thumb")]
)
def test_a_file_is_uploaded_then_sent(kind: str, upload: str) -> None:
    name = "thumb_media_id" if upload == "thumb" else "media_id"
    driven = run(send(kind, media=PICTURE), answer({"type": upload, name: "MEDIA_9", "created_at": 1}), OK)
    assert driven.requests[0] == uploaded(upload)
    assert "MEDIA_9" in str(driven.requests[1].json)
    assert driven.result == Sent(CALLBACK, uploaded_media_id="MEDIA_9")


def test_a_known_file_that_is_gone_is_uploaded_anew() -> None:
    driven = run(send("image", media=KNOWN), refused(40007), answer({"media_id": "MEDIA_9"}), OK)
    assert [request.delivers for request in driven.requests] == [True, False, True]
    assert driven.result == Sent(CALLBACK, uploaded_media_id="MEDIA_9")
    other = run(send("image", media=KNOWN), refused(45015))
    assert isinstance(other.error, WindowClosed)
    damaged = run(send("image", media=PICTURE), answer({"type": "image"}))
    assert isinstance(damaged.error, ResponseUnexpected)


def test_without_a_token_nothing_is_asked() -> None:
    for intent in (send("text", "Hello"), SyncTemplates(), Check(), FetchMedia(MEDIA, 10)):
        driven = drive(ADAPTER.call(intent, ACCOUNT, {**CREDENTIALS, "access_token": ""}))
        assert isinstance(driven.error, TokenRejected)


STABLE = "/cgi-bin/stable_token"
TOKEN_BODY = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "fake-secret"}


def stable(*, force: bool) -> PlatformRequest:
    return PlatformRequest(method="POST", url=STABLE, json={**TOKEN_BODY, "force_refresh": force})


def test_a_token_is_asked_for_without_ending_the_old_one() -> None:
    fresh = answer({"access_token": "NEW", "expires_in": 7200})
    driven = run(RefreshToken(), fresh)
    assert driven == Driven([stable(force=False)], TokenRefreshed("NEW", 7200))
    assert run(RefreshToken(rejected="OLD"), fresh) == driven
    assert "NEW" not in repr(driven.result)


def test_a_token_that_was_refused_is_replaced_by_force() -> None:
    same, fresh = (
        answer({"access_token": "OLD", "expires_in": 900}),
        answer({"access_token": "NEW", "expires_in": 7200}),
    )
    driven = run(RefreshToken(rejected="OLD"), same, fresh)
    assert driven == Driven([stable(force=False), stable(force=True)], TokenRefreshed("NEW", 7200))


@pytest.mark.parametrize(
    ("code", "ours"), [(40001, "secret_invalid"), (40125, "secret_invalid"), (40013, "app_id_invalid")]
)
def test_a_wrong_secret_is_no_rejected_token(code: int, ours: str) -> None:
    error = run(RefreshToken(), refused(code)).error
    assert (type(error), error and error.code) == (CredentialsInvalid, ours)


def test_a_token_that_does_not_come() -> None:
    assert isinstance(run(RefreshToken(), answer({})).error, ResponseUnexpected)
    assert isinstance(run(RefreshToken(), refused(45011)).error, Throttled)


def fetched(*responses: PlatformResponse, media: MediaRef = MEDIA) -> Driven:
    return run(FetchMedia(media, 1000), *responses)


DOWNLOAD = PlatformRequest(
    method="GET",
    url="/cgi-bin/media/get",
    query=TOKEN | {"media_id": "MEDIA_FAKE_1"},
    download_max_bytes=1000,
    not_files=("application/json", "text/plain", "text/json"),
    timeout_s=60,
)


def public(url: str) -> PlatformRequest:
    return replace(DOWNLOAD, url=url, query={})


def test_a_file_is_fetched_by_its_id() -> None:
    named = {"content-type": "image/jpeg", "content-disposition": 'attachment; filename="MEDIA_1.jpg"'}
    driven = fetched(replace(downloaded(CONTENT), headers=named))
    assert driven.requests == [DOWNLOAD]
    assert isinstance(driven.result, MediaFetched)
    assert (driven.result.mime, driven.result.filename) == ("image/jpeg", "MEDIA_1.jpg")


def test_a_video_comes_as_an_address() -> None:
    driven = fetched(answer({"video_url": "http://v.example.com/1.mp4"}), downloaded(CONTENT))
    assert driven.requests == [DOWNLOAD, public("http://v.example.com/1.mp4")]
    assert isinstance(driven.result, MediaFetched)


def test_a_picture_older_than_its_id_comes_from_its_address() -> None:
    driven = fetched(refused(40007), downloaded(CONTENT))
    assert driven.requests == [DOWNLOAD, public(MEDIA.url)]
    assert isinstance(driven.result, MediaFetched)
    by_address = fetched(downloaded(CONTENT), media=MediaRef("", url=MEDIA.url))
    assert by_address.requests == [public(MEDIA.url)]


BIG = Downloaded("/tmp/x", 1001, "")
UNFETCHED: list[tuple[str, MediaRef, tuple[PlatformResponse, ...], type[SendError], str]] = [
    ("gone", MediaRef("MEDIA_FAKE_1"), (refused(40007),), Rejected, "media_gone"),
    ("gone twice", MEDIA, (refused(40007), answer(b"", 404)), Rejected, "media_gone"),
    ("too large", MEDIA, (PlatformResponse(200, {}, downloaded=BIG),), Rejected, "media_too_large"),
    ("another error", MEDIA, (refused(42001),), TokenRejected, "token_rejected"),
    ("neither file nor address", MEDIA, (answer({"errcode": 0}),), ResponseUnexpected, "response_unexpected"),
    ("a page", MEDIA, (answer(b"<html>", 502),), PlatformDown, "platform_down"),
    ("an address without a file", MEDIA, (refused(40007), answer({"a": 1})), ResponseUnexpected, "response_unexpected"),
]


@pytest.mark.parametrize(
    ("label", "media", "responses", "error", "code"), UNFETCHED, ids=[case[0] for case in UNFETCHED]
)
def test_a_file_that_does_not_come(
    label: str, media: MediaRef, responses: tuple[PlatformResponse, ...], error: type[SendError], code: str
) -> None:
    driven = fetched(*responses, media=media)
    assert (type(driven.error), driven.error and driven.error.code) == (error, code)


def test_typing() -> None:
    request = post("/cgi-bin/message/custom/typing", {"touser": OPENID, "command": "Typing"})
    for response in (OK, refused(45080), refused(45081)):
        assert run(Typing(ANA, ""), response) == Driven([request], Done())
    assert isinstance(run(Typing(ANA, ""), refused(40003)).error, ContactUnreachable)
    assert run(Typing(ANA, ""), refused(99999)).error


def test_what_wechat_has_not_is_done_at_once() -> None:
    assert run(MarkRead("1")) == Driven([], Done())
    assert run(Unsubscribe()) == Driven([], Done())


INFO = {
    "subscribe": 1,
    "openid": OPENID,
    "language": "zh_CN",
    "subscribe_time": 1763770000,
    "unionid": "oUNION_1",
    "remark": "likes red",
    "tagid_list": [128, 2],
    "subscribe_scene": "ADD_SCENE_QR_CODE",
    "qr_scene": 0,
    "qr_scene_str": "store-12",
}


def test_a_profile_brings_the_unionid_and_where_they_came_from() -> None:
    driven = run(FetchProfile(BEN), answer(INFO | {"openid": "oFAKE_openid_000000000000002"}))
    assert driven.requests == [get("/cgi-bin/user/info", openid="oFAKE_openid_000000000000002", lang="zh_CN")]
    assert driven.result == ProfileSeen(
        Person((*BEN.keys, Key("open_platform", "unionid", "oUNION_1")), language="zh_CN"),
        facts={
            "following": True,
            "followed_at_s": 1763770000,
            "source": "qr_code",
            "scene": "store-12",
            "remark": "likes red",
            "tag_ids": ["128", "2"],
        },
    )


def test_a_profile_of_somebody_who_left_or_still_has_a_face() -> None:
    gone = run(FetchProfile(BEN), answer({"subscribe": 0, "openid": "x"})).result
    assert gone == ProfileSeen(BEN, facts={"following": False})
    old = run(FetchProfile(BEN), answer({"subscribe": 1, "nickname": "Ben", "headimgurl": "http://e.com/b.jpg"})).result
    assert isinstance(old, ProfileSeen)
    assert (old.person.name, old.avatar) == ("Ben", MediaRef("", url="http://e.com/b.jpg"))


GALLERY = {
    "template_list": [
        {
            "template_id": "TMPL_FAKE_A",
            "title": "Order paid",
            "content": "{{thing1.DATA}}\nSum: {{ amount2.DATA }}",
            "example": "T-shirt\nSum: ¥99.00",
        },
        {"title": "no id"},
    ]
}
SUBSCRIPTIONS = {
    "errcode": 0,
    "data": [
        {"priTmplId": "TMPL_FAKE_C", "title": "Back in stock", "content": "{{thing1.DATA}}", "example": "", "type": 2},
        {"priTmplId": "TMPL_FAKE_D", "title": "", "content": "{{thing1.DATA}}", "type": 3},
    ],
}
ORDER_PAID = TemplateSeen(
    "TMPL_FAKE_A",
    "TMPL_FAKE_A",
    "zh_CN",
    "template",
    "approved",
    (
        {"type": "header", "format": "text", "text": "Order paid"},
        {"type": "body", "text": "{{thing1}}\nSum: {{amount2}}", "example": "T-shirt\nSum: ¥99.00"},
    ),
    parameter_format="named",
)


def test_templates_of_both_kinds_are_listed() -> None:
    driven = run(SyncTemplates(), answer(GALLERY), answer(SUBSCRIPTIONS))
    assert driven.requests == [get("/cgi-bin/template/get_all_private_template"), get("/wxaapi/newtmpl/gettemplate")]
    assert isinstance(driven.result, TemplatesSeen)
    first, *others = driven.result.templates
    assert first == ORDER_PAID
    assert [(one.name, one.category) for one in others] == [
        ("subscription:TMPL_FAKE_C", "subscription_one_time"),
        ("subscription:TMPL_FAKE_D", "subscription_long_term"),
    ]


def test_an_account_without_one_kind_of_templates_still_has_the_other() -> None:
    driven = run(SyncTemplates(), answer(GALLERY), refused(48001))
    assert driven.result == TemplatesSeen((ORDER_PAID,))
    assert run(SyncTemplates(), refused(48001), refused(48001)).result == TemplatesSeen(())
    assert isinstance(run(SyncTemplates(), refused(40164)).error, CredentialsInvalid)
    assert isinstance(run(SyncTemplates(), refused(42001)).error, TokenRejected)


MASS: list[tuple[str, OutboundMessage]] = [
    ("text", OutboundMessage("text", "Hi 你好")),
    ("image", OutboundMessage("image", media=KNOWN)),
    ("voice", OutboundMessage("audio", media=KNOWN)),
    ("article", OutboundMessage("article", content={"media_id": "MATERIAL_1"})),
    ("coupon", OutboundMessage("coupon", content={"card_id": "pFAKE_CARD"})),
]
SUBMITTED = answer({"errcode": 0, "errmsg": "send job submission success", "msg_id": 34182, "msg_data_id": 206227730})


@pytest.mark.parametrize(("label", "message"), MASS, ids=[case[0] for case in MASS])
def test_a_message_to_many(label: str, message: OutboundMessage, update_golden: bool) -> None:
    driven = run(SendMany(message, (ANA, BEN), "camp-7-part-1"), SUBMITTED)
    (request,) = driven.requests
    assert request == replace(post("/cgi-bin/message/mass/send", request.json), delivers=True)
    assert driven.result == Sent("mass:34182")
    compare_golden(GOLDEN / f"mass_{label}.json", request.json, update=update_golden)


def test_a_video_to_many_becomes_a_material_first() -> None:
    message = OutboundMessage("video", "Our shop", media=PICTURE, content={"title": "Shop"})
    titled = answer({"type": "video", "media_id": "MATERIAL_9", "created_at": 1})
    driven = run(SendMany(message, (ANA, BEN), "k"), answer({"media_id": "MEDIA_9"}), titled, SUBMITTED)
    assert driven.requests[:2] == [
        uploaded("video"),
        post("/cgi-bin/media/uploadvideo", {"media_id": "MEDIA_9", "title": "Shop", "description": "Our shop"}),
    ]
    body = driven.requests[2].json
    assert body
    assert (body["msgtype"], body["mpvideo"]) == ("mpvideo", {"media_id": "MATERIAL_9"})


def test_a_key_that_was_used_answers_the_message_of_then() -> None:
    intent = SendMany(OutboundMessage("text", "Hi"), (ANA, BEN), "k")
    assert run(intent, refused(45065, msg_id=34182)).result == Sent("mass:34182")
    assert isinstance(run(intent, refused(45028)).error, Throttled)
    assert isinstance(run(intent, answer({"errcode": 0})).error, OutcomeUnknown)
    assert isinstance(run(intent, HTML).error, OutcomeUnknown)


ADDRESSES = answer({"ip_list": ["101.226.103.0"]})
QUOTA = post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/message/custom/send"})


def quota(used: int) -> PlatformResponse:
    return answer({"errcode": 0, "quota": {"daily_limit": 1000, "used": used, "remain": 1000 - used}})


def test_a_check_asks_for_token_quota_and_templates() -> None:
    driven = run(Check(), ADDRESSES, quota(10), answer(GALLERY))
    assert driven.requests == [
        get("/cgi-bin/getcallbackip"),
        QUOTA,
        get("/cgi-bin/template/get_all_private_template"),
    ]
    today = {"messages_per_day": 1000, "messages_today": 10}
    assert driven.result == Checked(
        (CheckItem("token", "ok"), CheckItem("sending", "ok", today), CheckItem("templates", "ok", {"count": 2})),
        {**today, "callback_addresses": ["101.226.103.0"]},
    )


def states(*responses: PlatformResponse) -> list[tuple[str, str]]:
    result = run(Check(), *responses).result
    assert isinstance(result, Checked)
    return [(item.code, item.state) for item in result.items]


def test_a_check_says_what_is_wrong() -> None:
    assert states(refused(40164)) == [("token", "error")]
    assert states(ADDRESSES, quota(950), answer(GALLERY))[1] == ("sending", "warning")
    assert states(ADDRESSES, refused(48001), refused(48001)) == [
        ("token", "ok"),
        ("sending", "error"),
        ("templates", "warning"),
    ]
    assert isinstance(run(Check(), refused(42001)).error, TokenRejected)
    assert isinstance(run(Check(), refused(-1)).error, PlatformDown)

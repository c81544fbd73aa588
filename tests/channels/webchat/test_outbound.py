"""Every intent: the requests it makes of the host, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    Account,
    Check,
    Checked,
    CheckItem,
    ContactUnreachable,
    Done,
    Downloaded,
    FetchMedia,
    Intent,
    Key,
    MarkRead,
    MediaFetched,
    MediaRef,
    MessageInvalid,
    OutboundMessage,
    Person,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    RefreshToken,
    ResponseUnexpected,
    Result,
    Send,
    SendError,
    Sent,
    Subscribe,
    Throttled,
    Typing,
    Unsubscribe,
)
from channels.webchat import ADAPTER
from channels.webchat.outbound import KINDS
from tests.channels.harness import Driven, answer, compare_golden, downloaded, drive

GOLDEN = Path(__file__).parent / "golden"
CALLBACK = "0193b5c0-0000-7000-8000-000000000001"
TO = Person((Key("account", "shop_user", "user-42"), Key("account", "visitor", "v_Q3")))
NAMED = [{"kind": "shop_user", "value": "user-42"}, {"kind": "visitor", "value": "v_Q3"}]
FILE = MediaRef("f1", mime="image/png", filename="pot.png")


def run(intent: Intent, *responses: PlatformResponse, **settings: Any) -> Driven:
    return drive(ADAPTER.call(intent, Account("1", "hosted:", settings), {}), responses)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_asks_to_show_the_row(kind: str, update_golden: bool) -> None:
    driven = run(Send(OutboundMessage(kind, "Hi"), TO, CALLBACK), answer({"id": CALLBACK}))
    (request,) = driven.requests
    assert (request.method, request.url, request.delivers) == ("POST", "/messages", True)
    assert driven.result == Sent(CALLBACK)
    compare_golden(GOLDEN / f"{kind}.json", request.json, update=update_golden)


RESULTS: list[tuple[str, Intent, list[PlatformResponse], list[PlatformRequest], Result]] = [
    (
        "read",
        MarkRead("v_Q3:c1", TO),
        [answer({})],
        [PlatformRequest(method="POST", url="/read", json={"to": NAMED, "id": "v_Q3:c1"})],
        Done(),
    ),
    (
        "typing",
        Typing(TO, "v_Q3:c1"),
        [answer({})],
        [PlatformRequest(method="POST", url="/typing", json={"to": NAMED})],
        Done(),
    ),
    (
        "file",
        FetchMedia(FILE, 100),
        [downloaded(b"png")],
        [PlatformRequest(method="GET", url="/files/f1", download_max_bytes=100)],
        MediaFetched(Downloaded("/tmp/x", 3, downloaded(b"png").downloaded.sha256), "image/png", "pot.png"),  # type: ignore[union-attr]
    ),
    ("subscribe", Subscribe("https://x", ""), [], [], Done()),
    ("unsubscribe", Unsubscribe(), [], [], Done()),
    ("check", Check(), [], [], Checked((CheckItem("webchat_origins", "warning", {"origins": ""}),))),
]


@pytest.mark.parametrize(
    ("name", "intent", "responses", "requests", "result"), RESULTS, ids=[row[0] for row in RESULTS]
)
def test_results(
    name: str,
    intent: Intent,
    responses: list[PlatformResponse],
    requests: list[PlatformRequest],
    result: Result,
) -> None:
    driven = run(intent, *responses)
    assert (driven.requests, driven.result) == (requests, result)


def test_an_account_with_origins_is_well() -> None:
    driven = run(Check(), allowed_origins=["https://a.example", "https://b.example"])
    assert driven.result == Checked(
        (CheckItem("webchat_origins", "ok", {"origins": "https://a.example, https://b.example"}),)
    )


ERRORS: list[tuple[int, type[SendError], str]] = [
    (404, ContactUnreachable, "visitor_gone"),
    (410, MessageInvalid, "media_missing"),
    (413, MessageInvalid, "media_too_large"),
    (429, Throttled, "throttled"),
    (503, PlatformDown, "platform_down"),
    (500, ResponseUnexpected, "response_unexpected"),
]


@pytest.mark.parametrize(("status", "error", "code"), ERRORS)
def test_errors(status: int, error: type[SendError], code: str) -> None:
    driven = run(Send(OutboundMessage("text", "Hi"), TO, CALLBACK), answer({}, status))
    assert type(driven.error) is error
    assert driven.error is not None
    assert (driven.error.code, driven.error.external_code) == (code, str(status))


def test_what_there_is_not() -> None:
    refused = run(Send(OutboundMessage("template"), TO, CALLBACK))
    assert refused.error is not None
    assert refused.error.code == "kind_unsupported"
    unsupported = run(RefreshToken())
    assert unsupported.error is not None
    assert unsupported.error.code == "intent_unsupported"

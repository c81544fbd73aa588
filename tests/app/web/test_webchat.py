"""Visitors of a shop's own pages: who may come in, what is taken and shown, and that nothing is lost between."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from limits import RateLimitItemPerMinute

from app.hosted import handover
from app.hosted.codes import codes_in, new_code
from app.hosted.limits import LIMITS
from app.media.fetching import fetch_media
from app.outbound.receipts import mark_read, show_typing
from app.outbound.sender import send_conversation
from app.runtime import Runtime

from .conftest import Clients, Person
from .reader import Reader

ORIGIN = "https://shop.example.com"
SECRET = "a-secret-that-the-shop-knows"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TEA = {
    "url": f"{ORIGIN}/tea/7?colour=green#top",
    "title": "Pu-erh",
    "product": {"id": "7", "name": "Pu-erh 357 g", "price": "HK$ 380"},
}
SHOWN_TEA = TEA | {"url": f"{ORIGIN}/tea/7?colour=green"}


class Window:
    """A chat window in a visitor's browser."""

    def __init__(self, client: httpx.AsyncClient, app: FastAPI, account_id: str) -> None:
        self.client, self.app, self.account_id = client, app, account_id
        self.base = f"/chat/{account_id}"
        self.token = ""
        self.asked = False

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"origin": ORIGIN} | ({"authorization": f"Bearer {self.token}"} if self.token else {}) | headers
        return await self.client.request(method, f"{self.base}/api/{path}", json=body, headers=sent)

    async def open(self, **wish: Any) -> dict[str, Any]:
        answer = await self.call("POST", "session", {"language": "en"} | wish)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self.token = told["token"] or self.token
        self.asked = told["asked"]
        return told

    async def say(self, text: str, client_id: str = "", **word: Any) -> httpx.Response:
        said = {
            "type": "message",
            "kind": "text",
            "text": text,
            "client_id": client_id or f"cid-{abs(hash(text)):016x}",
        }
        return await self.call("POST", "words", said | word)

    async def word(self, type_: str, **word: Any) -> httpx.Response:
        return await self.call("POST", "words", {"type": type_} | word)

    async def messages(self, after: str = "") -> list[dict[str, Any]]:
        return (await self.call("GET", f"messages?after={after}")).json()["messages"]

    async def texts(self) -> list[str]:
        return [message["text"] for message in await self.messages()]

    async def connect(self, after: str = "", **headers: str) -> Reader:
        reader = Reader(self.app, {"origin": ORIGIN} | headers, path=f"{self.base}/ws")
        reader.say(type="hello", token=self.token, after=after)
        return reader


Open = Callable[..., Awaitable[Window]]


@pytest.fixture
async def account(ann: Person) -> dict[str, Any]:
    body = {
        "channel": "webchat",
        "name": "Tin Kettle",
        "credentials": {"identity_secret": SECRET},
        "settings": {"allowed_origins": [ORIGIN], "whatsapp_number": "+85291234567"},
    }
    answer = await ann.send("POST", "/channel-accounts", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
def window(clients: Clients, app: FastAPI, account: dict[str, Any]) -> Callable[[], Window]:
    return lambda: Window(clients(), app, account["id"])


@pytest.fixture
async def visitor(window: Callable[[], Window]) -> Window:
    """Somebody whose page has a session."""
    made = window()
    await made.open()
    return made


async def conversation_of(ann: Person) -> dict[str, Any]:
    (found,) = (await ann.get("/conversations")).json()["items"]
    return dict(found)


async def reply(ann: Person, runtime: Runtime, body: dict[str, Any] | str) -> dict[str, Any]:
    """Let Ann write, and the worker send it."""
    conversation = await conversation_of(ann)
    sent = body if isinstance(body, dict) else {"kind": "text", "text": body}
    answer = await ann.send("POST", f"/conversations/{conversation['id']}/messages", sent)
    assert answer.status_code == 201, answer.text
    await send_conversation(runtime, UUID(conversation["id"]))
    return dict(answer.json())


async def statuses(ann: Person, *ids: str) -> list[str]:
    conversation = await conversation_of(ann)
    known = {
        m["id"]: m["status"] for m in (await ann.get(f"/conversations/{conversation['id']}/messages")).json()["items"]
    }
    return [known[message_id] for message_id in ids]


def signed(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    """Sign as a shop's server would, with a library or the three lines of the docs."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    head = part(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    body = part(json.dumps({"exp": time.time() + 600} | claims).encode())
    return f"{head}.{body}." + part(hmac.digest(secret.encode(), f"{head}.{body}".encode(), "sha256"))


async def test_a_visitor_writes_and_reads_the_answer(visitor: Window, ann: Person, runtime: Runtime) -> None:
    assert (await visitor.say("Do you ship to Macau?", "cid-00000001", page=TEA)).json() == {
        "type": "ack",
        "client_id": "cid-00000001",
    }
    conversation = await conversation_of(ann)
    assert conversation["channel"] == "webchat"
    assert conversation["contact"]["name"].startswith("Visitor ")
    (message,) = (await ann.get(f"/conversations/{conversation['id']}/messages")).json()["items"]
    assert (message["text"], message["content"]) == ("Do you ship to Macau?", {"page": SHOWN_TEA})

    answer = await reply(ann, runtime, "Yes, every Friday.")
    assert await statuses(ann, answer["id"]) == ["sent"]
    first, second = await visitor.messages()
    assert (first["mine"], first["cid"], first["text"]) == (True, "cid-00000001", "Do you ship to Macau?")
    assert (second["mine"], second["id"], second["text"], second["read"]) == (
        False,
        answer["id"],
        "Yes, every Friday.",
        False,
    )


async def test_ticks_follow_what_the_window_says(visitor: Window, ann: Person, runtime: Runtime) -> None:
    await visitor.say("Hello")
    first, second = await reply(ann, runtime, "One"), await reply(ann, runtime, "Two")
    assert (await visitor.word("seen", status="delivered", id=second["id"])).status_code == 200
    assert await statuses(ann, first["id"], second["id"]) == ["delivered", "delivered"]
    await visitor.word("seen", status="read", id=first["id"])
    assert await statuses(ann, first["id"], second["id"]) == ["read", "delivered"]


async def test_nobody_ticks_another_ones_messages(window: Callable[[], Window], ann: Person, runtime: Runtime) -> None:
    mine, stranger = window(), window()
    await mine.open()
    await mine.say("Hello")
    answer = await reply(ann, runtime, "Only for you")
    await stranger.open()
    assert (await stranger.word("seen", status="read", id=answer["id"])).status_code == 200
    assert await statuses(ann, answer["id"]) == ["sent"]
    assert await stranger.messages() == []


async def test_the_same_words_twice_are_one_message(visitor: Window) -> None:
    await asyncio.gather(*(visitor.say("Hello", "cid-00000001") for _ in range(4)))
    await visitor.say("Hello", "cid-00000001")
    assert await visitor.texts() == ["Hello"]


async def test_the_socket_tells_what_happens(visitor: Window, ann: Person, runtime: Runtime) -> None:
    reader = await visitor.connect()
    assert (await reader.next("history"))["messages"] == []
    reader.say(type="message", kind="text", text="Hello", client_id="cid-00000001")
    assert (await reader.next("ack"))["client_id"] == "cid-00000001"
    shown = await reader.next()
    while shown["type"] != "history" or not shown["messages"]:
        shown = await reader.next()
    assert [message["cid"] for message in shown["messages"]] == ["cid-00000001"]

    conversation = UUID((await conversation_of(ann))["id"])
    await show_typing(runtime, conversation)
    assert await reader.next("typing") == {"type": "typing"}
    await mark_read(runtime, conversation)
    read = await reader.next("read")
    assert read["id"] == shown["messages"][0]["ref"]

    answer = await reply(ann, runtime, "Hi there")
    told = await reader.next("message")
    assert (told["message"]["id"], told["message"]["text"]) == (answer["id"], "Hi there")
    await reader.leave()


async def test_what_was_missed_is_told_once_and_in_order(visitor: Window, ann: Person, runtime: Runtime) -> None:
    await visitor.say("Hello")
    seen = await reply(ann, runtime, "0")
    for number in range(1, 6):
        await reply(ann, runtime, str(number))
    reader = await visitor.connect(after=seen["id"])
    history = await reader.next("history")
    assert not history["reset"]
    assert [message["text"] for message in history["messages"]] == ["Hello", "0", "1", "2", "3", "4", "5"]
    await reader.leave()


async def test_what_nobody_sent_yet_is_not_shown(visitor: Window, ann: Person) -> None:
    await visitor.say("Hello")
    conversation = await conversation_of(ann)
    path = f"/conversations/{conversation['id']}/messages"
    assert (await ann.send("POST", path, {"kind": "text", "text": "queued"})).status_code == 201
    assert (await ann.send("POST", path, {"kind": "note", "text": "a thief?"})).status_code == 201
    assert await visitor.texts() == ["Hello"]


async def test_waiting_answers_at_once_when_something_comes(visitor: Window, ann: Person, runtime: Runtime) -> None:
    await visitor.say("Hello")
    (mine,) = await visitor.messages()
    waiting = asyncio.create_task(visitor.call("GET", f"messages?after={mine['id']}&wait=20"))
    await asyncio.sleep(0)
    await reply(ann, runtime, "Here")
    found = (await asyncio.wait_for(waiting, 10)).json()["messages"]
    assert found[-1]["text"] == "Here"


async def test_only_the_shops_own_pages_may_ask(window: Callable[[], Window]) -> None:
    for origin, status in (("https://evil.example", 403), ("null", 403), (ORIGIN, 200)):
        page = window()
        answer = await page.call("POST", "session", {}, origin=origin)
        assert answer.status_code == status
        assert answer.headers.get("access-control-allow-origin") == (ORIGIN if status == 200 else None)
        preflight = await page.client.options(f"{page.base}/api/words", headers={"origin": origin})
        assert preflight.status_code == (204 if status == 200 else 403)


async def test_a_socket_from_another_page_is_closed(visitor: Window) -> None:
    reader = await visitor.connect(origin="https://evil.example")
    assert await asyncio.wait_for(reader.closed, 10) == 4403


async def test_a_socket_with_a_wrong_token_is_closed(visitor: Window) -> None:
    visitor.token = "wrong"
    reader = await visitor.connect()
    assert await asyncio.wait_for(reader.closed, 10) == 4401
    assert (await visitor.say("Hello")).status_code == 401


async def test_tokens_are_kept_as_digests(visitor: Window, runtime: Runtime) -> None:
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow("SELECT row_to_json(s)::text AS all FROM visitor_session s")
    assert len(visitor.token) >= 43
    assert visitor.token not in row["all"]


async def test_a_paused_account_is_not_there(visitor: Window, ann: Person, account: dict[str, Any]) -> None:
    await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"state": "paused"})
    assert (await visitor.say("Hello")).status_code == 404


async def test_too_much_at_once_is_refused(visitor: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "message", (RateLimitItemPerMinute(3), RateLimitItemPerMinute(100)))
    answers = [await visitor.say(str(number), f"cid-0000000{number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json() == {"error": {"code": "too_many"}}


async def test_one_address_opens_no_end_of_sessions(
    window: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "session", (RateLimitItemPerMinute(9), RateLimitItemPerMinute(2)))
    answers = [await window().call("POST", "session", {}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_strange_words_are_refused(visitor: Window) -> None:
    for word, code in (
        ({}, "word_unknown"),
        ({"type": "message", "kind": "text", "text": "Hi"}, "client_id_invalid"),
        ({"type": "message", "kind": "text", "text": " ", "client_id": "cid-00000001"}, "text_missing"),
        ({"type": "message", "kind": "text", "text": "x" * 4001, "client_id": "cid-00000001"}, "text_too_long"),
        ({"type": "message", "kind": "telepathy", "client_id": "cid-00000001"}, "kind_unknown"),
        ({"type": "message", "kind": "file", "file": "x.y", "client_id": "cid-00000001"}, "file_unknown"),
        ({"type": "seen", "status": "dreamt", "id": "1"}, "status_unknown"),
    ):
        answer = await visitor.call("POST", "words", word)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


async def test_half_an_emoji_and_a_nul_cost_only_themselves(visitor: Window) -> None:
    body = b'{"type":"message","kind":"text","client_id":"cid-00000001","text":"a\\u0000b"}'
    headers = {"origin": ORIGIN, "authorization": f"Bearer {visitor.token}"}
    answer = await visitor.client.post(f"{visitor.base}/api/words", content=body, headers=headers)
    assert answer.status_code == 200
    assert await visitor.texts() == ["a\ufffdb"]


class TestWhoIsLoggedIn:
    async def test_the_shops_word_is_believed(self, window: Callable[[], Window], ann: Person) -> None:
        page = window()
        claims = {"sub": "user-42", "name": "Chan Hiu-tung", "email": "Tung@Example.com", "phone": "+85255501847"}
        assert (await page.open(identity=signed(claims)))["user"] == "user-42"
        await page.say("Hello")
        contact = (await ann.get(f"/contacts/{(await conversation_of(ann))['contact']['id']}")).json()
        assert (contact["name"], contact["email"], contact["phone"]) == (
            "Chan Hiu-tung",
            "tung@example.com",
            "+85255501847",
        )

    async def test_a_proof_that_proves_nothing_is_refused(self, window: Callable[[], Window]) -> None:
        wishes = ({"identity": signed({"sub": "user-42"}, secret="another")}, {"user": "user-42", "user_hash": "00"})
        for wish in wishes:
            answer = await window().call("POST", "session", wish)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "identity_invalid")

    async def test_the_id_alone_may_be_signed(self, window: Callable[[], Window]) -> None:
        proof = hmac.new(SECRET.encode(), b"user-42", hashlib.sha256).hexdigest()
        assert (await window().open(user="user-42", user_hash=proof))["user"] == "user-42"

    async def test_a_customer_has_one_thread_on_all_devices(self, window: Callable[[], Window], ann: Person) -> None:
        desk, phone = window(), window()
        await desk.open(identity=signed({"sub": "user-42"}))
        await desk.say("From the desk")
        await phone.open(identity=signed({"sub": "user-42"}))
        await phone.say("From the phone")
        assert await desk.texts() == await phone.texts() == ["From the desk", "From the phone"]
        await conversation_of(ann)

    async def test_what_was_written_before_the_log_in_is_the_same_person(
        self, window: Callable[[], Window], ann: Person, runtime: Runtime
    ) -> None:
        page = window()
        await page.open()
        await page.say("Before")
        await page.open(identity=signed({"sub": "user-42", "name": "Tung"}))
        await page.say("After")
        assert await page.texts() == ["Before", "After"]
        assert (await conversation_of(ann))["contact"]["name"] == "Tung"
        await reply(ann, runtime, "Hello Tung")
        assert (await page.texts())[-1] == "Hello Tung"

    async def test_who_logs_out_leaves_nothing_to_read(self, window: Callable[[], Window]) -> None:
        page = window()
        await page.open(identity=signed({"sub": "user-42"}))
        await page.say("Secret")
        reader = await page.connect()
        await reader.next("history")
        old = page.token
        await page.open()
        assert page.token != old
        assert await page.texts() == []
        assert await asyncio.wait_for(reader.closed, 10) == 4401
        page.token = old
        assert (await page.call("GET", "messages")).status_code == 401

    async def test_another_customer_on_the_same_browser_begins_anew(self, window: Callable[[], Window]) -> None:
        page = window()
        await page.open(identity=signed({"sub": "user-42"}))
        await page.say("Secret")
        await page.open(identity=signed({"sub": "user-43"}))
        assert await page.texts() == []


class TestForm:
    @pytest.fixture
    async def asking(self, ann: Person, account: dict[str, Any]) -> None:
        settings = {
            "questions": [
                {"name": "who", "label": "Name", "kind": "name", "required": True},
                {"name": "mail", "label": "E-mail", "kind": "email", "required": False},
            ],
            "consent_en": "We keep what you write.",
        }
        answer = await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"settings": settings})
        assert answer.status_code == 200, answer.text

    async def test_nothing_is_taken_before_it_is_filled_in(self, asking: None, window: Callable[[], Window]) -> None:
        page = window()
        assert (await page.open())["asked"] is True
        assert (await page.say("Hello")).json()["error"]["code"] == "form_missing"
        for word, code in (
            ({"values": {"who": "Tung"}}, "consent_missing"),
            ({"values": {"mail": "t@example.com"}, "agreed": True}, "answer_missing"),
        ):
            answer = await page.word("form", client_id="cid-00000001", **word)
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)

    async def test_it_names_the_contact_and_keeps_the_consent(
        self, asking: None, window: Callable[[], Window], ann: Person, runtime: Runtime
    ) -> None:
        page = window()
        await page.open()
        values = {"who": "Tung", "mail": "T@Example.com"}
        assert (await page.word("form", client_id="cid-00000001", values=values, agreed=True)).status_code == 200
        assert (await page.say("Hello")).status_code == 200
        conversation = await conversation_of(ann)
        contact = (await ann.get(f"/contacts/{conversation['contact']['id']}")).json()
        assert (contact["name"], contact["email"]) == ("Tung", "t@example.com")
        async with runtime.database.begin() as uow:
            consent = await uow.conn.fetchrow("SELECT purpose, granted, source, wording, proof FROM consent")
        assert (consent["purpose"], consent["granted"], consent["source"]) == ("service", True, "web_chat")
        assert (await page.open())["asked"] is False


class TestFiles:
    async def give(
        self, page: Window, body: bytes, mime: str = "image/png", name: str = "teapot.png"
    ) -> httpx.Response:
        headers = {"origin": ORIGIN, "authorization": f"Bearer {page.token}", "content-type": mime, "x-file-name": name}
        return await page.client.post(f"{page.base}/api/files", content=body, headers=headers)

    async def test_a_picture_arrives_and_is_shown_back(
        self, visitor: Window, ann: Person, runtime: Runtime, account: dict[str, Any]
    ) -> None:
        given = (await self.give(visitor, PNG, name="%E8%8C%B6%E5%A3%BA.png")).json()
        assert (given["mime"], given["name"], given["size"]) == ("image/png", "茶壺.png", len(PNG))
        assert (await visitor.say("Look", kind="file", file=given["file"])).status_code == 200
        async with runtime.database.begin() as uow:
            (pending,) = await uow.conn.fetch("SELECT id FROM media WHERE state = 'pending'")
        await fetch_media(runtime, pending["id"])
        (message,) = await visitor.messages()
        assert (message["kind"], message["text"]) == ("image", "Look")
        (file,) = message["files"]
        assert (file["mime"], file["name"]) == ("image/png", "茶壺.png")
        shown = await visitor.client.get(f"{visitor.base}/{file['path']}")
        assert shown.content == PNG
        assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
        forged = file["path"][:-1] + ("y" if file["path"].endswith("x") else "x")
        assert (await visitor.client.get(f"{visitor.base}/{forged}")).status_code == 404
        conversation = await conversation_of(ann)
        (agents,) = (await ann.get(f"/conversations/{conversation['id']}/messages")).json()["items"]
        assert (await ann.client.get(agents["attachments"][0]["url"])).content == PNG

    async def test_what_it_must_not_be(self, visitor: Window, ann: Person, account: dict[str, Any]) -> None:
        await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"settings": {"upload_max_mib": 1}})
        for body, mime, status, code in (
            (b"", "image/png", 422, "file_empty"),
            (b"<script>alert(1)</script>", "image/png", 415, "file_type_refused"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415, "file_type_refused"),
            (b"MZ" + bytes(200), "application/pdf", 415, "file_type_refused"),
            (PNG + bytes(1024 * 1024), "image/png", 413, "file_too_large"),
        ):
            answer = await self.give(visitor, body, mime)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

    async def test_nobody_sends_another_ones_file(self, window: Callable[[], Window]) -> None:
        mine, stranger = window(), window()
        await mine.open()
        await stranger.open()
        token = (await self.give(mine, PNG)).json()["file"]
        assert (await stranger.say("", kind="file", file=token)).json()["error"]["code"] == "file_unknown"

    async def test_an_account_may_want_none(self, visitor: Window, ann: Person, account: dict[str, Any]) -> None:
        await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"settings": {"uploads": False}})
        assert (await self.give(visitor, PNG)).json()["error"]["code"] == "uploads_off"
        looks = (await visitor.call("GET", "looks")).json()
        assert looks["uploads"] is None


async def test_what_agents_send_is_shown_in_full(visitor: Window, ann: Person, runtime: Runtime) -> None:
    await visitor.say("Hello")
    await reply(
        ann,
        runtime,
        {
            "kind": "buttons",
            "text": "Which?",
            "buttons": [{"id": "g", "title": "Green"}, {"id": "b", "title": "Black"}],
        },
    )
    rows = [{"id": "1", "title": "Cake", "description": "357 g"}]
    await reply(
        ann,
        runtime,
        {"kind": "list", "text": "Choose", "button": "Teas", "sections": [{"title": "Pu-erh", "rows": rows}]},
    )
    await reply(ann, runtime, {"kind": "location", "latitude": 22.28, "longitude": 114.15, "name": "Shop"})
    buttons, choice, place = (await visitor.messages())[1:]
    assert buttons["buttons"] == [{"id": "g", "title": "Green", "url": ""}, {"id": "b", "title": "Black", "url": ""}]
    assert (choice["button"], choice["sections"][0]["rows"][0]["title"]) == ("Teas", "Cake")
    assert place["place"] == {"latitude": 22.28, "longitude": 114.15, "name": "Shop", "address": ""}

    tap = await visitor.word(
        "message", kind="button", client_id="cid-00000009", id="g", title="Green", reply_to=buttons["ref"]
    )
    assert tap.status_code == 200
    conversation = await conversation_of(ann)
    newest = (await ann.get(f"/conversations/{conversation['id']}/messages")).json()["items"][0]
    assert (newest["kind"], newest["content"], newest["reply_to_id"]) == (
        "button_reply",
        {"id": "g", "title": "Green"},
        buttons["id"],
    )


async def test_agents_see_the_page_and_the_typing(visitor: Window, ann: Person, app: FastAPI) -> None:
    await visitor.say("Hello")
    conversation = await conversation_of(ann)
    cookies = "; ".join(f"{name}={value}" for name, value in ann.client.cookies.items())
    agent = Reader(app, {"cookie": cookies, "origin": "http://testserver"})
    await agent.next("hello")
    await visitor.word("page", page=TEA)
    assert (await agent.next("visit"))["data"] == {"page": SHOWN_TEA}
    await visitor.word("typing")
    assert (await agent.next("typing"))["data"] == {"contact": True}
    await agent.leave()
    visit = (await ann.get(f"/conversations/{conversation['id']}/visit")).json()["visit"]
    assert (visit["page"], visit["user_id"], visit["language"]) == (SHOWN_TEA, None, "en")


async def test_a_visitor_who_left_for_good_cannot_be_written_to(visitor: Window, ann: Person, runtime: Runtime) -> None:
    await visitor.say("Hello")
    assert (await visitor.call("DELETE", "session")).status_code == 200
    answer = await reply(ann, runtime, "Still there?")
    conversation = await conversation_of(ann)
    newest = (await ann.get(f"/conversations/{conversation['id']}/messages")).json()["items"][0]
    assert (newest["id"], newest["status"], newest["error"]["code"]) == (answer["id"], "failed", "visitor_gone")


async def test_settings_that_cannot_be_are_refused(ann: Person, account: dict[str, Any]) -> None:
    answer = await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"settings": {"allowed_origins": ["*"]}})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["settings.allowed_origins"]


async def test_looks_are_in_the_visitors_language_and_tell_no_secret(
    visitor: Window, ann: Person, account: dict[str, Any]
) -> None:
    settings = {"title_en": "Tin Kettle", "title_zh_hant": "錫壺", "hours": ["mon-sun 00:00-00:01"], "time_zone": "UTC"}
    await ann.send("PATCH", f"/channel-accounts/{account['id']}", {"settings": settings})
    english, chinese = [(await visitor.call("GET", f"looks?language={one}")).json() for one in ("fr", "zh-HK")]
    assert (english["title"], chinese["title"]) == ("Tin Kettle", "錫壺")
    assert english["words"]["send"] != chinese["words"]["send"]
    assert english["away"]
    assert SECRET not in json.dumps(english)


class TestGoingOnElsewhere:
    async def test_who_writes_the_code_is_the_same_person(
        self, window: Callable[[], Window], ann: Person, runtime: Runtime
    ) -> None:
        visitor, elsewhere = window(), window()
        await visitor.open()
        await visitor.say("Hello")
        await elsewhere.open()
        offered = (await visitor.call("POST", "hand-over", {})).json()
        assert offered["url"].startswith("https://wa.me/85291234567?text=")
        assert offered["qr"]["path"].startswith("M")
        await elsewhere.say(f"Hello! My code: {offered['code'].lower()}")
        async with runtime.database.begin() as uow:
            code = await uow.conn.fetchval("SELECT code FROM hand_over_code WHERE claimed_at IS NOT NULL")
        await handover.settle(runtime, code)
        one, other = (await ann.get("/conversations")).json()["items"]
        assert one["contact"]["id"] == other["contact"]["id"]

    async def test_a_code_that_we_did_not_sign_is_none(self, runtime: Runtime) -> None:
        _, code = new_code(runtime.vault)
        assert len(codes_in(runtime.vault, f"it is {code}.")) == 1
        for text in (
            "ABCD-EFGH-JKLM-NPQR",
            "no code at all",
            code[:-1] + ("2" if code[-1] != "2" else "3"),
            f"{code}X",
        ):
            assert codes_in(runtime.vault, text) == []


async def test_the_script_is_small_and_the_same_for_all(visitor: Window) -> None:
    answer = await visitor.client.get(f"{visitor.base}/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    again = await visitor.client.get(f"{visitor.base}/widget.js", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await visitor.client.get("/chat/nobody/widget.js")).status_code == 404


@pytest.fixture(autouse=True)
def no_limit_is_met_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """All windows of a test come from one address."""
    for action, (visitor, _) in LIMITS.items():
        monkeypatch.setitem(LIMITS, action, (visitor, RateLimitItemPerMinute(10_000)))

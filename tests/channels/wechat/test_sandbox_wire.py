"""What the sandbox puts on the wire, by strangers' word: the worked vectors, and wechatpy on the business's side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wechatpy import create_reply, parse_message  # type: ignore[import-untyped]
from wechatpy.crypto import WeChatCrypto  # type: ignore[import-untyped]
from wechatpy.enterprise.crypto import WeChatCrypto as WorkCrypto  # type: ignore[import-untyped]
from wechatpy.utils import check_signature  # type: ignore[import-untyped]

from channels.sandbox import create_sandbox
from channels.wechat.sandbox import crypto, xml
from tests.channels.wechat.test_crypto import RANDOM, SEALED, SIGNATURES, SUCCESS_SEALED
from tests.channels.wechat.wire import AES_KEY


@pytest.mark.parametrize(("label", "parts", "expected"), SIGNATURES, ids=[case[0] for case in SIGNATURES])
def test_a_worked_signature(label: str, parts: tuple[str, ...], expected: str) -> None:
    assert crypto.sign(*parts) == expected
    assert not crypto.signed_rightly(expected, *parts, "more")


@pytest.mark.parametrize(("label", "message", "receiver", "encrypted"), SEALED, ids=[case[0] for case in SEALED])
def test_a_worked_ciphertext(label: str, message: str, receiver: str, encrypted: str) -> None:
    assert crypto.encrypt(message, AES_KEY, receiver, random=RANDOM) == encrypted
    assert crypto.decrypt(encrypted, AES_KEY, receiver) == message


BROKEN = ["", "4j/A", "not base64", SUCCESS_SEALED]


@pytest.mark.parametrize("encrypted", BROKEN)
def test_what_is_not_for_this_app_is_unreadable(encrypted: str) -> None:
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(encrypted, AES_KEY, "wx_another_app")


def test_xml_that_declares_a_document_type_is_not_read() -> None:
    with pytest.raises(xml.NotXml):
        xml.read(b'<!DOCTYPE a [<!ENTITY b "c">]><xml><A>&b;</A></xml>')


class Stranger:
    """A business written with wechatpy: it checks, reads and answers without a line of ours."""

    def __init__(self) -> None:
        self.credentials: dict[str, str] = {}
        self.mode = "safe"
        self.kf = False
        self.read: list[Any] = []

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self._hook, methods=["GET", "POST"])])

    async def _hook(self, request: Request) -> Response:
        query, secrets = dict(parse_qsl(request.url.query)), self.credentials
        if self.kf:
            return await self._work(request, query)
        check_signature(secrets["token"], query["signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return Response(query["echostr"])
        sealed = WeChatCrypto(secrets["token"], secrets["encoding_aes_key"], secrets["app_id"])
        body = (await request.body()).decode()
        if self.mode != "plain":
            body = sealed.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(body)
        self.read.append(message)
        reply = create_reply(f"got {message.type}", message).render()
        if self.mode == "safe":
            reply = sealed.encrypt_message(reply, query["nonce"], query["timestamp"])
        return Response(reply, media_type="text/xml")

    async def _work(self, request: Request, query: dict[str, str]) -> Response:
        secrets = self.credentials
        sealed = WorkCrypto(secrets["token"], secrets["encoding_aes_key"], secrets["app_id"])
        signed = (query["msg_signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return Response(sealed.check_signature(*signed, query["echostr"]))
        self.read.append(sealed.decrypt_message((await request.body()).decode(), *signed))
        return Response("")


@pytest.fixture
async def stranger(tmp_path: Path) -> AsyncIterator[tuple[Stranger, httpx.AsyncClient]]:
    business = Stranger()
    app = create_sandbox(tmp_path, webhook_transport=httpx.ASGITransport(business.app))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as http,
    ):
        yield business, http


async def opened(business: Stranger, http: httpx.AsyncClient, *, flavour: str, mode: str) -> dict[str, Any]:
    wish = {"channel": "wechat", "name": "x", "settings": {"flavour": flavour, "mode": mode}}
    account = dict((await http.post("/sandbox/accounts", json=wish)).json())
    business.credentials, business.mode, business.kf = account["credentials"], mode, flavour == "kf"
    connected = await http.post(f"/console/wechat/{account['id']}", json={"url": "http://business.test/hook"})
    assert connected.status_code == 200, connected.text
    return account


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
async def test_wechatpy_reads_every_kind_and_its_replies_are_shown(
    stranger: tuple[Stranger, httpx.AsyncClient], mode: str
) -> None:
    business, http = stranger
    account = await opened(business, http, flavour="official_account", mode=mode)
    customer = (await http.post("/sandbox/customers", json={"channel": "wechat", "name": "李雷"})).json()
    kinds = ["text", "image", "voice", "video", "shortvideo", "location", "link"]
    for kind in kinds:
        await http.post(f"/sandbox/customers/{customer['id']}/messages", json={"account": account["id"], "kind": kind})
    path = f"/sandbox/customers/{customer['id']}/messages?account={account['id']}"
    shown: list[str] = []
    async with asyncio.timeout(5):
        while len(shown) <= len(kinds):
            await asyncio.sleep(0.005)
            lines = (await http.get(path)).json()
            shown = [line["view"]["text"] for line in lines if line["by"] == "business"]
    assert shown == [f"got {kind}" for kind in ["event", *kinds]]
    assert [message.type for message in business.read] == ["event", *kinds]


async def test_wechatpy_reads_the_hint_of_customer_service(stranger: tuple[Stranger, httpx.AsyncClient]) -> None:
    business, http = stranger
    account = await opened(business, http, flavour="kf", mode="safe")
    customer = (await http.post("/sandbox/customers", json={"channel": "wechat", "name": "李雷"})).json()
    await http.post(f"/sandbox/customers/{customer['id']}/messages", json={"account": account["id"], "text": "在吗"})
    async with asyncio.timeout(5):
        while not business.read:  # noqa: ASYNC110  the stranger has no event for it
            await asyncio.sleep(0.005)
    hint = xml.read(business.read[0].encode())
    assert (hint["Event"], hint["OpenKfId"]) == ("kf_msg_or_event", account["external_id"])


async def test_a_wrong_answer_to_the_handshake_is_refused(stranger: tuple[Stranger, httpx.AsyncClient]) -> None:
    business, http = stranger
    account = await opened(business, http, flavour="official_account", mode="safe")
    business.credentials = {**business.credentials, "token": "another"}
    for url in ("http://business.test/nowhere", "http://business.test:99999/"):
        answer = await http.post(f"/console/wechat/{account['id']}", json={"url": url})
        assert answer.status_code == 422
    still = next(one for one in (await http.get("/sandbox/accounts")).json() if one["id"] == account["id"])
    assert still["callback_url"] == "http://business.test/hook"

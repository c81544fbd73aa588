"""Strangers' word: published clients of Messenger and of the Graph API speak to the laboratory and understand what they hear."""

from __future__ import annotations

import asyncio
import collections.abc
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fbmessenger
import httpx
import pytest
import requests
from fbmessenger import attachments, elements, quick_replies, sender_actions, templates
from pyfacebook import FacebookError, GraphAPI

from channels.sandbox import create_sandbox, samples
from tests.sandbox.conftest import HOOK, Business
from tests.sandbox.messaging import ACCOUNTS
from tests.sandbox.serving import served


class Hearer(fbmessenger.BaseMessenger):
    """fbmessenger's own dispatch of a webhook: keeps what it took each event for."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.heard: list[str] = []

    def account_linking(self, message: Any) -> None:
        self.heard.append("account_linking")

    def message(self, message: Any) -> None:
        self.heard.append("message")

    def delivery(self, message: Any) -> None:
        self.heard.append("delivery")

    def optin(self, message: Any) -> None:
        self.heard.append("optin")

    def postback(self, message: Any) -> None:
        self.heard.append("postback")

    def read(self, message: Any) -> None:
        self.heard.append("read")


@dataclass
class Served:
    """A laboratory on a real socket, since the clients are synchronous. `person`: the customer as the account knows them."""

    address: str
    http: httpx.AsyncClient
    business: Business
    account: dict[str, Any]
    customer: dict[str, Any]
    person: str

    @property
    def token(self) -> str:
        return str(self.account["credentials"]["access_token"])

    async def write(self, **wish: Any) -> dict[str, Any]:
        path = f"/sandbox/customers/{self.customer['id']}/messages"
        return dict((await self.http.post(path, json={"account": self.account["id"], **wish})).json())

    async def said(self, call: Callable[[], Any]) -> Any:
        """Make a call of a synchronous client."""
        return await asyncio.to_thread(call)


@pytest.fixture(params=["messenger"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Served]:
    business = Business()
    app = create_sandbox(tmp_path, webhook_transport=httpx.ASGITransport(business.app))
    channel, number = ACCOUNTS[request.param]
    async with served(app) as address, httpx.AsyncClient(base_url=address) as http:
        accounts = [one for one in (await http.get("/sandbox/accounts")).json() if one["channel"] == channel]
        account = accounts[number]
        await http.patch(f"/sandbox/accounts/{account['id']}", json={"webhook_url": HOOK})
        customer = (await http.post("/sandbox/customers", json={"channel": channel, "name": "Ana Pires"})).json()
        opened = Served(address, http, business, account, customer, "")
        await opened.write(kind="text", text="hello")
        chat = await http.get(f"/sandbox/customers/{customer['id']}/chat", params={"account": account["id"]})
        opened.person = chat.json()["state"]["user_id"]
        yield opened


def client_of(place: Served) -> fbmessenger.MessengerClient:
    """Return fbmessenger, pointed at the laboratory by its base address and nothing else."""
    secret = place.account["credentials"]["app_secret"]
    client = fbmessenger.MessengerClient(place.token, session=requests.Session(), app_secret=secret)
    client.graph_url = f"{place.address}/v24.0"
    return client


def messages() -> list[dict[str, Any]]:
    """Return one of every kind that fbmessenger makes."""
    buy = elements.Button(button_type="postback", title="Buy", payload="BUY")
    look = elements.Button(button_type="web_url", title="Look", url="https://tinkettle.example/")
    card = elements.Element(
        title="Gaiwan", subtitle="HK$348", image_url="https://tinkettle.example/g.jpg", buttons=[look]
    )
    sizes = [quick_replies.QuickReply(title=size, payload=size) for size in ("S", "M")]
    text = elements.Text(text="Which size?", quick_replies=quick_replies.QuickReplies(quick_replies=sizes))
    made = [
        elements.Text(text="早晨"),
        text,
        attachments.Image(url="https://tinkettle.example/a.png", is_reusable=True),
        attachments.Video(url="https://tinkettle.example/a.mp4"),
        attachments.Audio(url="https://tinkettle.example/a.mp3"),
        attachments.File(url="https://tinkettle.example/a.pdf"),
        templates.GenericTemplate(elements=[card, card]),
        templates.ButtonTemplate(text="Well?", buttons=[buy, look]),
    ]
    return [one.to_dict() for one in made]


async def test_fbmessenger_sends_every_kind(place: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "collections", collections.abc)  # where Iterable has lived since Python 3.10
    client = client_of(place)
    answers = [await place.said(lambda m=message: client.send(m, place.person)) for message in messages()]
    assert [answer.get("recipient_id") for answer in answers] == [place.person] * len(answers)
    sent = (await place.http.get("/sandbox/sent")).json()
    assert [entry["id"] for entry in sent] == [answer["message_id"] for answer in answers]
    for action in ("mark_seen", "typing_on", "typing_off"):
        named = sender_actions.SenderAction(sender_action=action).to_dict()
        done = await place.said(lambda name=named: client.send_action(name, place.person))
        assert done == {"recipient_id": place.person}


async def test_fbmessenger_reads_and_changes_the_page(place: Served) -> None:
    client = client_of(place)
    seen = await place.said(lambda: client.get_user_data(place.person))
    assert (seen["first_name"], seen["last_name"]) == ("Ana", "Pires")
    profile = {"get_started": {"payload": "GET_STARTED"}, "whitelisted_domains": ["https://tinkettle.example"]}
    assert (await place.said(lambda: client.set_messenger_profile(profile)))["result"] == "success"
    assert (await place.said(client.delete_get_started))["result"] == "success"


async def test_fbmessenger_is_told_why_not(place: Served) -> None:
    client = client_of(place)
    nobody = await place.said(lambda: client.send({"text": "hi"}, "7700000000000001"))
    assert nobody["error"]["error_subcode"] == 2018001
    dead = await place.said(lambda: client.send({"text": "hi"}, place.person, "MESSAGE_TAG", tag="ACCOUNT_UPDATE"))
    assert dead["error"]["code"] == 100
    client.app_secret, client._auth_args = "wrong", {**client.auth_args, "appsecret_proof": "0"}
    assert (await place.said(lambda: client.send({"text": "hi"}, place.person)))["error"]["code"] == 100


async def test_fbmessenger_takes_each_event_for_what_it_is(place: Served) -> None:
    for kind in ("image", "postback", "optin", "account_link"):
        await place.write(kind=kind)
    client = client_of(place)
    await place.said(lambda: client.send({"text": "hi"}, place.person))
    async with asyncio.timeout(5):
        while len(place.business.deliveries) < 7:  # noqa: ASYNC110  the laboratory posts in its own time
            await asyncio.sleep(0.01)
    await place.http.post(
        f"/sandbox/customers/{place.customer['id']}/actions", json={"account": place.account["id"], "read": True}
    )
    async with asyncio.timeout(5):
        while len(place.business.deliveries) < 8:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    hearer = Hearer(place.token)
    for _, raw in place.business.deliveries:
        hearer.handle(json.loads(raw))
    assert hearer.heard == [
        "message", "message", "postback", "optin", "account_linking", "message", "delivery", "read",
    ]  # fmt: skip


@pytest.mark.parametrize("place", list(ACCOUNTS), indirect=True)
async def test_pyfacebook_sends_uploads_and_asks(place: Served) -> None:
    """The Graph client puts everything into forms, the token as well."""
    api = GraphAPI(access_token=place.token, base_url=f"{place.address}/", version="v24.0")
    to = {"recipient": json.dumps({"id": place.person}), "messaging_type": "RESPONSE"}

    def post(edge: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        return dict(api.post_object("me", connection=edge, data=data, **more))

    text = await place.said(lambda: post("messages", {**to, "message": json.dumps({"text": "早晨"})}))
    assert text["recipient_id"] == place.person
    channel = place.account["channel"]
    picture = {"attachment": {"type": "image", "payload": {"is_reusable": True}}}
    files = {"filedata": ("cup.png", samples.png(), "image/png")}
    upload = {"message": json.dumps(picture), "platform": channel}
    kept = await place.said(lambda: post("message_attachments", upload, files=files))
    picture["attachment"]["payload"] = {"attachment_id": kept["attachment_id"]}
    shown = await place.said(lambda: post("messages", {**to, "message": json.dumps(picture)}))
    assert shown["message_id"] != text["message_id"]
    person = await place.said(lambda: api.get_object(place.person, fields="name"))
    assert person["name"] == "Ana Pires"
    threads = await place.said(
        lambda: api.get_connection("me", "conversations", fields="participants", platform=channel)
    )
    assert [one["participants"]["data"][0]["id"] for one in threads["data"]] == [place.person]
    with pytest.raises(FacebookError) as refused:
        await place.said(lambda: post("messages", {**to, "message": json.dumps({"text": ""})}))
    assert refused.value.code == 100

"""Pushes: XML in the account's mode, 5 s for an answer, three repeats, and what the answer says to the customer.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html and
…/Passive_user_reply_message.html (2026).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from channels.sandbox.emulator import Post, Update
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer, Line
from channels.wechat.sandbox import crypto, media, xml
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import KF, Json, Platform, flavour_of, opaque
from channels.wechat.sandbox.views import card_view, media_view

ANSWER_WITHIN_S = 5.0
REPEATS = 3
LONGEST_BYTES = 2048
ANSWERABLE_EVENTS = ("subscribe", "SCAN", "CLICK", "scancode_waitmsg")


class Pushes:
    def __init__(self, host: Host, platform: Platform) -> None:
        self._host = host
        self._platform = platform

    def send(self, account: Account, customer: Customer | None, label: str, fields: Mapping[str, Any]) -> None:
        """Post one push to an Official Account; `fields` come after the names of both sides and the time."""
        openid = self._platform.openid(account, customer) if customer else str(fields.get("FromUserName", "oSYSTEM"))
        payload = {
            "ToUserName": account.external_id,
            "FromUserName": openid,
            "CreateTime": int(self._host.now()),
            **fields,
        }
        lane = f"{account.id} {customer.id if customer else 'account'}"
        self._host.post(Update(account, lane, label, {"xml": payload, "customer": customer.id if customer else ""}))

    def pack(self, update: Update) -> Post:
        """Write, encrypt and sign one push."""
        account, fields = update.account, update.payload["xml"]
        plain = xml.write(fields)
        timestamp, nonce = str(int(self._host.now())), str(secrets.randbelow(9 * 10**9) + 10**9)
        token, mode = account.credentials["token"], self._mode(account)
        query = {"signature": crypto.sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        query["openid"] = fields["FromUserName"]
        body = plain
        if mode != "plain":
            app_id, key = account.credentials["app_id"], account.credentials["encoding_aes_key"]
            encrypted = _damaged(plain, key, app_id, str(account.settings.get("damage") or ""))
            query |= {"encrypt_type": "aes", "msg_signature": crypto.sign(token, timestamp, nonce, encrypted)}
            beside = fields if mode == "compatible" else {"ToUserName": fields["ToUserName"]}
            body = xml.write({**beside, "Encrypt": encrypted})
        answers = Answers(self._host, self._platform, account, update)
        return Post(
            f"{account.webhook_url}?{urlencode(query)}",
            {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*"},
            body.encode(),
            within_s=float(account.settings.get("answer_within_s", ANSWER_WITHIN_S)),
            repeat_after_s=(0.0,) * int(account.settings.get("repeats", REPEATS)),
            takes=answers.take,
            given_up=answers.missed,
        )

    def pack_hint(self, updates: list[Update]) -> Post:
        """Write WeCom's push: only that there is something, and a token to fetch it with. Several items may share one."""
        account = updates[-1].account
        corp_id, token = account.credentials["app_id"], account.credentials["token"]
        inner = {
            "ToUserName": corp_id,
            "CreateTime": int(self._host.now()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": updates[-1].payload["token"],
            "OpenKfId": account.external_id,
        }
        timestamp, nonce = str(int(self._host.now())), opaque(10)
        encrypted = crypto.encrypt(xml.write(inner), account.credentials["encoding_aes_key"], corp_id)
        query = {
            "msg_signature": crypto.sign(token, timestamp, nonce, encrypted),
            "timestamp": timestamp,
            "nonce": nonce,
        }
        body = xml.write({"ToUserName": corp_id, "AgentID": "", "Encrypt": encrypted})
        return Post(
            f"{account.webhook_url}?{urlencode(query)}",
            {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*"},
            body.encode(),
            within_s=float(account.settings.get("answer_within_s", ANSWER_WITHIN_S)),
            repeat_after_s=(0.0,) * int(account.settings.get("repeats", REPEATS)),
        )

    def _mode(self, account: Account) -> str:
        return "safe" if flavour_of(account) == KF else str(account.settings.get("mode") or "safe")


def _damaged(plain: str, key: str, app_id: str, damage: str) -> str:
    """Encrypt, rightly or, by `settings.damage`, for another app or with a key of before."""
    if damage == "app_id":
        return crypto.encrypt(plain, key, "wx0000000000000000")
    return crypto.encrypt(plain, crypto.new_aes_key() if damage == "key" else key, app_id)


class Answers:
    """What a business answers to one push, and to its repeats. The first answer counts."""

    def __init__(self, host: Host, platform: Platform, account: Account, update: Update) -> None:
        self._host = host
        self._platform = platform
        self._account = account
        self._xml: Json = update.payload["xml"]
        self._customer = host.world.customers.get(update.payload["customer"])
        self._settled = False

    def take(self, status: int | None, body: bytes) -> bool:
        """Read an answer; False when it was none, so that the push comes again."""
        if status is None or not 200 <= status < 300:
            return False
        if self._settled or body.strip() in (b"", b"success"):
            self._settled = True
            return True
        self._settled = True
        try:
            self._show(self._opened(body))
        except (xml.NotXml, crypto.Unreadable, WeChatError, KeyError, UnicodeDecodeError) as error:
            self._out_of_order(str(error))
        return True

    def missed(self) -> None:
        """Nothing came, after all repeats."""
        if not self._settled:
            self._settled = True
            self._out_of_order("no answer")

    def _opened(self, body: bytes) -> Json:
        """Return the reply, decrypted. Raises NotXml, Unreadable, KeyError."""
        said = xml.read(body)
        mode, credentials = str(self._account.settings.get("mode") or "safe"), self._account.credentials
        if "Encrypt" not in said:
            if mode == "safe":
                raise crypto.Unreadable("a reply in safe mode is encrypted")
            return said
        parts = (credentials["token"], said["TimeStamp"], said["Nonce"], said["Encrypt"])
        if not crypto.signed_rightly(said["MsgSignature"], *parts):
            raise crypto.Unreadable("MsgSignature does not match")
        return xml.read(
            crypto.decrypt(said["Encrypt"], credentials["encoding_aes_key"], credentials["app_id"]).encode()
        )

    def _show(self, reply: Json) -> None:
        """Put the reply on the customer's phone. Raises WeChatError, KeyError, NotXml for what may not be there."""
        if self._customer is None or (reply["ToUserName"], reply["FromUserName"]) != (
            self._xml["FromUserName"],
            self._xml["ToUserName"],
        ):
            raise xml.NotXml("not from us to who wrote")
        if self._xml["MsgType"] == "event" and self._xml["Event"] not in ANSWERABLE_EVENTS:
            raise xml.NotXml(f"{self._xml['Event']} takes no reply")
        if not reply["CreateTime"].isdigit():
            raise xml.NotXml("CreateTime is no number")
        if reply["MsgType"] == "transfer_customer_service":
            return
        most = 8 if self._xml["MsgType"] == "event" else 1
        view = _view(self._host, self._platform, self._account, reply, articles_most=most)
        now = self._host.now()
        line = Line(f"passive_{opaque(16)}", "business", now, view, "delivered", extra={"type": "passive"})
        self._host.add_line(self._platform.chat(self._account, self._customer), line)
        self._host.sent.add(
            at=now,
            account_id=self._account.id,
            line_id=line.id,
            to=self._xml["FromUserName"],
            kind="passive",
            callback="",
            body=json.dumps(reply, ensure_ascii=False).encode(),
        )

    def _out_of_order(self, why: str) -> None:
        """Show the customer that the service is out of order, as the platform does."""
        if self._customer is None or self._xml["MsgType"] == "event":
            return
        view = {"kind": "notice", "notice": "service_fault", "detail": why}
        line = Line(f"fault_{opaque(16)}", "business", self._host.now(), view, "delivered", extra={"type": "fault"})
        self._host.add_line(self._platform.chat(self._account, self._customer), line)


def _view(host: Host, platform: Platform, account: Account, reply: Json, *, articles_most: int) -> Json:
    """Return the picture of a passive reply. Raises WeChatError, KeyError, NotXml."""
    kind = reply["MsgType"]
    match kind:
        case "text":
            if not reply["Content"] or len(reply["Content"].encode()) > LONGEST_BYTES:
                raise WeChatError(45002)
            return {"kind": "text", "text": reply["Content"]}
        case "image" | "voice" | "video":
            part = reply[kind.capitalize()]
            file, uploaded_as = media.find(host, platform, account, part["MediaId"])
            if uploaded_as != kind:
                raise WeChatError(40007)
            return media_view(kind, file, part.get("Description", ""))
        case "music":
            part = reply["Music"]
            media.find(host, platform, account, part["ThumbMediaId"])
            button = {"kind": "url", "id": "0", "title": part.get("Title", ""), "url": part.get("MusicUrl", "")}
            return {"kind": "buttons", "text": part.get("Description", ""), "buttons": [button]}
        case "news":
            articles = reply["Articles"]["item"]
            articles = articles if isinstance(articles, list) else [articles]
            if not 1 <= len(articles) <= articles_most or reply["ArticleCount"] != str(len(articles)):
                raise WeChatError(45008)
            return card_view(articles[0]["Title"], articles[0].get("Description", ""), url=articles[0].get("Url", ""))
        case _:
            raise WeChatError(40008)

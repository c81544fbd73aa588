"""Template messages and subscription notifications: outside of every window, with the result in an event later.

Source: https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html and
https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html (2026).
"""

from __future__ import annotations

import re

from starlette.responses import Response

from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox.calls import Call, part_of, text_of
from channels.wechat.sandbox.errors import WeChatError, answer, done
from channels.wechat.sandbox.platform import Json, Platform, number_id
from channels.wechat.sandbox.pushes import Pushes
from channels.wechat.sandbox.sending import Sender
from channels.wechat.sandbox.views import card_view

PLACE = re.compile(r"\{\{(\w+)\.DATA\}\}")
LONGEST = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "phrase": 5,
}
RESULT_AFTER_S = 0.3
SENT_ONCE_WITHIN_S = 600


class Templates:
    def __init__(self, host: Host, platform: Platform, sender: Sender, pushes: Pushes) -> None:
        self._host = host
        self._platform = platform
        self._sender = sender
        self._pushes = pushes

    async def list_templates(self, call: Call) -> Response:
        return answer(template_list=[_listed(one) for one in self._known(call.account, "templates")])

    async def list_subscriptions(self, call: Call) -> Response:
        rows = [
            {"priTmplId": one["id"], "title": one["title"], "content": one["content"], "example": "", "type": 2}
            for one in self._known(call.account, "subscriptions")
        ]
        return done(data=rows)

    async def send(self, call: Call) -> Response:
        """Send a template to a follower. The same `client_msg_id` within ten minutes sends once."""
        body, account = call.body(), call.account
        late_code = self._sender.admit(account)
        customer = call.person(body.get("touser"))
        template = self._find(account, "templates", body)
        if not self._platform.bond(account, customer).get("following"):
            raise WeChatError(43004)
        view = _filled(template, body, url=str(body.get("url") or ""))
        msgid, is_new = self._once(account, customer, str(body.get("client_msg_id") or ""))
        if is_new:
            self._deliver(account, customer, view, call.raw, str(body.get("client_msg_id") or ""), late_code)
            status = "failed:user block" if self._blocks(account, customer) else _status(late_code)
            fields = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": status}
            self._later(account, customer, "template result", fields)
        return self._sender.answered(account, done(msgid=msgid))

    async def send_subscription(self, call: Call) -> Response:
        """Send what the customer ticked: one tick, one message."""
        body, account = call.body(), call.account
        late_code = self._sender.admit(account)
        customer = call.person(body.get("touser"))
        template = self._find(account, "subscriptions", body)
        ticks = self._platform.bond(account, customer).setdefault("subscriptions", {})
        if not ticks.get(template["id"]):
            raise WeChatError(43101)
        view = _filled(template, body, url=str(body.get("page") or ""))
        ticks[template["id"]] -= 1
        msgid = number_id()
        self._deliver(account, customer, view, call.raw, "", late_code)
        item = {
            "TemplateId": template["id"],
            "MsgID": msgid,
            "ErrorCode": late_code,
            "ErrorStatus": "failed" if late_code else "success",
        }
        fields = {
            "MsgType": "event",
            "Event": "subscribe_msg_sent_event",
            "SubscribeMsgSentEvent": {"List": item},
        }
        self._later(account, customer, "subscription result", fields)
        return self._sender.answered(account, done(msgid=msgid))

    def _known(self, account: Account, shelf: str) -> list[Json]:
        rows: list[Json] = account.settings.get(shelf, [])
        return rows

    def _find(self, account: Account, shelf: str, body: Json) -> Json:
        wanted = text_of(body, "template_id", missing=40037)
        for one in self._known(account, shelf):
            if one["id"] == wanted:
                return one
        raise WeChatError(40037)

    def _once(self, account: Account, customer: Customer, client_msg_id: str) -> tuple[int, bool]:
        """Return the number of the message, and whether it is a new one."""
        sent, now = self._platform.shelf("template_sends"), self._host.now()
        key = f"{account.id} {customer.id} {client_msg_id}"
        if client_msg_id and key in sent and now - sent[key]["at"] < SENT_ONCE_WITHIN_S:
            return int(sent[key]["msgid"]), False
        msgid = number_id(19)
        if client_msg_id:
            sent[key] = {"msgid": msgid, "at": now}
        return msgid, True

    def _deliver(
        self, account: Account, customer: Customer, view: Json, raw: bytes, callback: str, late_code: int
    ) -> None:
        if late_code or self._blocks(account, customer):
            return
        self._sender.deliver(account, customer, view, kind="template", raw=raw, callback=callback)

    def _blocks(self, account: Account, customer: Customer) -> bool:
        return self._platform.chat(account, customer).blocked_by_customer

    def _later(self, account: Account, customer: Customer, label: str, fields: Json) -> None:
        wait_s = float(account.settings.get("result_after_s", RESULT_AFTER_S))
        self._host.later(wait_s, lambda: self._pushes.send(account, customer, label, fields))


def _status(late_code: int) -> str:
    return "failed: system failed" if late_code else "success"


def _listed(one: Json) -> Json:
    shown = {"template_id": one["id"], "title": one["title"], "content": one["content"]}
    return {**shown, "primary_industry": "消费品", "deputy_industry": "食品", "example": one.get("example", "")}


def _filled(template: Json, body: Json, *, url: str) -> Json:
    """Fill the places and return the picture. Raises WeChatError 47003 for one that is missing or of the wrong form."""
    data = part_of(body, "data", missing=47003)

    def value(place: re.Match[str]) -> str:
        name = place[1]
        given = data.get(name)
        said = given.get("value") if isinstance(given, dict) else None
        longest = LONGEST.get(name.rstrip("0123456789"))
        if not isinstance(said, str) or not said or (longest and len(said) > longest):
            raise WeChatError(47003, f"! data.{name}.value invalid")
        return said

    return card_view(template["title"], PLACE.sub(value, template["content"]), url=url, kind="template")

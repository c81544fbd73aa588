"""The API of WeCom customer service.

Source: https://developer.work.weixin.qq.com/document/path/ 94670, 94677, 95122, 94669, 95159, 94661, 94665 (2026).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.responses import Response

from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox import media, windows
from channels.wechat.sandbox.calls import Call, part_of, text_of
from channels.wechat.sandbox.errors import WeChatError, done
from channels.wechat.sandbox.kf.log import Log
from channels.wechat.sandbox.kf.sessions import ASSISTANT, NEW, Sessions
from channels.wechat.sandbox.platform import Json, opaque
from channels.wechat.sandbox.sending import Sender
from channels.wechat.sandbox.views import card_view, media_view

MESSAGE_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
LONGEST_BYTES = 2048
AT_ONCE = 5
FAILS_LATE = {1: 4, 95001: 6, 43019: 10}


class Service:
    def __init__(self, log: Log, sessions: Sessions, sender: Sender) -> None:
        self._log = log
        self._sessions = sessions
        self._sender = sender
        self._pulling = 0

    async def pull(self, call: Call) -> Response:
        """Answer a page of the log. More than five at once are too many."""
        body = call.body()
        account = _account(call, body)
        if self._pulling >= AT_ONCE:
            raise WeChatError(45033)
        self._pulling += 1
        try:
            await asyncio.sleep(float(account.settings.get("pull_takes_s", 0)))
            return done(**self._log.read(account, body))
        finally:
            self._pulling -= 1

    async def send(self, call: Call) -> Response:
        """Send under the caller's own id, which works once."""
        body = call.body()
        account = _account(call, body)
        late_code = self._sender.admit(account)
        customer = call.person(body.get("touser"), wrong=40096)
        if self._sessions.state(account, customer)["service_state"] not in (NEW, ASSISTANT):
            raise WeChatError(95018)
        view, msgid = view_of(call, body), self._id(call, account, body)
        windows.use(account, call.platform.bond(account, customer), call.host.now())
        self._accept(call, account, customer, view, body, msgid, late_code)
        return self._sender.answered(account, done(msgid=msgid))

    async def send_on_event(self, call: Call) -> Response:
        """Send one message by the code of an event: it counts for nothing."""
        body = call.body()
        if body.get("msgtype") not in ("text", "msgmenu"):
            raise WeChatError(40008)
        view = view_of(call, body)
        account, customer = self._sessions.spend(body.get("code"))
        late_code = self._sender.admit(account)
        msgid = self._id(call, account, body)
        self._accept(call, account, customer, view, body, msgid, late_code)
        return self._sender.answered(account, done(msgid=msgid))

    async def state(self, call: Call) -> Response:
        body = call.body()
        account = _account(call, body)
        return done(**self._sessions.state(account, call.person(body.get("external_userid"), wrong=40096)))

    async def move(self, call: Call) -> Response:
        body = call.body()
        account, customer = _account(call, body), call.person(body.get("external_userid"), wrong=40096)
        code = self._sessions.move(account, customer, body.get("service_state"), str(body.get("servicer_userid") or ""))
        return done(**({"msg_code": code} if code else {}))

    async def accounts(self, call: Call) -> Response:
        body = call.body()
        start, limit = int(body.get("offset") or 0), int(body.get("limit") or 100)
        rows = [
            {"open_kfid": one.external_id, "name": one.name, "avatar": "", "manage_privilege": True} for one in call.app
        ]
        return done(account_list=rows[start : start + limit])

    async def servicers(self, call: Call) -> Response:
        account = _account(call, {"open_kfid": call.query.get("open_kfid", "")})
        return done(servicer_list=account.settings.get("servicers", []))

    async def link(self, call: Call) -> Response:
        """Make a link into the chat, with a scene."""
        body = call.body()
        account, scene = _account(call, body), str(body.get("scene") or "")
        if scene and not MESSAGE_ID.fullmatch(scene):
            raise WeChatError(40058)
        url = f"https://work.weixin.qq.com/kfid/{account.external_id}?enc_scene=ENC{opaque(20)}"
        links = call.platform.shelf("kf_links").setdefault(account.id, {})
        links[scene] = url
        call.host.live.tell("accounts", {})
        return done(url=url)

    async def customers(self, call: Call) -> Response:
        """Tell who customers are: those who wrote within 48 hours."""
        wanted = call.body().get("external_userid_list")
        if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
            raise WeChatError(40058)
        known, unknown = [], []
        for openid in wanted:
            customer = call.platform.person(call.account, str(openid))
            if customer is None or not self._wrote_lately(call, customer):
                unknown.append(openid)
                continue
            unionid = call.platform.unionid(call.account, customer)
            known.append(
                {
                    "external_userid": openid,
                    "nickname": customer.name,
                    "avatar": f"{call.host.base_url}/sandbox-faces/{customer.id}.png",
                    "gender": 0,
                    **({"unionid": unionid} if unionid else {}),
                }
            )
        return done(customer_list=known, invalid_external_userid=unknown)

    def _wrote_lately(self, call: Call, customer: Customer) -> bool:
        since = call.host.now() - 48 * 3600
        return any(call.platform.bond(account, customer).get("wrote_at", 0) > since for account in call.app)

    def _id(self, call: Call, account: Account, body: Json) -> str:
        """Return the caller's id for the message, or one of ours. Raises WeChatError for one that was used."""
        msgid = body.get("msgid") or opaque(32)
        if not isinstance(msgid, str) or not MESSAGE_ID.fullmatch(msgid):
            raise WeChatError(40058, "msgid")
        used = call.platform.shelf("kf_msgids")
        key = f"{account.id} {msgid}"
        if key in used:
            raise WeChatError(40058, "duplicate msgid")
        used[key] = call.host.now()
        return msgid

    def _accept(
        self, call: Call, account: Account, customer: Customer, view: Json, body: Json, msgid: str, late_code: int
    ) -> None:
        """Deliver, or tell in an event that it failed: success is only that it was taken."""
        blocked = call.platform.chat(account, customer).blocked_by_customer
        if not late_code and not blocked:
            kind = str(body["msgtype"])
            self._sender.deliver(account, customer, view, kind=kind, raw=call.raw, line_id=msgid, callback=msgid)
            call.host.show_chat(call.platform.chat(account, customer))
            return
        event = {
            "external_userid": call.platform.openid(account, customer),
            "fail_msgid": msgid,
            "fail_type": 10 if blocked else FAILS_LATE.get(late_code, late_code if late_code < 12 else 0),
        }
        self._log.event(account, "msg_send_fail", event)


def _account(call: Call, body: Json) -> Account:
    wanted = body.get("open_kfid")
    for account in call.app:
        if account.external_id == wanted:
            return account
    raise WeChatError(95000)


def view_of(call: Call, body: Json) -> Json:
    """Check a message's content and return its picture. Raises WeChatError."""
    kind = body.get("msgtype")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise WeChatError(40008)
    return check(call, part_of(body, str(kind), missing=40058))


def _text(call: Call, part: Json) -> Json:
    return {"kind": "text", "text": text_of(part, "content", most_bytes=LONGEST_BYTES)}


def _file(kind: str) -> Callable[[Call, Json], Json]:
    def check(call: Call, part: Json) -> Json:
        media_id = text_of(part, "media_id", missing=40007)
        file, uploaded_as = media.find(call.host, call.platform, call.account, media_id)
        if uploaded_as != kind:
            raise WeChatError(40007)
        return media_view(kind, file)

    return check


def _link(call: Call, part: Json) -> Json:
    media.find(call.host, call.platform, call.account, part.get("thumb_media_id"))
    title = text_of(part, "title", most_bytes=128, missing=40058)
    return card_view(title, str(part.get("desc") or ""), url=text_of(part, "url", missing=40058))


def _mini_program(call: Call, part: Json) -> Json:
    media.find(call.host, call.platform, call.account, part.get("thumb_media_id"))
    text_of(part, "appid", missing=40058)
    path = text_of(part, "pagepath", missing=40058)
    return card_view(str(part.get("title") or path), "", note=path, kind="mini_program")


def _location(call: Call, part: Json) -> Json:
    for name in ("latitude", "longitude"):
        if not isinstance(part.get(name), int | float):
            raise WeChatError(40058)
    return {"kind": "location", "location": dict(part)}


def _menu(call: Call, part: Json) -> Json:
    options = part.get("list")
    if not isinstance(options, list) or not 1 <= len(options) <= 10:
        raise WeChatError(40058)
    buttons = [_option(option) for option in options]
    head, foot = str(part.get("head_content") or ""), str(part.get("tail_content") or "")
    return {"kind": "buttons", "text": head, "footer": foot, "buttons": buttons}


def _option(option: object) -> Json:
    if not isinstance(option, dict) or option.get("type") not in ("click", "view", "miniprogram", "text"):
        raise WeChatError(40058)
    inner = part_of(option, option["type"], missing=40058)
    title = text_of(inner, "content", missing=40058)
    if option["type"] == "view":
        return {"kind": "url", "id": "0", "title": title, "url": text_of(inner, "url", missing=40058)}
    return {"kind": "reply", "id": str(inner.get("id") or title), "title": title}


def _card(call: Call, part: Json) -> Json:
    return {"kind": "contacts", "contacts": [{"name": text_of(part, "userid", missing=40058), "phones": []}]}


CHECKS: dict[str, Callable[[Call, Json], Json]] = {
    "text": _text,
    "image": _file("image"),
    "voice": _file("voice"),
    "video": _file("video"),
    "file": _file("file"),
    "link": _link,
    "miniprogram": _mini_program,
    "msgmenu": _menu,
    "location": _location,
    "business_card": _card,
}

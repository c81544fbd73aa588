"""Customer service messages of an Official Account, and the typing dots.

Source: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html, …/api_typing.html (2026).
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from channels.wechat.sandbox import media, windows
from channels.wechat.sandbox.calls import Call, part_of, text_of
from channels.wechat.sandbox.errors import WeChatError, done
from channels.wechat.sandbox.platform import Json
from channels.wechat.sandbox.sending import Sender
from channels.wechat.sandbox.views import card_view, media_view

LONGEST_BYTES = 2048
DAILY_MOST = 500_000
TYPING_S, TYPING_WITHIN_S = 15, 30
MENU_MOST = 10


class Custom:
    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, call: Call) -> Response:
        """Send one message: it needs a follower, a grant that is not used up, and content that is right."""
        body = call.body(raw_letters=True)
        account = call.account
        if call.platform.count(account, "custom") > int(account.settings.get("daily_most", DAILY_MOST)):
            raise WeChatError(45009)
        late_code = self._sender.admit(account)
        customer = call.person(body.get("touser"))
        view = view_of(call, body)
        service = body.get("customservice")
        if service is not None and "@" not in text_of(part_of(body, "customservice"), "kf_account", missing=61451):
            raise WeChatError(61451)
        bond = call.platform.bond(account, customer)
        windows.use(account, bond, call.host.now())
        chat = call.platform.chat(account, customer)
        if not late_code:
            self._sender.deliver(account, customer, view, kind=body["msgtype"], raw=call.raw)
        call.host.show_chat(chat)
        return self._sender.answered(account, done())

    async def typing(self, call: Call) -> Response:
        body = call.body()
        account, customer = call.account, call.person(body.get("touser"))
        command, now = body.get("command"), call.host.now()
        bond = call.platform.bond(account, customer)
        if command not in ("Typing", "CancelTyping"):
            raise WeChatError(45072)
        if now - bond.get("wrote_at", 0) > TYPING_WITHIN_S:
            raise WeChatError(45080)
        if command == "Typing":
            if bond.get("typing_until", 0) > now:
                raise WeChatError(45081)
            bond["typing_until"] = now + TYPING_S
            call.host.show_typing(call.platform.chat(account, customer), TYPING_S)
        else:
            bond["typing_until"] = 0
        return done()


def view_of(call: Call, body: Json) -> Json:
    """Check a message's content and return its picture. Raises WeChatError."""
    kind = body.get("msgtype")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise WeChatError(40008)
    return check(call, part_of(body, str(kind)))


def _text(call: Call, part: Json) -> Json:
    return {"kind": "text", "text": text_of(part, "content", most_bytes=LONGEST_BYTES)}


def _file(kind: str) -> Callable[[Call, Json], Json]:
    def check(call: Call, part: Json) -> Json:
        media_id = text_of(part, "media_id", missing=41006)
        file, uploaded_as = media.find(call.host, call.platform, call.account, media_id)
        if uploaded_as != kind:
            raise WeChatError(40007)
        return media_view(kind, file, str(part.get("description") or ""))

    return check


def _music(call: Call, part: Json) -> Json:
    text_of(part, "musicurl", missing=40035)
    text_of(part, "hqmusicurl", missing=40035)
    media.find(call.host, call.platform, call.account, text_of(part, "thumb_media_id", missing=41006))
    return card_view(str(part.get("title") or "♪"), str(part.get("description") or ""), url=str(part["musicurl"]))


def _news(call: Call, part: Json) -> Json:
    articles = part.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
        raise WeChatError(45008)
    one = articles[0]
    title = text_of(one, "title", most_bytes=128, too_long=45003)
    return card_view(title, str(one.get("description") or ""), url=str(one.get("url") or ""))


def _article(call: Call, part: Json) -> Json:
    return card_view(text_of(part, "article_id", missing=40035), "")


def _material(call: Call, part: Json) -> Json:
    return card_view(text_of(part, "media_id", missing=41006), "")


def _menu(call: Call, part: Json) -> Json:
    if not call.account.settings.get("verified", True):
        raise WeChatError(40200)
    options = part.get("list")
    if not isinstance(options, list) or not 1 <= len(options) <= MENU_MOST:
        raise WeChatError(40035)
    buttons = []
    for option in options:
        if not isinstance(option, dict):
            raise WeChatError(40035)
        option_id, title = text_of(option, "id", missing=40035), text_of(option, "content", missing=40035)
        buttons.append({"kind": "reply", "id": option_id, "title": title})
    head, foot = str(part.get("head_content") or ""), str(part.get("tail_content") or "")
    return {"kind": "buttons", "text": head, "footer": foot, "buttons": buttons}


def _coupon(call: Call, part: Json) -> Json:
    return card_view(text_of(part, "card_id", missing=40035), "", kind="coupon")


def _mini_program(call: Call, part: Json) -> Json:
    title = text_of(part, "title", missing=40035)
    text_of(part, "appid", missing=40035)
    path = text_of(part, "pagepath", missing=40035)
    media.find(call.host, call.platform, call.account, text_of(part, "thumb_media_id", missing=41006))
    return card_view(title, "", note=path, kind="mini_program")


CHECKS: dict[str, Callable[[Call, Json], Json]] = {
    "text": _text,
    "image": _file("image"),
    "voice": _file("voice"),
    "video": _file("video"),
    "music": _music,
    "news": _news,
    "mpnews": _material,
    "mpnewsarticle": _article,
    "msgmenu": _menu,
    "wxcard": _coupon,
    "miniprogrampage": _mini_program,
}

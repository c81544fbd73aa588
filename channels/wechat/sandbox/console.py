"""What belongs to the account itself: menu, daily quotas, the platform's own addresses, colleagues.

Source: https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html, …/base/api_getapiquota.html,
…/base/api_getcallbackip.html (2026).
"""

from __future__ import annotations

from starlette.responses import Response

from channels.wechat.sandbox.calls import Call, text_of
from channels.wechat.sandbox.custom import DAILY_MOST
from channels.wechat.sandbox.errors import WeChatError, answer, done
from channels.wechat.sandbox.platform import Json

TYPES = (
    *("click", "view", "miniprogram", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album"),
    *("pic_weixin", "location_select", "media_id", "article_id"),
)
TOP_MOST, SUB_MOST = 3, 5
CLEARED_MOST = 10


async def create_menu(call: Call) -> Response:
    body = call.body(raw_letters=True)
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP_MOST:
        raise WeChatError(40016)
    for button in buttons:
        _check(button, top=True)
    call.account.settings["menu"] = buttons
    call.host.store.touch()
    call.host.live.tell("accounts", {})
    return done()


def _check(button: object, *, top: bool) -> None:
    if not isinstance(button, dict):
        raise WeChatError(40016)
    text_of(button, "name", most_bytes=16 if top else 60, missing=40018, too_long=40018)
    below = button.get("sub_button")
    if top and below:
        if not isinstance(below, list) or len(below) > SUB_MOST:
            raise WeChatError(40023)
        for one in below:
            _check(one, top=False)
        return
    if button.get("type") not in TYPES:
        raise WeChatError(40017)
    if button["type"] == "view":
        text_of(button, "url", most_bytes=1024, missing=40020, too_long=40020)
    elif button["type"] in ("click", "scancode_push", "scancode_waitmsg"):
        text_of(button, "key", most_bytes=128, missing=40019, too_long=40019)


async def read_menu(call: Call) -> Response:
    if not call.account.settings.get("menu"):
        raise WeChatError(46003)
    return answer(menu={"button": call.account.settings["menu"]})


async def delete_menu(call: Call) -> Response:
    call.account.settings["menu"] = []
    call.host.store.touch()
    call.host.live.tell("accounts", {})
    return done()


async def quota(call: Call) -> Response:
    path = text_of(call.body(), "cgi_path", missing=40035)
    most = int(call.account.settings.get("daily_most", DAILY_MOST))
    used = call.platform.count(call.account, "custom", by=0) if path.endswith("custom/send") else 0
    return done(quota={"daily_limit": most, "used": used, "remain": max(0, most - used)})


async def clear_quota(call: Call) -> Response:
    if text_of(call.body(), "appid", missing=41002) != call.account.credentials["app_id"]:
        raise WeChatError(40013)
    cleared: Json = call.platform.shelf("cleared")
    app_id = call.account.credentials["app_id"]
    cleared[app_id] = cleared.get(app_id, 0) + 1
    if cleared[app_id] > CLEARED_MOST:
        raise WeChatError(48006)
    call.platform.count(call.account, "custom", by=-call.platform.count(call.account, "custom", by=0))
    return done()


async def addresses(call: Call) -> Response:
    return answer(ip_list=["101.226.103.61", "101.226.62.77"])


async def colleagues(call: Call) -> Response:
    name = call.account.external_id
    return answer(kf_list=[{"kf_account": f"tea@{name}", "kf_nick": "小茶", "kf_id": "1001", "kf_headimgurl": ""}])

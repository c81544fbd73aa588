"""Make codes that lead to the account: of an Official Account with a scene, of WeCom's customer service as a link with one.

Source: https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html and
https://developer.work.weixin.qq.com/document/path/94665 (read Nov 2026).
"""

from __future__ import annotations

import re
from urllib.parse import quote

from channels.contract import Account, Call, Json, MakeQrCode, MessageInvalid, QrCodeMade, ResponseUnexpected
from channels.kit.tolerant import integer, text
from channels.wechat.api import Api
from channels.wechat.flavour import HOSTS, OFFICIAL_ACCOUNT

_IMAGES = "https://mp.weixin.qq.com"
_LONGEST_S, _LONGEST = 30 * 24 * 3600, 64
_KF_SCENE = re.compile(r"[0-9a-zA-Z_-]{1,32}")


def make(intent: MakeQrCode, api: Api, account: Account) -> Call:
    """Return a code whose scene comes with whoever follows or scans by it. Raises MessageInvalid for a scene that it cannot carry."""
    if not 0 < len(intent.scene) <= _LONGEST:
        raise MessageInvalid("a scene has 1 to 64 characters", code="parameter_invalid")
    answer = yield from api.ask(api.post("/cgi-bin/qrcode/create", _body(intent)))
    ticket = text(answer.get("ticket"))
    if not ticket:
        raise ResponseUnexpected("the answer has no ticket")
    image_url = f"{_image_host(account)}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"
    return QrCodeMade(text(answer.get("url")), image_url, integer(answer.get("expire_seconds")))


def make_link(intent: MakeQrCode, api: Api, open_kfid: str) -> Call:
    """Return a link into the chat; the platform draws no picture of it."""
    if not _KF_SCENE.fullmatch(intent.scene):
        raise MessageInvalid("a scene has 1 to 32 letters, digits, _ and -", code="parameter_invalid")
    answer = yield from api.ask(
        api.post("/cgi-bin/kf/add_contact_way", {"open_kfid": open_kfid, "scene": intent.scene})
    )
    url = text(answer.get("url"))
    if not url:
        raise ResponseUnexpected("the answer has no link")
    return QrCodeMade(url)


def _body(intent: MakeQrCode) -> Json:
    action: Json = {"action_info": {"scene": {"scene_str": intent.scene}}}
    if intent.lasts_s is None:
        return {"action_name": "QR_LIMIT_STR_SCENE", **action}
    return {"expire_seconds": min(intent.lasts_s, _LONGEST_S), "action_name": "QR_STR_SCENE", **action}


def _image_host(account: Account) -> str:
    """Pictures are on another host than the API, except where the account speaks to one of its own."""
    return _IMAGES if account.base_url == HOSTS[OFFICIAL_ACCOUNT] else account.base_url

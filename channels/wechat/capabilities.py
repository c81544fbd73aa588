"""What WeChat allows, as data, each number with the page that says so (read Nov 2026). The platform changes them: quotas are settings."""

from __future__ import annotations

from dataclasses import replace

from channels.contract import (
    Account,
    Bulk,
    Capabilities,
    Cards,
    Choices,
    Limit,
    MediaRule,
    Pace,
    TemplateRules,
    Window,
)
from channels.kit.tolerant import integer, number
from channels.wechat.flavour import is_kf

_API = "https://developers.weixin.qq.com/doc/service/api"
_GUIDE = "https://developers.weixin.qq.com/doc/service/guide/product"
_CUSTOM = f"{_API}/customer/message/api_sendcustommessage.html"
_MEDIA = f"{_API}/material/temporary/api_uploadtempmedia.html"
_TOKEN = f"{_API}/base/api_getstableaccesstoken.html"
_MASS = f"{_GUIDE}/message/Batch_Sends.html"
_QR = f"{_API}/qrcode/qrcodes/api_createqrcode.html"
_WECOM = "https://developer.work.weixin.qq.com/document/path"
_KF_SEND, _KF_MEDIA = f"{_WECOM}/94677", f"{_WECOM}/96484"

_KIB, _MIB = 1024, 1024 * 1024
_MINUTE_S, _TWO_DAYS_S = 60, 48 * 3600
TOKEN_LIFETIME_S = 7200
DEFAULT_QUOTA, GRANT_QUOTA = 5, 3
SERVICE = "service"
"""The window that a message opens. On Official Accounts it comes last: what ends within a minute is used up first."""

_IMAGES = ("image/jpeg", "image/png", "image/gif")
_TEMPLATE = f"{_API}/notify/template/api_sendtemplatemessage.html"
_TEMPLATE_RULES = TemplateRules(
    owner="account",
    categories=("template", "subscription", "subscription_one_time", "subscription_long_term"),
    body=Limit(2048, source=_TEMPLATE),
    name=r"[\w:-]+",
    formats=("named",),
    languages=("zh_CN",),
    headers=("text",),
    parameters={
        "thing": Limit(20, source=_TEMPLATE),
        "number": Limit(32, source=_TEMPLATE),
        "letter": Limit(32, source=_TEMPLATE),
        "symbol": Limit(5, source=_TEMPLATE),
        "character_string": Limit(32, source=_TEMPLATE),
        "phone_number": Limit(17, source=_TEMPLATE),
        "car_number": Limit(8, source=_TEMPLATE),
        "name": Limit(20, source=_TEMPLATE),
        "phrase": Limit(5, source=_TEMPLATE),
    },
    link=True,
    makes=False,
    source=_TEMPLATE,
)

_OFFICIAL = Capabilities(
    text=Limit(2048, "utf8_bytes", _CUSTOM),
    media={
        "image": MediaRule(_IMAGES, 10 * _MIB, source=_MEDIA),
        "audio": MediaRule(("audio/amr", "audio/mpeg"), 2 * _MIB, source=_MEDIA),
        "video": MediaRule(("video/mp4",), 10 * _MIB, Limit(2048, "utf8_bytes", _CUSTOM), source=_MEDIA),
    },
    windows=(
        Window("menu", _MINUTE_S, ("menu_click",), _CUSTOM, quota=GRANT_QUOTA),
        Window("follow", _MINUTE_S, ("follow",), _CUSTOM, quota=GRANT_QUOTA),
        Window("scan", _MINUTE_S, ("scan",), _CUSTOM, quota=GRANT_QUOTA),
        Window("entry", _MINUTE_S, ("welcome",), _CUSTOM, quota=2),
        Window(SERVICE, _TWO_DAYS_S, ("message",), _CUSTOM, quota=DEFAULT_QUOTA),
    ),
    pace=Pace(50.0, source=_CUSTOM),
    buttons=Choices(
        most=10,
        title=Limit(60, "utf8_bytes"),
        text=Limit(1024, "utf8_bytes"),
        id=Limit(64, "utf8_bytes"),
        source=_CUSTOM,
    ),
    cards=Cards(
        most=1,
        title=Limit(64, "utf8_bytes", "45003, the number unconfirmed"),
        subtitle=Limit(512, "utf8_bytes", "45004, the number unconfirmed"),
        buttons=0,
        button=Limit(0),
        source=_CUSTOM,
    ),
    kinds=("mini_program", "music", "article", "coupon"),
    templates=_TEMPLATE_RULES,
    typing=True,
    profiles=True,
    token_lifetime_s=TOKEN_LIFETIME_S,
    webhook_by_hand=True,
    windows_add_up=False,
    qr_scene=Limit(64, source=_QR),
    qr_lasts_s=30 * 24 * 3600,
    passive_reply=("text", "image", "audio", "video", "music", "cards"),
    bulk=Bulk(2, 10_000, ("text", "image", "audio", "video", "article", "coupon"), 4, _MASS),
    statuses=("sent", "delivered", "failed"),
    sources={"token_lifetime_s": _TOKEN, "qr_lasts_s": _QR},
)

_KF = Capabilities(
    text=Limit(2048, "utf8_bytes", _KF_SEND),
    media={
        "image": MediaRule(("image/jpeg", "image/png"), 2 * _MIB, source=_KF_MEDIA),
        "audio": MediaRule(("audio/amr",), 2 * _MIB, source=_KF_MEDIA),
        "video": MediaRule(("video/mp4",), 10 * _MIB, source=_KF_MEDIA),
        "document": MediaRule(
            (
                "text/plain",
                "text/csv",
                "application/pdf",
                "application/zip",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ),
            20 * _MIB,
            source=_KF_MEDIA,
        ),
    },
    windows=(
        Window(SERVICE, _TWO_DAYS_S, ("message",), _KF_SEND, quota=DEFAULT_QUOTA),
        Window("entry", 20, ("welcome",), f"{_WECOM}/95122", quota=1),
    ),
    pace=Pace(50.0, source=_KF_SEND),
    buttons=Choices(
        most=10,
        title=Limit(128, "utf8_bytes"),
        text=Limit(1024, "utf8_bytes"),
        id=Limit(128, "utf8_bytes"),
        source=_KF_SEND,
    ),
    location=True,
    idempotent_send=True,
    profiles=True,
    token_lifetime_s=TOKEN_LIFETIME_S,
    qr_scene=Limit(32, source=f"{_WECOM}/94665"),
    pulls=True,
    webhook_by_hand=True,
    statuses=("sent", "failed"),
    sources={"token_lifetime_s": f"{_WECOM}/91039"},
)


def capabilities(account: Account) -> Capabilities:
    """Return the flavour's rules, with the account's own pace and number of answers to a message (`settings.messages_per_window`)."""
    known = _KF if is_kf(account.settings) else _OFFICIAL
    quota = integer(account.settings.get("messages_per_window"))
    if quota is not None and 0 < quota <= 1000:
        windows = (replace(window, quota=quota) if window.kind == SERVICE else window for window in known.windows)
        known = replace(known, windows=tuple(windows))
    per_second = number(account.settings.get("max_per_second"))
    if per_second is not None and 0 < per_second <= 1000:
        known = replace(known, pace=replace(known.pace, per_second=per_second))
    return known

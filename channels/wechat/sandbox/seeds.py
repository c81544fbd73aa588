"""The accounts of an empty world: a tea shop's service account and its WeCom customer service, with menu and templates."""

from __future__ import annotations

import secrets

from channels.wechat.sandbox.crypto import new_aes_key
from channels.wechat.sandbox.platform import KF, Json

MENU = [
    {"type": "click", "name": "营业时间", "key": "STORE_HOURS"},
    {
        "name": "茶行",
        "sub_button": [
            {"type": "click", "name": "今日推荐", "key": "TEA_OF_THE_DAY"},
            {"type": "view", "name": "商城", "url": "https://shop.example.com/"},
            {"type": "miniprogram", "name": "小程序", "url": "https://shop.example.com/", "appid": "wxfedcba9876543210",
             "pagepath": "pages/index"},
            {"type": "scancode_waitmsg", "name": "扫订单", "key": "SCAN_ORDER"},
        ],
    },
    {"type": "click", "name": "人工客服", "key": "TALK_TO_US"},
]  # fmt: skip

TEMPLATES = [
    {
        "id": "TmplShipped0000000000000000000000000000001",
        "title": "订单发货通知",
        "content": "订单编号：{{character_string1.DATA}}\n商品名称：{{thing2.DATA}}\n快递单号：{{character_string3.DATA}}",
        "example": "订单编号：TK-2048\n商品名称：凤凰单丛\n快递单号：SF1234567890",
    },
    {
        "id": "TmplPaid000000000000000000000000000000002",
        "title": "支付成功通知",
        "content": "订单编号：{{character_string1.DATA}}\n支付金额：{{amount2.DATA}}",
        "example": "订单编号：TK-2048\n支付金额：￥168.00",
    },
]
SUBSCRIPTIONS = [
    {
        "id": "SubRestock0000000000000000000000000000001",
        "title": "到货通知",
        "content": "商品：{{thing1.DATA}}\n时间：{{time2.DATA}}",
    }
]
SERVICERS = [{"userid": "xiaocha", "status": 0}, {"userid": "aming", "status": 1}]


def official_secrets() -> Json:
    return {
        "app_id": f"wx{secrets.token_hex(8)}",
        "app_secret": secrets.token_hex(16),
        "token": secrets.token_hex(8),
        "encoding_aes_key": new_aes_key(),
    }


def kf_secrets() -> Json:
    return {**official_secrets(), "app_id": f"ww{secrets.token_hex(8)}"}


def external_id(flavour: str) -> str:
    return f"wk{secrets.token_urlsafe(22)[:28]}" if flavour == KF else f"gh_{secrets.token_hex(6)}"

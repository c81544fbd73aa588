"""Read what a customer's act that is no message says: a menu link, a place, pictures, a coupon, an order.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Json
from channels.kit.tolerant import integer, number, obj, text
from channels.wechat.push import Push


def texts(**fields: str) -> Callable[[Push], Json]:
    """Return a reader of some members, by our names for them."""
    return lambda push: {name: push.text(member) for name, member in fields.items()}


def place(push: Push) -> Json:
    payload = push.payload
    return {
        "latitude": number(payload.get("Latitude")),
        "longitude": number(payload.get("Longitude")),
        "precision_m": number(payload.get("Precision")),
    }


def chosen_place(push: Push) -> Json:
    place = obj(push.payload.get("SendLocationInfo"))
    return {
        "key": push.text("EventKey"),
        "latitude": number(place.get("Location_X")),
        "longitude": number(place.get("Location_Y")),
        "address": text(place.get("Label")),
        "name": text(place.get("Poiname")),
    }


def pictures(push: Push) -> Json:
    count = integer(obj(push.payload.get("SendPicsInfo")).get("Count"))
    return {"key": push.text("EventKey"), "count": count}


def coupon(push: Push) -> Json:
    """Return what a coupon event says, in fen where it is money."""
    payload = push.payload
    return {
        "card_id": push.text("CardId"),
        "code": push.text("UserCardCode"),
        "given_by": push.text("FriendUserName"),
        "source": push.text("ConsumeSource") or push.text("OuterStr"),
        "place": push.text("LocationName"),
        "transaction_id": push.text("TransId"),
        "fee_minor": integer(payload.get("Fee")),
        "fee_before_minor": integer(payload.get("OriginalFee")),
        "bonus_change": push.text("ModifyBonus"),
        "balance_change": push.text("ModifyBalance"),
    }


def order(push: Push) -> Json:
    """Return an order's names. They pass 2^53, so they stay texts."""
    order = obj(push.payload.get("order_info"))
    return {
        "order_id": text(order.get("order_id")) or push.text("OrderId"),
        "out_order_id": text(order.get("out_order_id")),
        "transaction_id": text(order.get("transaction_id")),
        "status": push.text("OrderStatus"),
        "product_id": push.text("ProductId"),
    }

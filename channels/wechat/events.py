"""Turn the events of an Official Account into ours: following, menus, scans, results of sends, coupons, orders, sessions.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (read Nov 2026) and the pages of
each product, listed in the README. Examples: tests/channels/wechat/fixtures/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from channels.contract import (
    AccountChanged,
    ConsentChanged,
    ContactActed,
    ErasureRequested,
    InboundEvent,
    Json,
    Person,
    ReachabilityChanged,
    WindowOpened,
)
from channels.kit.events import event_key
from channels.kit.tolerant import integer, kept, moment, number, obj, text, without_empty
from channels.wechat.people import person
from channels.wechat.results import mass_finished, subscription_sent, template_finished
from channels.wechat.unknown import unrecognised
from channels.wechat.xml import records


@dataclass(frozen=True, slots=True)
class Push:
    """One event as it came, with what every reader of it needs."""

    name: str
    payload: Json
    account: str
    occurred_at: datetime

    def text(self, field: str) -> str:
        return text(self.payload.get(field))

    def key(self, part: str) -> str:
        """Return what names this event: its whole content, since it has no id and the platform repeats it unchanged."""
        return event_key(self.account, self.name, part, kept(self.payload))

    @property
    def person(self) -> Person | None:
        return person(
            self.payload.get("FromUserName") or self.payload.get("OpenID"), unionid=self.payload.get("UnionId")
        )


def event_events(payload: Json, account: str, received_at: datetime) -> Iterator[InboundEvent]:
    """Yield what a payload with `MsgType` event means. The spelling of event names varies, so its case does not count."""
    name = text(payload.get("Event")).lower()
    push = Push(name, payload, account, moment(payload.get("CreateTime"), received_at))
    read = _READERS.get(name)
    empty = True
    for event in read(push) if read else ():
        empty = False
        yield event
    if empty:
        yield unrecognised(name or "event", payload, account, push.occurred_at)


def _subscribe(push: Push) -> Iterator[InboundEvent]:
    someone = push.person
    if someone is None:
        return
    yield ReachabilityChanged(
        account=push.account,
        occurred_at=push.occurred_at,
        event_key=push.key("reachability"),
        person=someone,
        reachable=True,
        code="followed",
    )
    yield _consent(push, someone, "marketing", granted=True, detail="followed")
    yield _opened(push, someone, "followed", "follow", _source(push))


def _unsubscribe(push: Push) -> Iterator[InboundEvent]:
    someone = push.person
    if someone is None:
        return
    yield _consent(push, someone, "marketing", granted=False, detail="unfollowed")
    yield ReachabilityChanged(
        account=push.account,
        occurred_at=push.occurred_at,
        event_key=push.key("reachability"),
        person=someone,
        reachable=False,
        code="unfollowed",
    )


def _scan(push: Push) -> Iterator[InboundEvent]:
    if someone := push.person:
        yield _opened(push, someone, "qr_scanned", "scan", _source(push))


def _source(push: Push) -> Json:
    """Return where somebody comes from: the scene of a QR code, or the payment that made them follow."""
    key = push.text("EventKey")
    if key.startswith("last_trade_no_"):
        return {"referral": {"source_type": "payment", "source_id": key.removeprefix("last_trade_no_")}}
    scene = key.removeprefix("qrscene_")
    if not scene:
        return {}
    return {"referral": {"source_type": "qr", "source_id": scene, **without_empty({"ticket": push.text("Ticket")})}}


def _menu_opening(code: str) -> Callable[[Push], Iterator[InboundEvent]]:
    def read(push: Push) -> Iterator[InboundEvent]:
        if someone := push.person:
            scanned = obj(push.payload.get("ScanCodeInfo"))
            params = {
                "key": push.text("EventKey"),
                "scan_type": text(scanned.get("ScanType")),
                "result": text(scanned.get("ScanResult")),
            }
            yield _opened(push, someone, code, "menu_click", without_empty(params))

    return read


def _entered(push: Push) -> Iterator[InboundEvent]:
    if someone := push.person:
        yield _opened(
            push, someone, "chat_opened", "welcome", without_empty({"session_from": push.text("SessionFrom")})
        )


def _opened(push: Push, someone: Person, code: str, opened_by: str, params: Json) -> WindowOpened:
    key = push.key("window")
    return WindowOpened(
        account=push.account,
        occurred_at=push.occurred_at,
        event_key=key,
        person=someone,
        code=code,
        params=params,
        external_id=f"event:{key}",
        opened_by=opened_by,
    )


def _acted(code: str, params_of: Callable[[Push], Json]) -> Callable[[Push], Iterator[InboundEvent]]:
    def read(push: Push) -> Iterator[InboundEvent]:
        if someone := push.person:
            yield ContactActed(
                account=push.account,
                occurred_at=push.occurred_at,
                event_key=push.key("act"),
                person=someone,
                code=code,
                params=without_empty(params_of(push)),
                raw=kept(push.payload),
            )

    return read


def _texts(**fields: str) -> Callable[[Push], Json]:
    """Return a reader of some members, by our names for them."""
    return lambda push: {name: push.text(member) for name, member in fields.items()}


def _place(push: Push) -> Json:
    payload = push.payload
    return {
        "latitude": number(payload.get("Latitude")),
        "longitude": number(payload.get("Longitude")),
        "precision_m": number(payload.get("Precision")),
    }


def _chosen_place(push: Push) -> Json:
    place = obj(push.payload.get("SendLocationInfo"))
    return {
        "key": push.text("EventKey"),
        "latitude": number(place.get("Location_X")),
        "longitude": number(place.get("Location_Y")),
        "address": text(place.get("Label")),
        "name": text(place.get("Poiname")),
    }


def _pictures(push: Push) -> Json:
    count = integer(obj(push.payload.get("SendPicsInfo")).get("Count"))
    return {"key": push.text("EventKey"), "count": count}


def _coupon(push: Push) -> Json:
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


def _order(push: Push) -> Json:
    """Return an order's names. They pass 2^53, so they stay texts."""
    order = obj(push.payload.get("order_info"))
    return {
        "order_id": text(order.get("order_id")) or push.text("OrderId"),
        "out_order_id": text(order.get("out_order_id")),
        "transaction_id": text(order.get("transaction_id")),
        "status": push.text("OrderStatus"),
        "product_id": push.text("ProductId"),
    }


def _subscriptions(push: Push) -> Iterator[InboundEvent]:
    """Read which templates somebody ticked or unticked. The vendor's sample of the second puts it into the first's element."""
    someone = push.person
    lists = (obj(push.payload.get(name)).get("List") for name in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"))
    for item in (item for found in lists for item in records(found)):
        template, answer = text(item.get("TemplateId")), text(item.get("SubscribeStatusString"))
        if someone and template and answer in ("accept", "reject"):
            yield _consent(
                push,
                someone,
                f"subscription:{template}",
                granted=answer == "accept",
                detail=text(item.get("PopupScene")),
            )


def _consent(push: Push, someone: Person, purpose: str, *, granted: bool, detail: str) -> ConsentChanged:
    return ConsentChanged(
        account=push.account,
        occurred_at=push.occurred_at,
        event_key=push.key(purpose),
        person=someone,
        purpose=purpose,
        granted=granted,
        source="wechat",
        detail=detail,
    )


def _erasure(push: Push) -> Iterator[InboundEvent]:
    someone = person(push.payload.get("OpenID")) or push.person
    if someone:
        yield ErasureRequested(
            account=push.account,
            occurred_at=push.occurred_at,
            event_key=push.key("erasure"),
            person=someone,
            code=push.name,
            params=without_empty({"what": push.text("RevokeInfo"), "app_id": push.text("AppID")}),
        )


def _account(push: Push) -> Iterator[InboundEvent]:
    failed = any(part in push.name for part in ("fail", "not_pass", "expired"))
    yield AccountChanged(
        account=push.account,
        occurred_at=push.occurred_at,
        event_key=push.key("account"),
        field=push.name,
        value=push.text("FailReason") or push.text("RefuseReason"),
        severity="warning" if failed or push.name == "annual_renew" else "info",
        data=kept(push.payload),
    )


def _results(
    read: Callable[[Json, str, datetime, str], Iterator[InboundEvent]],
) -> Callable[[Push], Iterator[InboundEvent]]:
    return lambda push: read(push.payload, push.account, push.occurred_at, push.key("result"))


_READERS: dict[str, Callable[[Push], Iterator[InboundEvent]]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "user_enter_tempsession": _entered,
    "click": _menu_opening("menu_clicked"),
    **dict.fromkeys(("scancode_push", "scancode_waitmsg"), _menu_opening("menu_scanned")),
    "view": _acted("menu_link_opened", _texts(url="EventKey", menu_id="MenuId")),
    "view_miniprogram": _acted("menu_mini_program_opened", _texts(path="EventKey", menu_id="MenuId")),
    **dict.fromkeys(("pic_sysphoto", "pic_photo_or_album", "pic_weixin"), _acted("menu_picture_sent", _pictures)),
    "location_select": _acted("menu_location_sent", _chosen_place),
    "location": _acted("location_reported", _place),
    "templatesendjobfinish": _results(template_finished),
    "subscribe_msg_sent_event": _results(subscription_sent),
    "masssendjobfinish": _results(mass_finished),
    "subscribe_msg_popup_event": _subscriptions,
    "subscribe_msg_change_event": _subscriptions,
    "kf_create_session": _acted("service_session_opened", _texts(service_account="KfAccount")),
    "kf_close_session": _acted("service_session_closed", _texts(service_account="KfAccount", how="CloseType")),
    "kf_switch_session": _acted("service_session_moved", _texts(before="FromKfAccount", after="ToKfAccount")),
    "user_get_card": _acted("coupon_received", _coupon),
    "user_consume_card": _acted("coupon_used", _coupon),
    "user_gifting_card": _acted("coupon_given", _coupon),
    "user_del_card": _acted("coupon_deleted", _coupon),
    "user_view_card": _acted("coupon_viewed", _coupon),
    "user_enter_session_from_card": _acted("chat_opened_from_coupon", _coupon),
    "user_pay_from_pay_cell": _acted("coupon_paid_with", _coupon),
    "update_member_card": _acted("membership_changed", _coupon),
    "submit_membercard_user_info": _acted("membership_activated", _coupon),
    "merchant_order": _acted("shop_order_paid", _order),
    **dict.fromkeys(("open_product_order_pay", "funds_order_pay"), _acted("shop_order_paid", _order)),
    "channels_ec_order_new": _acted("shop_order_placed", _order),
    "channels_ec_order_pay": _acted("shop_order_paid", _order),
    "channels_ec_order_cancel": _acted("shop_order_cancelled", _order),
    "channels_ec_order_wait_shipping": _acted("shop_order_awaits_shipping", _order),
    "channels_ec_order_deliver": _acted("shop_order_shipped", _order),
    "channels_ec_order_confirm": _acted("shop_order_received", _order),
    "channels_ec_order_settle": _acted("shop_order_settled", _order),
    "channels_ec_order_ext_info_update": _acted("shop_order_changed", _order),
    **dict.fromkeys(("user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"), _erasure),
    **dict.fromkeys(
        (
            "publishjobfinish",
            "qualification_verify_success",
            "qualification_verify_fail",
            "naming_verify_success",
            "naming_verify_fail",
            "annual_renew",
            "verify_expired",
            "card_pass_check",
            "card_not_pass_check",
            "card_sku_remind",
            "card_pay_order",
            "poi_check_notify",
        ),
        _account,
    ),
}

"""Turn the events of an Official Account into ours: following, menus, scans, results of sends, coupons, orders, sessions.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (read Nov 2026) and the pages of
each product, listed in the README. Examples: tests/channels/wechat/fixtures/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from channels.kit.tolerant import kept, moment, obj, text, without_empty
from channels.wechat.acts import chosen_place, coupon, order, pictures, place, texts
from channels.wechat.people import person
from channels.wechat.push import Push
from channels.wechat.results import mass_finished, subscription_sent, template_finished
from channels.wechat.unknown import unrecognised
from channels.wechat.xml import records


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
    "view": _acted("menu_link_opened", texts(url="EventKey", menu_id="MenuId")),
    "view_miniprogram": _acted("menu_mini_program_opened", texts(path="EventKey", menu_id="MenuId")),
    **dict.fromkeys(("pic_sysphoto", "pic_photo_or_album", "pic_weixin"), _acted("menu_picture_sent", pictures)),
    "location_select": _acted("menu_location_sent", chosen_place),
    "location": _acted("location_reported", place),
    "templatesendjobfinish": _results(template_finished),
    "subscribe_msg_sent_event": _results(subscription_sent),
    "masssendjobfinish": _results(mass_finished),
    "subscribe_msg_popup_event": _subscriptions,
    "subscribe_msg_change_event": _subscriptions,
    "kf_create_session": _acted("service_session_opened", texts(service_account="KfAccount")),
    "kf_close_session": _acted("service_session_closed", texts(service_account="KfAccount", how="CloseType")),
    "kf_switch_session": _acted("service_session_moved", texts(before="FromKfAccount", after="ToKfAccount")),
    "user_get_card": _acted("coupon_received", coupon),
    "user_consume_card": _acted("coupon_used", coupon),
    "user_gifting_card": _acted("coupon_given", coupon),
    "user_del_card": _acted("coupon_deleted", coupon),
    "user_view_card": _acted("coupon_viewed", coupon),
    "user_enter_session_from_card": _acted("chat_opened_from_coupon", coupon),
    "user_pay_from_pay_cell": _acted("coupon_paid_with", coupon),
    "update_member_card": _acted("membership_changed", coupon),
    "submit_membercard_user_info": _acted("membership_activated", coupon),
    "merchant_order": _acted("shop_order_paid", order),
    **dict.fromkeys(("open_product_order_pay", "funds_order_pay"), _acted("shop_order_paid", order)),
    "channels_ec_order_new": _acted("shop_order_placed", order),
    "channels_ec_order_pay": _acted("shop_order_paid", order),
    "channels_ec_order_cancel": _acted("shop_order_cancelled", order),
    "channels_ec_order_wait_shipping": _acted("shop_order_awaits_shipping", order),
    "channels_ec_order_deliver": _acted("shop_order_shipped", order),
    "channels_ec_order_confirm": _acted("shop_order_received", order),
    "channels_ec_order_settle": _acted("shop_order_settled", order),
    "channels_ec_order_ext_info_update": _acted("shop_order_changed", order),
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

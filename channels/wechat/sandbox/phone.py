"""The customer's side of an Official Account: follows and leaves, scans, taps the menu, writes; every doing becomes its push.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer, Line
from channels.wechat.sandbox import contents, qr, windows
from channels.wechat.sandbox.contents import Desk
from channels.wechat.sandbox.platform import Json, Platform, number_id, opaque
from channels.wechat.sandbox.pushes import Pushes

Doing = Callable[[Account, Customer, Json], None]
MENU_EVENTS = {
    "view": "VIEW",
    "miniprogram": "view_miniprogram",
    "click": "CLICK",
    "scancode_push": "scancode_push",
    "scancode_waitmsg": "scancode_waitmsg",
    "location_select": "location_select",
    "pic_sysphoto": "pic_sysphoto",
    "pic_photo_or_album": "pic_photo_or_album",
    "pic_weixin": "pic_weixin",
}


class Phone:
    def __init__(self, host: Host, platform: Platform, pushes: Pushes) -> None:
        self._host = host
        self._platform = platform
        self._pushes = pushes
        self._doings: dict[str, Doing] = {
            "follow": self.follow,
            "unfollow": self.unfollow,
            "scan": self.scan,
            "menu": self.tap_menu,
            "location_report": self._report_location,
            "ticks": self._tick,
            "coupon": self._take_coupon,
            "event": self._anything,
        }

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        """Let the customer write or do {kind, …}. Who does not follow yet follows first. Raises WishRefused."""
        kind = str(wish.get("kind") or "text")
        if kind in self._doings:
            self._doings[kind](account, customer, wish)
            return None
        bond = self._platform.bond(account, customer)
        if not bond.get("following"):
            if bond.get("left_at"):
                raise WishRefused(f"{customer.name} has left this account. Follow it again first.")
            self.follow(account, customer, {})
        content = contents.build(Desk(self._host, self._platform, account), kind, wish)
        line = Line(str(number_id()), "customer", self._host.now(), content.view, "sent", extra={"type": kind})
        article = {"MsgDataId": str(wish["article"]), "Idx": 1} if wish.get("article") else {}
        bond["wrote_at"] = self._host.now()
        windows.grant(account, bond, "menu" if kind == "button_reply" else "message", self._host.now())
        chat = self._platform.chat(account, customer)
        chat.last_inbound_at = self._host.now()
        self._host.add_line(chat, line)
        self._pushes.send(account, customer, kind, {**content.push, **article, "MsgId": int(line.id)})
        self._host.show_chat(chat)
        return line

    def follow(self, account: Account, customer: Customer, wish: Json) -> None:
        """Follow, by search or by a code's scene. Raises WishRefused for who follows already."""
        bond, now = self._platform.bond(account, customer), self._host.now()
        if bond.get("following"):
            raise WishRefused(f"{customer.name} follows this account already.")
        ticket, scene = self._code(account, wish)
        came_by = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
        bond.update(following=True, followed_at=now, came_by=came_by, scene=scene)
        windows.grant(account, bond, "follow", now)
        self._note(account, customer, "followed")
        source = {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if scene else {"EventKey": ""}
        self._event(account, customer, "subscribe", source)

    def unfollow(self, account: Account, customer: Customer, wish: Json) -> None:
        """Leave: nothing may be sent any more. Raises WishRefused."""
        bond = self._platform.bond(account, customer)
        if not bond.get("following"):
            raise WishRefused(f"{customer.name} does not follow this account.")
        bond.update(following=False, left_at=self._host.now())
        windows.close(bond)
        self._note(account, customer, "unfollowed")
        self._event(account, customer, "unsubscribe", {"EventKey": ""})

    def scan(self, account: Account, customer: Customer, wish: Json) -> None:
        """Scan a code {scene or ticket}: it makes a stranger follow. Raises WishRefused for one that there is not."""
        ticket, scene = self._code(account, wish)
        if not scene:
            raise WishRefused("Name a scene of a code that lives: POST /cgi-bin/qrcode/create makes one.")
        bond = self._platform.bond(account, customer)
        if not bond.get("following"):
            self.follow(account, customer, {"scene": scene})
            return
        windows.grant(account, bond, "scan", self._host.now())
        self._note(account, customer, "scanned", scene)
        self._event(account, customer, "SCAN", {"EventKey": scene, "Ticket": ticket})

    def tap_menu(self, account: Account, customer: Customer, wish: Json) -> None:
        """Tap a menu item by its key, name or address; without one, the first. Raises WishRefused."""
        bond = self._platform.bond(account, customer)
        if not bond.get("following"):
            raise WishRefused(f"{customer.name} does not follow this account.")
        item = self._item(account, str(wish.get("key") or wish.get("name") or ""))
        event = MENU_EVENTS.get(item["type"])
        if event is None:
            raise WishRefused(f"The business does not hear of {item['type']}.")
        if item["type"] in ("click", "scancode_push", "scancode_waitmsg"):
            windows.grant(account, bond, "menu", self._host.now())
        self._note(account, customer, "menu", str(item["name"]))
        self._event(account, customer, event, _menu_fields(item, wish))

    def _item(self, account: Account, wanted: str) -> Json:
        items = [one for top in account.settings.get("menu", []) for one in (top.get("sub_button") or [top])]
        for item in items:
            if wanted in ("", item["name"], item.get("key"), item.get("url")):
                found: Json = item
                return found
        raise WishRefused("This account's menu has no such item.")

    def _code(self, account: Account, wish: Json) -> tuple[str, str]:
        """Return ticket and scene of the living code that the wish names, or "" twice."""
        wanted = str(wish.get("scene") or wish.get("ticket") or "")
        codes = qr.living(self._platform, account)
        found = next((one for one in reversed(codes) if wanted in (one["scene"], one["ticket"])), None)
        if wanted and found is None:
            raise WishRefused(f"No code with the scene {wanted} leads to this account.")
        return (found["ticket"], found["scene"]) if found and wanted else ("", "")

    def _report_location(self, account: Account, customer: Customer, wish: Json) -> None:
        fields = {"Latitude": 22.543096, "Longitude": 114.057865, "Precision": 65.0}
        self._event(account, customer, "LOCATION", fields)

    def _tick(self, account: Account, customer: Customer, wish: Json) -> None:
        """Tick a subscription (`accept`, true unless said otherwise): one tick allows one notification."""
        known = [one["id"] for one in account.settings.get("subscriptions", [])]
        template_id = str(wish.get("template_id") or (known[0] if known else ""))
        if template_id not in known:
            raise WishRefused("This account has no such subscription.")
        accept = bool(wish.get("accept", True))
        if accept:
            ticks = self._platform.bond(account, customer).setdefault("subscriptions", {})
            ticks[template_id] = ticks.get(template_id, 0) + 1
        item = {
            "TemplateId": template_id,
            "SubscribeStatusString": "accept" if accept else "reject",
            "PopupScene": 1,
        }
        self._note(account, customer, "ticked" if accept else "unticked")
        self._event(account, customer, "subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": item}})

    def _take_coupon(self, account: Account, customer: Customer, wish: Json) -> None:
        fields = {
            "CardId": "pFAKE_CARD",
            "IsGiveByFriend": 0,
            "UserCardCode": str(number_id(12)),
            "FriendUserName": "",
            "OuterId": 0,
            "OldUserCardCode": "",
            "OuterStr": "chat",
        }
        self._note(account, customer, "coupon")
        self._event(account, customer, "user_get_card", fields)

    def _anything(self, account: Account, customer: Customer, wish: Json) -> None:
        """Post any event {event, fields} that this person is behind."""
        fields = wish.get("fields") or {}
        if not isinstance(wish.get("event"), str) or not isinstance(fields, dict):
            raise WishRefused("Wanted: {event: name, fields: object}.")
        self._event(account, customer, wish["event"], fields)

    def _event(self, account: Account, customer: Customer, event: str, fields: Json) -> None:
        self._pushes.send(account, customer, event, {"MsgType": "event", "Event": event, **fields})
        self._host.show_chat(self._platform.chat(account, customer))

    def _note(self, account: Account, customer: Customer, notice: str, detail: str = "") -> None:
        view = {"kind": "notice", "notice": notice, "detail": detail}
        line = Line(f"note_{opaque(16)}", "customer", self._host.now(), view, "sent", extra={"type": "notice"})
        self._host.add_line(self._platform.chat(account, customer), line)


def _menu_fields(item: Json, wish: Json) -> Json:
    """Return the event's members, by the item's type."""
    match item["type"]:
        case "view":
            return {"EventKey": item["url"], "MenuId": "1001"}
        case "miniprogram":
            return {"EventKey": item["pagepath"], "MenuId": "1001"}
        case "scancode_push" | "scancode_waitmsg":
            scanned = {"ScanType": "qrcode", "ScanResult": str(wish.get("result") or "TK-2048")}
            return {"EventKey": item["key"], "ScanCodeInfo": scanned}
        case "location_select":
            place = {
                "Location_X": "22.54",
                "Location_Y": "114.05",
                "Scale": "16",
                "Label": "深圳市福田区",
                "Poiname": "",
            }
            return {"EventKey": item["key"], "SendLocationInfo": place}
        case "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin":
            pictures = {"Count": 1, "PicList": {"item": {"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}}}
            return {"EventKey": item["key"], "SendPicsInfo": pictures}
        case _:
            return {"EventKey": item["key"]}

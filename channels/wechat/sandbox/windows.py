"""What a customer's act allows: how many messages, for how long. Grants do not add up: a message uses one of each that is open.

Source: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html (rules since June 2023) and, for
WeCom, https://developer.work.weixin.qq.com/document/path/94677.
"""

from __future__ import annotations

from channels.sandbox.world import Account
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import KF, Json, flavour_of

GRANTS: dict[str, tuple[int, float]] = {
    "message": (5, 48 * 3600),
    "menu": (3, 60),
    "follow": (3, 60),
    "scan": (3, 60),
    "entry": (2, 60),
}
"""Act → messages, seconds. `settings.grants` of an account overrides them, since WeChat changes them."""


def grant(account: Account, bond: Json, act: str, now: float) -> None:
    """Open what an act allows, afresh."""
    messages, seconds = account.settings.get("grants", {}).get(act) or GRANTS[act]
    bond.setdefault("grants", {})[act] = {"left": messages, "ends_at": now + seconds}


def close(bond: Json) -> None:
    bond["grants"] = {}


def use(account: Account, bond: Json, now: float) -> None:
    """Take one message. Raises WeChatError: 45015 when nothing is open, 45047 when it is used up; of WeCom both are 95001."""
    is_open = [one for one in bond.get("grants", {}).values() if one["ends_at"] > now]
    kf = flavour_of(account) == KF
    if not is_open or (not kf and not bond.get("following")):
        raise WeChatError(95001 if kf else 45015)
    if all(one["left"] <= 0 for one in is_open):
        raise WeChatError(95001 if kf else 45047)
    for one in is_open:
        one["left"] -= 1


def state(bond: Json, now: float) -> Json:
    """Return {until, left} for the page; `until` 0 = closed."""
    is_open = [one for one in bond.get("grants", {}).values() if one["ends_at"] > now]
    return {
        "window_until": max((one["ends_at"] for one in is_open), default=0),
        "messages_left": max((one["left"] for one in is_open), default=0),
    }

"""The log of a customer service account: three days of messages and events, read by cursor.

Source: https://developer.work.weixin.qq.com/document/path/94670 (2026).
"""

from __future__ import annotations

from channels.sandbox.emulator import Update
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import Json, Platform, opaque

KEPT_S = 3 * 86_400
TOKEN_LIVES_S = 600
PAGE_MOST = 1000
WITHOUT_TOKEN_APART_S = 60
CUSTOMER, SYSTEM, COLLEAGUE = 3, 4, 5


class Log:
    def __init__(self, host: Host, platform: Platform) -> None:
        self._host = host
        self._platform = platform

    def message(
        self, account: Account, customer: Customer, kind: str, part: Json, *, origin: int = CUSTOMER, by: str = ""
    ) -> str:
        """Add a message and tell the business that there is something; return its id."""
        item = {
            "msgid": opaque(32),
            "open_kfid": account.external_id,
            "external_userid": self._platform.openid(account, customer),
            "send_time": int(self._host.now()),
            "origin": origin,
            "servicer_userid": by,
            "msgtype": kind,
            kind: part,
        }
        self._add(account, item, kind)
        return str(item["msgid"])

    def event(self, account: Account, event_type: str, event: Json) -> None:
        item = {
            "msgid": opaque(32),
            "send_time": int(self._host.now()),
            "origin": SYSTEM,
            "msgtype": "event",
            "event": {"event_type": event_type, "open_kfid": account.external_id, **event},
        }
        self._add(account, item, event_type)

    def read(self, account: Account, body: Json) -> Json:
        """Return a page after the cursor. Raises WeChatError for one that never was, and for asking too often without a token."""
        self._check_pace(account, str(body.get("token") or ""))
        items = self._living(account)
        after = self._position(account, str(body.get("cursor") or ""))
        left = [item for item in items if item["n"] > after]
        limit = min(int(body.get("limit") or PAGE_MOST), int(account.settings.get("page_most", PAGE_MOST)))
        page = left[: max(1, limit)]
        if account.settings.get("empty_page_first") and left and not self._shelf(account).get("was_empty"):
            page = []
        self._shelf(account)["was_empty"] = not page and bool(left)
        at = page[-1]["n"] if page else max(after, 0)
        shown = [{name: value for name, value in item.items() if name != "n"} for item in page]
        more = len(page) < len(left)
        shelf = self._shelf(account)
        shelf["turn"] = shelf.get("turn", 0) + (0 if account.settings.get("stuck_cursor") else 1)
        return {"next_cursor": self._cursor(at, turn=shelf["turn"]), "has_more": int(more), "msg_list": shown}

    def age(self, account: Account, seconds: float) -> None:
        """Let items, tokens and the last question be so much older."""
        shelf = self._shelf(account)
        for item in shelf.get("items", []):
            item["send_time"] -= int(seconds)
        shelf["tokens"] = {name: ends - seconds for name, ends in shelf.get("tokens", {}).items()}
        shelf["asked_at"] = shelf.get("asked_at", 0) - seconds

    def _add(self, account: Account, item: Json, label: str) -> None:
        shelf = self._shelf(account)
        shelf["n"] = shelf.get("n", 0) + 1
        shelf.setdefault("items", []).append({"n": shelf["n"], **item})
        token = f"ENC{opaque(40)}"
        shelf.setdefault("tokens", {})[token] = self._host.now() + TOKEN_LIVES_S
        self._host.store.touch()
        if account.settings.get("lose_pushes"):
            return
        self._host.post(Update(account, f"{account.id} hint", f"kf · {label}", {"token": token}))

    def _living(self, account: Account) -> list[Json]:
        shelf, oldest = self._shelf(account), self._host.now() - KEPT_S
        items: list[Json] = [item for item in shelf.get("items", []) if item["send_time"] >= oldest]
        shelf["items"] = items
        return items

    def _check_pace(self, account: Account, token: str) -> None:
        """Without a token that lives it may be asked only now and then. Raises WeChatError 45009."""
        shelf, now = self._shelf(account), self._host.now()
        tokens = shelf["tokens"] = {name: ends for name, ends in shelf.get("tokens", {}).items() if ends > now}
        if token in tokens:
            return
        apart_s = float(account.settings.get("without_token_apart_s", WITHOUT_TOKEN_APART_S))
        if now - shelf.get("asked_at", 0) < apart_s:
            raise WeChatError(45009)
        shelf["asked_at"] = now

    def _position(self, account: Account, cursor: str) -> int:
        """Return where a cursor stands; one of items that are gone begins with the oldest, silently."""
        if not cursor:
            return 0
        head, _, rest = cursor.partition("_")
        if head != "4gw7MepFLfgF2VC5npN" or not rest.partition("_")[0].isdigit():
            raise WeChatError(40058)
        return int(rest.partition("_")[0])

    @staticmethod
    def _cursor(position: int, *, turn: int) -> str:
        return f"4gw7MepFLfgF2VC5npN_{position}_{turn}"

    def _shelf(self, account: Account) -> Json:
        shelf: Json = self._platform.shelf("kf_logs").setdefault(account.id, {})
        return shelf

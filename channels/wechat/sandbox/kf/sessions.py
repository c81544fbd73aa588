"""Who serves a customer: nobody yet, the assistant, the pool, a colleague; and who is on duty.

Source: https://developer.work.weixin.qq.com/document/path/94669 (2026).
"""

from __future__ import annotations

from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.kf.log import Log
from channels.wechat.sandbox.platform import Json, Platform, opaque

NEW, ASSISTANT, POOL, COLLEAGUE, ENDED = 0, 1, 2, 3, 4
ALLOWED = {
    NEW: (ASSISTANT, POOL, COLLEAGUE, ENDED),
    ASSISTANT: (POOL, COLLEAGUE, ENDED),
    POOL: (COLLEAGUE, ENDED),
    COLLEAGUE: (COLLEAGUE, ENDED),
    ENDED: (),
}
CODE_LIVES_S = 20


class Sessions:
    def __init__(self, platform: Platform, log: Log) -> None:
        self._platform = platform
        self._log = log

    def state(self, account: Account, customer: Customer) -> Json:
        """Return {service_state, servicer_userid}."""
        bond = self._platform.bond(account, customer)
        return {"service_state": bond.get("state", NEW), "servicer_userid": bond.get("servicer", "")}

    def wrote(self, account: Account, customer: Customer) -> None:
        """A customer's message begins a new session where the last one ended."""
        bond = self._platform.bond(account, customer)
        if bond.get("state") == ENDED:
            bond.update(state=NEW, servicer="")

    def move(self, account: Account, customer: Customer, state: object, servicer: str) -> str:
        """Move a session, tell so, and return the code for one greeting or farewell. Raises WeChatError."""
        bond = self._platform.bond(account, customer)
        before, old = int(bond.get("state", NEW)), str(bond.get("servicer", ""))
        if not isinstance(state, int) or state not in ALLOWED[before]:
            raise WeChatError(95016)
        if state == COLLEAGUE and not self._is_on_duty(account, servicer):
            raise WeChatError(95014)
        bond.update(state=state, servicer=servicer if state == COLLEAGUE else "")
        code = self.code(account, customer) if state in (COLLEAGUE, ENDED) else ""
        change = {COLLEAGUE: 2 if old else 1, ENDED: 3}.get(state)
        if change:
            event = {
                "external_userid": self._platform.openid(account, customer),
                "change_type": change,
                "old_servicer_userid": old,
                "new_servicer_userid": bond["servicer"],
                "msg_code": code,
            }
            self._log.event(account, "session_status_change", event)
        return code

    def code(self, account: Account, customer: Customer) -> str:
        """Return a code that lets one message out on an event, for twenty seconds."""
        code = f"CODE{opaque(30)}"
        lives_s = float(account.settings.get("code_lives_s", CODE_LIVES_S))
        kept = {"account": account.id, "customer": customer.id, "ends_at": self._platform.host.now() + lives_s}
        self._platform.shelf("kf_codes")[code] = kept
        return code

    def spend(self, code: object) -> tuple[Account, Customer]:
        """Return whom a code is for, once. Raises WeChatError."""
        kept = self._platform.shelf("kf_codes").pop(code, None) if isinstance(code, str) else None
        if kept is None or kept["ends_at"] < self._platform.host.now():
            raise WeChatError(40058, "invalid code")
        world = self._platform.host.world
        return world.accounts[kept["account"]], world.customers[kept["customer"]]

    def _is_on_duty(self, account: Account, servicer: str) -> bool:
        return any(one["userid"] == servicer and one["status"] == 0 for one in account.settings.get("servicers", []))

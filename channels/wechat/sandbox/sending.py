"""What every send goes through: pace, faults, the customer's phone, the log, and the answer that may be lost."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from channels.sandbox.cut import CutLine
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer, Line
from channels.wechat.sandbox.calls import Speed
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import Json, Platform, opaque

DICE = secrets.SystemRandom()


class Sender:
    def __init__(self, host: Host, platform: Platform) -> None:
        self._host = host
        self._platform = platform
        self._speed = Speed(host)

    def admit(self, account: Account) -> int:
        """Let a send in; return the code with which it is to fail later, or 0. Raises WeChatError."""
        self._speed.check(account)
        faults = self._host.faults.of(account.id)
        if faults.fail_code is None or DICE.random() >= faults.fail_share:
            return 0
        if faults.fail_as == "answer":
            raise WeChatError(faults.fail_code)
        return faults.fail_code

    def deliver(
        self,
        account: Account,
        customer: Customer,
        view: Json,
        *,
        kind: str,
        raw: bytes,
        line_id: str = "",
        callback: str = "",
    ) -> Line:
        """Put an accepted message on the phone and into the log."""
        now = self._host.now()
        line = Line(line_id or f"wx_{opaque(18)}", "business", now, view, "delivered", callback=callback)
        line.extra = {"type": kind}
        self._host.add_line(self._platform.chat(account, customer), line)
        self._host.sent.add(
            at=now,
            account_id=account.id,
            line_id=line.id,
            to=self._platform.openid(account, customer),
            kind=kind,
            callback=callback,
            body=raw,
        )
        return line

    def answered(self, account: Account, response: Response) -> Response:
        """Return the answer, unless it is to be lost."""
        lose = self._host.faults.of(account.id).lose_answer
        return CutLine(silent=lose == "silence") if lose else response

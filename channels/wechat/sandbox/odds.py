"""What happens to an account that no customer does: time passes, keys change, tokens end, deliveries are damaged on the way.

{token: force|expire} · {pass_s: seconds} · {keys: rotate} · {servicer: userid, status: 1|2} · {event: name, fields: {…}}
"""

from __future__ import annotations

import secrets

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.wechat.sandbox.crypto import new_aes_key
from channels.wechat.sandbox.kf.log import Log
from channels.wechat.sandbox.platform import KF, OFFICIAL, Json, Platform, flavour_of
from channels.wechat.sandbox.pushes import Pushes
from channels.wechat.sandbox.tokens import Tokens

WISHES = "{token: force|expire}, {pass_s}, {keys: rotate}, {servicer, status} or {event: name, fields: object}"


class Odds:
    def __init__(self, host: Host, platform: Platform, *, tokens: Tokens, pushes: Pushes, log: Log) -> None:
        self._host = host
        self._platform = platform
        self._tokens = tokens
        self._pushes = pushes
        self._log = log

    def happen(self, account: Account, wish: Json) -> None:
        """Raises WishRefused."""
        match wish:
            case {"token": "force"}:
                self._tokens.force(account)
            case {"token": "expire"}:
                self._tokens.expire(account)
            case {"keys": "rotate"}:
                account.credentials |= {"token": secrets.token_hex(8), "encoding_aes_key": new_aes_key()}
                self._host.live.tell("accounts", {})
            case {"pass_s": int(seconds) | float(seconds)}:
                self._age(account, float(seconds))
            case {"servicer": str(userid), "status": int(status)} if flavour_of(account) == KF:
                self._set_duty(account, userid, status)
            case {"event": str(event), "fields": dict(fields)} if flavour_of(account) == OFFICIAL:
                self._pushes.send(account, None, event, {"MsgType": "event", "Event": event, **fields})
            case _:
                raise WishRefused(f"Wanted: {WISHES}.")
        self._host.store.touch()

    def _age(self, account: Account, seconds: float) -> None:
        """Let everything that ends by itself be so much older: grants, files, tokens, codes, the log."""
        for key, bond in self._platform.shelf("bonds").items():
            if key.startswith(f"{account.id} "):
                for grant in bond.get("grants", {}).values():
                    grant["ends_at"] -= seconds
                for name in ("wrote_at", "greeted_at", "typing_until"):
                    bond[name] = bond.get(name, 0) - seconds
        for file in self._host.world.files.values():
            if file.account_id == account.id:
                file.expires_at -= seconds
        for kept in self._platform.shelf("tokens").get(account.credentials["app_id"], {}).values():
            kept["expires_at"] -= seconds
        for code in self._platform.shelf("codes").values():
            if code["account"] == account.id and code["ends_at"]:
                code["ends_at"] -= seconds
        self._log.age(account, seconds)

    def _set_duty(self, account: Account, userid: str, status: int) -> None:
        """A colleague begins (1) or ends (2) work."""
        for one in account.settings["servicers"]:
            if one["userid"] == userid:
                one["status"] = 0 if status == 1 else 1
        self._log.event(account, "servicer_status_change", {"servicer_userid": userid, "status": status})

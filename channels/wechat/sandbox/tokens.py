"""Access tokens: the classic kind that ends the one before, the stable kind that stays, and WeCom's.

Source: https://developers.weixin.qq.com/doc/service/api/base/api_getaccesstoken.html, …/api_getstableaccesstoken.html and
https://developer.work.weixin.qq.com/document/path/91039 (2026).
"""

from __future__ import annotations

from channels.sandbox.world import Account
from channels.wechat.sandbox.errors import WeChatError
from channels.wechat.sandbox.platform import Json, Platform, opaque

LIVES_S = 7200
OVERLAP_S = 300
"""After a new token the one before serves this long, and a stable one is renewed this early."""
FORCED_MOST, FORCED_APART_S = 20, 30
CLASSIC_MOST = 2000


class Tokens:
    """The tokens of every app, by kind. `settings.token_lives_s` and `settings.token_overlap_s` shorten their lives."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def classic(self, account: Account) -> Json:
        """Give out a new token; the one before ends after the overlap."""
        if self._platform.count(account, "token") > CLASSIC_MOST:
            raise WeChatError(45009)
        return self._shown(account, self._renew(account, "classic", overlap_s=self._overlap_s(account)))

    def stable(self, account: Account, *, force: bool) -> Json:
        """Give out the token that is, in its last minutes a new one; forced, end it at once."""
        now, kept = self._now, self._shelf(account, "stable")
        if force:
            too_soon = now - kept.get("forced_at", 0) < FORCED_APART_S
            if not too_soon and self._platform.count(account, "forced") <= FORCED_MOST:
                kept["forced_at"] = now
                return self._shown(account, self._renew(account, "stable", overlap_s=0))
        if kept.get("expires_at", 0) - now <= self._overlap_s(account):
            self._renew(account, "stable", overlap_s=self._overlap_s(account))
        return self._shown(account, kept)

    def wecom(self, account: Account) -> Json:
        """Give out the token that is, or a new one when it has ended."""
        kept = self._shelf(account, "wecom")
        if kept.get("expires_at", 0) <= self._now:
            self._renew(account, "wecom", overlap_s=0)
        return {"errcode": 0, "errmsg": "ok", **self._shown(account, kept)}

    def force(self, account: Account) -> None:
        """Somebody else asks for a new token: ours ends now."""
        for kind in self._kinds(account):
            self._renew(account, kind, overlap_s=0)

    def expire(self, account: Account) -> None:
        """Let the tokens be as old as they may get, and older."""
        for kind in self._kinds(account):
            self._shelf(account, kind)["expires_at"] = self._now

    def owner(self, token: str) -> list[Account]:
        """Return the accounts of the app that a token belongs to. Raises WeChatError 40001, 42001."""
        if not token:
            raise WeChatError(41001)
        for app_id, kinds in self._platform.shelf("tokens").items():
            for kept in kinds.values():
                if token == kept.get("token"):
                    if kept["expires_at"] <= self._now:
                        raise WeChatError(42001)
                    return self._platform.of_app(app_id)
                if token == kept.get("before") and kept["before_until"] > self._now:
                    return self._platform.of_app(app_id)
        raise WeChatError(40001)

    @property
    def _now(self) -> float:
        return self._platform.host.now()

    def _kinds(self, account: Account) -> list[str]:
        return list(self._platform.shelf("tokens").get(account.credentials["app_id"], {}))

    def _shelf(self, account: Account, kind: str) -> Json:
        kinds = self._platform.shelf("tokens").setdefault(account.credentials["app_id"], {})
        kept: Json = kinds.setdefault(kind, {})
        return kept

    def _renew(self, account: Account, kind: str, *, overlap_s: float) -> Json:
        kept = self._shelf(account, kind)
        kept["before"], kept["before_until"] = kept.get("token", ""), self._now + overlap_s
        kept["token"] = f"97_{opaque(130)}"
        kept["expires_at"] = self._now + account.settings.get("token_lives_s", LIVES_S)
        self._platform.host.store.touch()
        return kept

    def _shown(self, account: Account, kept: Json) -> Json:
        return {"access_token": kept["token"], "expires_in": max(0, round(kept["expires_at"] - self._now))}

    def _overlap_s(self, account: Account) -> float:
        return float(account.settings.get("token_overlap_s", OVERLAP_S))

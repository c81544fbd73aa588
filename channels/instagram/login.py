"""Which of its two products an Instagram account is connected by: they differ in host, token and address.

Source: https://developers.facebook.com/docs/instagram-platform/overview (2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from channels.contract import Account
from channels.kit.graph import FACEBOOK as FACEBOOK_HOST
from channels.kit.tolerant import identifier

Login = Literal["facebook", "instagram"]
FACEBOOK: Login = "facebook"
INSTAGRAM: Login = "instagram"
_INSTAGRAM_HOST = "https://graph.instagram.com"


def login_of(account: Account) -> Login:
    return _login(account.settings)


def base_url(settings: Mapping[str, Any]) -> str:
    return _INSTAGRAM_HOST if _login(settings) == INSTAGRAM else FACEBOOK_HOST


def node_of(account: Account) -> str:
    """Return whose `/messages` is called: the account, or the Page linked to it, whose token names it when the settings do not."""
    if login_of(account) == INSTAGRAM:
        return account.external_id
    return identifier(account.settings.get("page_id")) or "me"


def _login(settings: Mapping[str, Any]) -> Login:
    return INSTAGRAM if settings.get("login") == INSTAGRAM else FACEBOOK

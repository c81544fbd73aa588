"""Tell the two things apart that are called WeChat here: an Official Account, and WeCom's customer service ("kf")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OFFICIAL_ACCOUNT, KF = "official_account", "kf"
FLAVOURS = (OFFICIAL_ACCOUNT, KF)
HOSTS = {OFFICIAL_ACCOUNT: "https://api.weixin.qq.com", KF: "https://qyapi.weixin.qq.com"}


def flavour_of(settings: Mapping[str, Any]) -> str:
    wanted = settings.get("flavour")
    return KF if wanted == KF else OFFICIAL_ACCOUNT


def is_kf(settings: Mapping[str, Any]) -> bool:
    return flavour_of(settings) == KF

"""What the rest of the app may read about WeChat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels.contract import Account, PlatformObject
from channels.wechat import ADAPTER, WeChat

OFFICIAL = Account("gh_fake00000001", ADAPTER.base_url({}))
KF = Account("wkFAKE", ADAPTER.base_url({"flavour": "kf"}), {"flavour": "kf"})


@pytest.mark.parametrize("account", [OFFICIAL, KF], ids=["official account", "kf"])
def test_every_number_has_a_source(account: Account) -> None:
    known = ADAPTER.capabilities(account)
    sourced = [known.text, known.pace, known.buttons, *known.media.values(), *known.windows]
    sourced += [known.bulk] if known.bulk else []
    assert all(part and part.source.startswith("https://") for part in sourced)


def windows(account: Account) -> dict[str, tuple[int, int | None]]:
    return {one.opened_by[0]: (one.lasts_s, one.quota) for one in ADAPTER.capabilities(account).windows}


def test_each_act_of_the_customer_opens_its_own_window() -> None:
    assert windows(OFFICIAL) == {
        "message": (172_800, 5),
        "menu_click": (60, 3),
        "follow": (60, 3),
        "scan": (60, 3),
        "welcome": (60, 2),
    }
    assert windows(KF) == {"message": (172_800, 5), "welcome": (20, 1)}


SETTINGS: list[tuple[dict[str, Any], int, float]] = [
    ({}, 5, 50),
    ({"messages_per_window": 20, "max_per_second": 5}, 20, 5),
    ({"messages_per_window": "20", "max_per_second": "2.5"}, 20, 2.5),
    ({"messages_per_window": 0, "max_per_second": 0}, 5, 50),
    ({"messages_per_window": -1, "max_per_second": -1}, 5, 50),
    ({"messages_per_window": "many", "max_per_second": 5000}, 5, 50),
]


@pytest.mark.parametrize(("settings", "quota", "per_second"), SETTINGS)
def test_quota_and_pace_are_the_accounts_own(settings: dict[str, Any], quota: int, per_second: float) -> None:
    known = ADAPTER.capabilities(replace(OFFICIAL, settings=settings))
    quotas = {window.kind: window.quota for window in known.windows}
    assert (quotas["service"], known.pace.per_second) == (quota, per_second)
    assert quotas["menu"] == 3


def test_only_what_has_a_key_is_sent_again() -> None:
    assert not ADAPTER.capabilities(OFFICIAL).idempotent_send
    assert ADAPTER.capabilities(KF).idempotent_send


def test_unionids_belong_to_the_open_platform() -> None:
    assert ADAPTER.platform_object(OFFICIAL, {"open_platform_id": "op-1"}) == PlatformObject("open_platform", "op-1")
    assert ADAPTER.platform_object(OFFICIAL, {}) is None
    assert not [field for field in ADAPTER.credential_fields if field.shared]


def test_each_flavour_lives_on_its_own_host() -> None:
    assert WeChat().base_url({}) == "https://api.weixin.qq.com"
    assert WeChat().base_url({"flavour": "kf"}) == "https://qyapi.weixin.qq.com"
    assert WeChat().base_url({"flavour": ["kf"]}) == "https://api.weixin.qq.com"

"""What a person may set about a web chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels.contract import Account
from channels.webchat import ADAPTER
from channels.webchat.settings import in_language, is_open, wrong_settings

WORKING = {"hours": ["mon-fri 09:00-18:00", "Sat 10:00–14:00", "sun-mon 23:00-24:00"], "time_zone": "Asia/Hong_Kong"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("allowed_origins", ["https://shop.example.com/"]),
        ("allowed_origins", ["shop.example.com"]),
        ("allowed_origins", ["*"]),
        ("allowed_origins", ["https://user@shop.example.com"]),
        ("hours", ["mon-fri 18:00-09:00"]),
        ("hours", ["someday 09:00-18:00"]),
        ("hours", ["mon 25:00-26:00"]),
        ("time_zone", "Mars/Olympus"),
        ("whatsapp_number", "9123 4567"),
        ("consent_url", "javascript:alert(1)"),
    ],
)
def test_what_cannot_be(name: str, wrong: Any) -> None:
    assert list(wrong_settings({name: wrong})) == [name]


def test_what_can_be() -> None:
    good = {"allowed_origins": ["https://shop.example.com", "http://localhost:3000"], "whatsapp_number": "+85291234567"}
    assert wrong_settings(WORKING | good | {"consent_url": ""}) == {}


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-01-02 09:00", True),  # a Friday
        ("2026-01-02 08:59", False),
        ("2026-01-02 18:00", False),
        ("2026-01-03 11:00", True),
        ("2026-01-03 15:00", False),
        ("2026-01-04 23:59", True),
        ("2026-01-05 23:30", True),
        ("2026-01-06 23:30", False),
    ],
)
def test_hours_are_those_of_the_shops_place(at: str, open_: bool) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Hong_Kong"))
    assert is_open(WORKING, moment.astimezone(ZoneInfo("UTC")), "Europe/Lisbon") is open_


def test_without_hours_it_is_always_open() -> None:
    assert is_open({}, datetime(2026, 1, 2, tzinfo=ZoneInfo("UTC")), "UTC")


def test_a_text_is_in_the_nearest_language() -> None:
    said = {"greeting_en": "Hello", "greeting_zh_hans": "你好"}
    assert [in_language(said, "greeting", one) for one in ("en", "zh-Hant", "zh-Hans")] == ["Hello", "你好", "你好"]
    assert in_language({}, "greeting", "en") == ""


@pytest.mark.parametrize(("wanted", "pace"), [(None, 200), (5, 5), (5000, 200), ("fast", 200)])
def test_an_account_has_its_own_pace(wanted: Any, pace: float) -> None:
    account = Account("1", "hosted:", {"max_per_second": wanted})
    assert ADAPTER.capabilities(account).pace.per_second == pace

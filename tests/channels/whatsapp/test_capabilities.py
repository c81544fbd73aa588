"""What the rest of the app may read about WhatsApp."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import Account, PlatformObject
from channels.whatsapp import ADAPTER

ACCOUNT = Account("700100200300400", ADAPTER.base_url({}))


def test_every_number_has_a_source() -> None:
    known = ADAPTER.capabilities(ACCOUNT)
    sourced = (known.text, known.pace, known.buttons, known.list, *known.media.values(), *known.windows)
    assert all(part and part.source.startswith("https://") for part in sourced)


PACES: list[tuple[object, float]] = [(None, 80), (20, 20), ("250", 250), (0, 80), (-1, 80), (5000, 80), ("fast", 80)]


@pytest.mark.parametrize(("setting", "per_second"), PACES)
def test_the_pace_is_the_accounts_own(setting: object, per_second: float) -> None:
    pace = ADAPTER.capabilities(replace(ACCOUNT, settings={"max_per_second": setting})).pace
    assert (pace.per_second, pace.pair_burst) == (per_second, 45)


def test_secrets_belong_to_the_waba() -> None:
    assert ADAPTER.platform_object(ACCOUNT, {"waba_id": "900100200300400"}) == PlatformObject("waba", "900100200300400")
    assert ADAPTER.platform_object(ACCOUNT, {}) is None
    assert {field.name for field in ADAPTER.credential_fields if field.shared} == {
        "access_token",
        "app_secret",
        "waba_id",
    }

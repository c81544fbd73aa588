"""What the rest of the app may read about Instagram."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import Account
from channels.instagram import ADAPTER
from channels.instagram.outbound import KINDS
from channels.kit.graph_errors import UNCONFIRMED
from channels.kit.text import length, split

ACCOUNT = Account("17840000000000001", ADAPTER.base_url({}))
BY_INSTAGRAM = replace(ACCOUNT, settings={"login": "instagram"})


def test_every_number_has_a_source_or_says_that_nobody_confirms_it() -> None:
    known = ADAPTER.capabilities(ACCOUNT)
    assert known.buttons
    assert known.cards
    sources = [known.text.source, known.pace.source, known.buttons.source, known.cards.source]
    sources += [rule.source for rule in known.media.values()] + [window.source for window in known.windows]
    assert all(source.startswith("https://") or source == UNCONFIRMED for source in sources)
    assert set(known.media) < KINDS


def test_a_text_is_counted_in_bytes() -> None:
    limit = ADAPTER.capabilities(ACCOUNT).text
    said = "多少錢?👨‍👩‍👧 " * 60
    parts = split(said, limit)
    assert "".join(parts) == said
    assert [length(part, "utf8_bytes") <= 1000 for part in parts] == [True] * len(parts)
    assert len(said) < 1000 < length(said, "utf8_bytes")


def test_only_a_token_of_instagram_login_has_to_be_renewed() -> None:
    lifetimes = [ADAPTER.capabilities(each).token_lifetime_s for each in (ACCOUNT, BY_INSTAGRAM)]
    assert lifetimes == [None, 60 * 86_400]


PACES: list[tuple[object, float]] = [(None, 20), (300, 300), ("100", 100), (0, 20), (301, 20), ("fast", 20)]


@pytest.mark.parametrize(("setting", "per_second"), PACES)
def test_the_pace_is_the_accounts_own(setting: object, per_second: float) -> None:
    settings = {"max_per_second": setting, "login": "instagram"}
    known = ADAPTER.capabilities(replace(ACCOUNT, settings=settings))
    assert (known.pace.per_second, known.token_lifetime_s) == (per_second, 60 * 86_400)

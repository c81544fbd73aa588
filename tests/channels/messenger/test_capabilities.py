"""What the rest of the app may read about Messenger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import Account, PlatformObject
from channels.kit.graph_errors import UNCONFIRMED
from channels.messenger import ADAPTER
from channels.messenger.outbound import KINDS

ACCOUNT = Account("300100200300", ADAPTER.base_url({}))


def test_every_number_has_a_source_or_says_that_nobody_confirms_it() -> None:
    known = ADAPTER.capabilities(ACCOUNT)
    assert known.buttons
    assert known.cards
    sources = [known.text.source, known.pace.source, known.buttons.source, known.cards.source]
    sources += [rule.source for rule in known.media.values()] + [window.source for window in known.windows]
    assert all(source.startswith("https://") or source == UNCONFIRMED for source in sources)
    assert all(window.source.startswith("https://") for window in known.windows)


def test_every_kind_of_file_can_be_sent_and_none_takes_words() -> None:
    known = ADAPTER.capabilities(ACCOUNT)
    assert set(known.media) < KINDS
    assert not any(rule.caption for rule in known.media.values())


def test_windows_are_used_in_the_order_that_costs_least() -> None:
    windows = ADAPTER.capabilities(ACCOUNT).windows
    assert [(window.kind, window.lasts_s, window.quota, window.by) for window in windows] == [
        ("standard", 86_400, None, "anybody"),
        ("human_agent", 7 * 86_400, None, "agent"),
        ("private_reply", 7 * 86_400, 1, "anybody"),
    ]


PACES: list[tuple[object, float]] = [(None, 40), (300, 300), ("20", 20), (0, 40), (301, 40), ("fast", 40)]


@pytest.mark.parametrize(("setting", "per_second"), PACES)
def test_the_pace_is_the_pages_own(setting: object, per_second: float) -> None:
    pace = ADAPTER.capabilities(replace(ACCOUNT, settings={"max_per_second": setting})).pace
    assert (pace.per_second, pace.by_kind) == (per_second, {"audio": 10.0, "video": 10.0})


def test_templates_belong_to_the_page() -> None:
    assert ADAPTER.platform_object(ACCOUNT, {}) == PlatformObject("page", "300100200300")

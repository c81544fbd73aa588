"""One running `hawker up --demo` for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.shop import Number, Shop
from tests.running import Up, free_ports


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    up = Up(tmp_path_factory.mktemp("acceptance") / "data", free_ports(), "--demo")
    try:
        up.wait_ready()
        shop = Shop(up)
        yield shop
        shop.close()
    finally:
        up.end()


@pytest.fixture(scope="module")
def number(shop: Shop, request: pytest.FixtureRequest) -> Number:
    """A WhatsApp number that only the tests of this module use."""
    return shop.open_number(request.module.__name__.rpartition(".")[2])

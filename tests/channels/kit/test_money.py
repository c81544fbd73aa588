"""Decimal prices become exact minor units."""

import pytest

from channels.kit.money import minor_units

CASES: list[tuple[object, str, int | None]] = [
    (19.9, "EUR", 1990),
    (0.29, "EUR", 29),
    (1.005, "EUR", 101),
    ("19.90", "HKD", 1990),
    (1980, "JPY", 1980),
    (1.255, "KWD", 1255),
    (0, "EUR", 0),
    (92233720368547758.07, "EUR", None),
    (10**4000, "EUR", None),
    (-1, "EUR", None),
    (True, "EUR", None),
    (None, "EUR", None),
    ("", "EUR", None),
    ("1e999999999", "EUR", None),
    ("nan", "EUR", None),
    ("sNaN", "EUR", None),
    (float("inf"), "EUR", None),
    ([], "EUR", None),
]


@pytest.mark.parametrize(("amount", "currency", "expected"), CASES)
def test_minor_units(amount: object, currency: str, expected: int | None) -> None:
    assert minor_units(amount, currency) == expected

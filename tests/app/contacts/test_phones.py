"""One telephone, one number: the countries whose numbers platforms spell in two ways."""

from __future__ import annotations

import pytest

from app.contacts.phones import current_spelling, phone_e164, spellings
from app.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("9123 4567", "HK", "+85291234567"),
        ("+852-9123-4567", "TW", "+85291234567"),
        ("0912 345 678", "TW", "+886912345678"),
        ("+52 1 55 1234 5678", "HK", "+525512345678"),
        ("+52 55 1234 5678", "HK", "+525512345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("+54 9 11 2345-6789", "HK", "+5491123456789"),
        ("11 2345-6789", "AR", "+541123456789"),
        ("(11) 8765-4321", "BR", "+5511987654321"),
        ("+55 11 98765-4321", "HK", "+5511987654321"),
        ("+55 11 3265-4321", "HK", "+551132654321"),
    ],
)
def test_a_number_is_stored_as_it_is_dialled_today(typed: str, region: str, stored: str) -> None:
    assert phone_e164(typed, region) == stored


@pytest.mark.parametrize("typed", ["12", "call me", "+999", "+52 1 55 12", ""])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(Invalid):
        phone_e164(typed, "HK")


@pytest.mark.parametrize(
    ("wa_id", "dialled"),
    [
        ("+5215512345678", "+525512345678"),
        ("+551187654321", "+5511987654321"),
        ("+5491123456789", "+541123456789"),
    ],
    ids=["Mexico's 1", "Brazil's ninth digit", "Argentina's 9"],
)
def test_both_spellings_name_one_telephone(wa_id: str, dialled: str) -> None:
    assert set(spellings(wa_id)) == set(spellings(dialled)) == {wa_id, dialled}
    assert current_spelling(wa_id) in (wa_id, dialled)


@pytest.mark.parametrize(
    "number", ["+85291234567", "+551132654321", "+5255123456", "+5212345", "+54112345", "+12025550123"]
)
def test_other_numbers_have_one_spelling(number: str) -> None:
    assert spellings(number) == (number,)

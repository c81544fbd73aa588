"""Phone numbers in E.164, and the countries where one telephone has two spellings.

WhatsApp's ids are not always what is dialled: numbers of Mexico may keep the 1 that was dropped in 2019, older ones of Brazil
lack the ninth digit of mobile numbers, and Argentina writes a 9 before the area code of a mobile only when it is called from
abroad (protocol notes on `wa_id`).
"""

from __future__ import annotations

import re

import phonenumbers

from app.errors import Invalid

_MEXICO = re.compile(r"\+521(\d{10})")
_BRAZIL_SHORT = re.compile(r"\+55(\d{2})([6-9]\d{7})")
_BRAZIL_LONG = re.compile(r"\+55(\d{2})9([6-9]\d{7})")
_ARGENTINA_MOBILE = re.compile(r"\+549(\d{10})")
_ARGENTINA_PLAIN = re.compile(r"\+54([1-8]\d{9})")


def phone_e164(text: str, region: str) -> str:
    """Return a phone number, as people write it, as it is stored. Raises Invalid for one that cannot exist."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise _impossible() from None
    e164 = current_spelling(str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)))
    if not phonenumbers.is_possible_number(phonenumbers.parse(e164)):
        raise _impossible()
    return e164


def _impossible() -> Invalid:
    return Invalid("Write another phone number.", fields={"phone": "with country code, such as +852 9123 4567"})


def current_spelling(e164: str) -> str:
    """Return a number as it is dialled today: Mexico without the 1, mobile numbers of Brazil with the ninth digit."""
    if mexico := _MEXICO.fullmatch(e164):
        return f"+52{mexico[1]}"
    if brazil := _BRAZIL_SHORT.fullmatch(e164):
        return f"+55{brazil[1]}9{brazil[2]}"
    return e164


def spellings(e164: str) -> tuple[str, ...]:
    """Return every form in which the same telephone may be stored or named by a platform, the current one first.

    A number of Argentina with the 9 and one without are taken for the same telephone: nothing in the digits tells a fixed line.
    """
    now = current_spelling(e164)
    if now.startswith("+52") and len(now) == 13:
        return now, f"+521{now[3:]}"
    if brazil := _BRAZIL_LONG.fullmatch(now):
        return now, f"+55{brazil[1]}{brazil[2]}"
    if mobile := _ARGENTINA_MOBILE.fullmatch(now):
        return now, f"+54{mobile[1]}"
    if plain := _ARGENTINA_PLAIN.fullmatch(now):
        return now, f"+549{plain[1]}"
    return (now,)

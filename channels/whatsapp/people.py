"""Say who a payload speaks of: by BSUID first, then by phone, since a user with a username may hide the phone.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids (read 18 Feb 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from channels.contract import Json, Key, Person
from channels.kit.tolerant import identifier, obj, objects, text

_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,128}")
_NO_DIGIT = re.compile(r"[^0-9]")
_LONGEST_PHONE = 20

Contacts = Mapping[str, Json]
"""The `contacts[]` of one payload value, by `wa_id` and by `user_id`: they are not index-aligned with its messages."""


def contacts_by_key(value: Json) -> Contacts:
    """Index `contacts[]`, e.g. `{"profile": {"name": "Ana", "username": "@ana"}, "wa_id": "351900000001", "user_id": "PT.9021"}`."""
    contacts = value.get("contacts")
    if contacts is None:
        return {}
    return {key: contact for contact in objects(contacts) for key in _names(contact) if key}


def person(
    contacts: Contacts,
    *,
    phone: object = None,
    user_id: object = None,
    parent_ids: Iterable[object] = (),
    name: str = "",
) -> Person | None:
    """Return the person with these ids and what `contacts` adds to them; None when nothing names anybody."""
    bsuid, digits = identifier(user_id), phone_digits(phone)
    if not bsuid and isinstance(phone, str) and _BSUID.fullmatch(phone):
        bsuid, digits = phone, ""
    contact = contacts.get(bsuid) or contacts.get(digits) or _only(contacts, bsuid, digits)
    if contact:
        bsuid = bsuid or identifier(contact.get("user_id"))
        digits = digits or phone_digits(contact.get("wa_id"))
        parent_ids = (*parent_ids, contact.get("parent_user_id"))
    keys = _keys(bsuid, digits, next((found for parent in parent_ids if (found := identifier(parent))), ""))
    if not keys:
        return None
    if not contact:
        return Person(keys, name, country=_country({}, bsuid))
    profile = obj(contact.get("profile"))
    return Person(
        keys,
        text(profile.get("name")) or name,
        username=text(profile.get("username")).removeprefix("@"),
        country=_country(contact, bsuid),
    )


def phone_digits(value: object) -> str:
    """Return E.164 digits without +; "" for what is no phone number."""
    if not isinstance(value, str):
        value = text(value)
    if not (value.isascii() and value.isdigit()):
        if any(char.isalpha() for char in value):
            return ""
        value = _NO_DIGIT.sub("", value)
    return value if len(value) <= _LONGEST_PHONE else ""


def _names(contact: Json) -> tuple[str, str]:
    return phone_digits(contact.get("wa_id")), identifier(contact.get("user_id"))


def _only(contacts: Contacts, bsuid: str, digits: str) -> Json:
    """Return the one contact of a payload whose message names nobody."""
    if bsuid or digits or not contacts:
        return {}
    first, *others = contacts.values()
    return first if all(other is first for other in others) else {}


def _keys(bsuid: str, digits: str, parent: str) -> tuple[Key, ...]:
    found: list[Key] = []
    if bsuid:
        found.append(Key("portfolio", "bsuid", bsuid))
    if digits:
        found.append(Key("world", "phone", digits))
    if parent:
        found.append(Key("portfolio", "parent_bsuid", parent))
    return tuple(found)


def _country(contact: Json, bsuid: str) -> str:
    """Return an ISO country code: every BSUID starts with the one of the user's phone number."""
    return text(contact.get("country_code")) or (bsuid[:2] if _BSUID.fullmatch(bsuid) else "")

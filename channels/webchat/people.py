"""Who a visitor is, in the keys that the app joins people by."""

from __future__ import annotations

from hashlib import blake2b

from channels.contract import Json, Key, Person
from channels.hosting import Visitor
from channels.kit.tolerant import identifier, obj, text

LONGEST_NAME = 200


def told(visitor: Visitor) -> Json:
    """Return a visitor as deliveries name them. A phone number is only told where the shop vouches for it."""
    said = {
        "visitor": visitor.name,
        "user": visitor.user,
        "name": visitor.facts.get("name") or nickname(visitor.name),
        "language": visitor.language,
        "phone": visitor.facts.get("phone", "") if "phone" in visitor.proven else "",
    }
    return {name: value for name, value in said.items() if value}


def nickname(visitor: str) -> str:
    """Return what an agent calls somebody who has told no name, the same each time: Visitor 4410."""
    return f"Visitor {int.from_bytes(blake2b(visitor.encode(), digest_size=4).digest()) % 9000 + 1000}"


def person_of(said: object) -> Person | None:
    """Return the person of a delivery, or None when nobody is named.

    Somebody whom the shop proved has one identity on all devices; the browser's random name was joined with it when they logged in.
    """
    fields = obj(said)
    user, visitor = identifier(fields.get("user")), identifier(fields.get("visitor"))
    own = Key("account", "shop_user", user) if user else Key("account", "visitor", visitor) if visitor else None
    if own is None:
        return None
    digits = text(fields.get("phone")).removeprefix("+")
    phone = (Key("world", "phone", digits),) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else ()
    return Person(
        (own, *phone), name=text(fields.get("name"))[:LONGEST_NAME], language=text(fields.get("language"))[:20]
    )


def visitor_of(said: object) -> Person | None:
    """Return the browser that a delivery names, whoever sits before it."""
    visitor = identifier(obj(said).get("visitor"))
    return Person((Key("account", "visitor", visitor),)) if visitor else None

"""Read the lines of an order that a customer put together in a chat."""

from __future__ import annotations

from collections.abc import Sequence

from channels.contract import Json
from channels.kit.money import minor_units
from channels.kit.tolerant import integer, text

_MOST_UNITS = 999_999


def order_line(*, product_id: str, quantity: object, price: object, currency: object) -> Json:
    """Return one line; a quantity or decimal price that cannot be read is None."""
    code, units = text(currency).upper(), integer(quantity)
    amount_minor = minor_units(price, code)
    return {
        "product_id": product_id,
        "quantity": units if units and 0 < units <= _MOST_UNITS else None,
        "price": None if amount_minor is None else {"amount_minor": amount_minor, "currency": code},
    }


def order_content(catalog_id: str, lines: Sequence[Json]) -> Json:
    """Return an order's content; the total is None when a line is unreadable or the currencies differ."""
    return {"catalog_id": catalog_id, "items": list(lines), "total": _total(lines)}


def _total(lines: Sequence[Json]) -> Json | None:
    if any(line["quantity"] is None or line["price"] is None for line in lines):
        return None
    currencies = {line["price"]["currency"] for line in lines}
    total = sum(line["quantity"] * line["price"]["amount_minor"] for line in lines)
    return {"amount_minor": total, "currency": currencies.pop()} if len(currencies) == 1 and total < 2**63 else None

"""Contacts as CSV, with the columns that an import takes back."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

from app.contacts.queries import Filter, list_contacts
from app.runtime import Runtime

Json = dict[str, Any]
PAGE = 200
COLUMNS = ("name", "phone", "email", "language", "tags", "birthday", "gender", "consent", "identities")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"
"""Excel reads a file without it in the code page of its country."""


async def export_contacts(runtime: Runtime, wanted: Filter) -> AsyncIterator[str]:
    """Yield the file piece by piece: a head, then a line for each contact, by name."""
    yield _BOM + _line(COLUMNS)
    cursor: str | None = None
    while True:
        async with runtime.database.begin() as uow:
            page = await list_contacts(uow.conn, wanted, limit=PAGE, cursor=cursor)
        yield "".join(_line(_row(contact)) for contact in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _row(contact: Json) -> list[str]:
    plain = {name: contact[name] or "" for name in ("name", "phone", "email", "language", "birthday", "gender")}
    many = {
        "tags": [tag["name"] for tag in contact["tags"]],
        "consent": [purpose for purpose, given in sorted(contact["consent"].items()) if given["granted"]],
        "identities": [f"{one['channel']}:{one['external_id']}" for one in contact["identities"]],
    }
    values = plain | {name: "; ".join(found) for name, found in many.items()}
    return [values[name] if name == "phone" else _harmless(values[name]) for name in COLUMNS]


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: people choose their own names."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(values: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()

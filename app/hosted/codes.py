"""The codes of a hand-over: made, found in a text, and claimed by who wrote them.

A code is 16 letters and digits in fours: 8 random ones by which it is found, 8 that only this server could have added. So a text
is looked through without the database, and guessing one needs both.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from uuid import UUID

from app.db import UnitOfWork
from app.secrets import Vault

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 of them, without those that are taken for one another."""
_HALF = 8
_CODE = re.compile(rf"(?<![A-Z0-9-])((?:[{LETTERS}]{{4}}-){{3}}[{LETTERS}]{{4}})(?![A-Z0-9-])")


def new_code(vault: Vault) -> tuple[str, str]:
    """Return the part by which a new code is found, and the whole code as people write it."""
    found = "".join(secrets.choice(LETTERS) for _ in range(_HALF))
    return found, written(found + _proof(vault, found))


def written(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def codes_in(vault: Vault, text: str) -> list[str]:
    """Return the parts by which the rightly signed codes of a text are found."""
    if "-" not in text:
        return []
    codes = [found.replace("-", "") for found in _CODE.findall(text.upper())]
    return [code[:_HALF] for code in codes if secrets.compare_digest(code[_HALF:], _proof(vault, code[:_HALF]))]


def _proof(vault: Vault, found: str) -> str:
    digest = hashlib.sha256(vault.sign(f"hand over {found}").encode()).digest()
    return "".join(LETTERS[byte % 32] for byte in digest[:_HALF])


_CLAIM = """
UPDATE hand_over_code h SET claimed_by_id = w.identity_id, claimed_at = now()
FROM unnest($1::text[], $2::uuid[]) AS w(code, identity_id)
WHERE h.code = w.code AND h.claimed_at IS NULL AND h.expires_at > now() RETURNING h.code
"""


async def claim_codes(uow: UnitOfWork, said: Mapping[str, UUID]) -> None:
    """Note who wrote which code: with the message that has it, or not at all. The first one counts."""
    codes = sorted(said)
    for row in await uow.conn.fetch(_CLAIM, codes, [said[code] for code in codes]):
        uow.enqueue("settle_hand_over", row["code"])

"""Going on elsewhere: a visitor is given a signed code, and whoever writes it on another channel is the same person.

A code is 16 letters and digits in fours: 8 random ones by which it is found, 8 that only this server could have added. So a text
is looked through without the database, and guessing one needs both.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

import structlog

from app.contacts.service import join_identities
from app.db import UnitOfWork
from app.runtime import Runtime
from app.secrets import Vault
from channels.hosting import HandOver, Visitor

VALID = timedelta(days=2)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 of them, without those that are taken for one another."""
_HALF = 8
_CODE = re.compile(rf"(?<![A-Z0-9-])((?:[{LETTERS}]{{4}}-){{3}}[{LETTERS}]{{4}})(?![A-Z0-9-])")
_SETTLE_MOST = 100
_log = structlog.get_logger()


async def offer(runtime: Runtime, visitor: Visitor, *, number: str, words: str) -> HandOver:
    """Make a code for a visitor, and the address of WhatsApp that begins a chat with it, also as a QR code's outline."""
    found = "".join(secrets.choice(LETTERS) for _ in range(_HALF))
    async with runtime.database.begin_lean() as uow:
        await uow.conn.execute(
            "INSERT INTO hand_over_code (code, session_id, expires_at) VALUES ($1, $2, $3)",
            found,
            UUID(visitor.session_id),
            datetime.now(UTC) + VALID,
        )
    code = written(found + _proof(runtime.vault, found))
    url = f"https://wa.me/{number.removeprefix('+')}?text={quote(words.replace('{code}', code))}"
    path, size = _outline(url)
    return HandOver(code, url, path, size)


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


def _outline(url: str) -> tuple[str, int]:
    """Return a QR code as an SVG path of its dark squares, and its width with the quiet edge."""
    import segno  # only the few who go on elsewhere need it

    edge = 2
    rows = list(segno.make_qr(url, error="m").matrix)
    runs = [f"M{x + edge} {y + edge}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return "".join(runs), len(rows) + 2 * edge


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


_CLAIMED = """
SELECT h.code, h.claimed_by_id, s.channel_account_id, s.visitor, s.user_id
FROM hand_over_code h JOIN visitor_session s ON s.id = h.session_id
WHERE h.code = $1 AND h.claimed_at IS NOT NULL AND h.settled_at IS NULL FOR UPDATE OF h
"""
_IDENTITY = """
SELECT identity_id FROM identity_key WHERE channel_account_id = $1 AND scope = $1::text
    AND (kind, value) IN (('shop_user', $2), ('visitor', $3)) ORDER BY kind LIMIT 1
"""


async def settle(runtime: Runtime, code: str) -> None:
    """Join who was given a code with who wrote it. A visitor who has not written yet is nobody to join."""
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_CLAIMED, code)
        if row is None:
            return
        visitor = await uow.conn.fetchval(_IDENTITY, row["channel_account_id"], row["user_id"], row["visitor"])
        if visitor is not None:
            await join_identities(uow, visitor, row["claimed_by_id"], reason="hand_over")
        await uow.conn.execute("UPDATE hand_over_code SET settled_at = now() WHERE code = $1", code)
    _log.info("hand_over_settled", joined=visitor is not None)


async def sweep(runtime: Runtime) -> None:
    """Wake what lost hints left."""
    async with runtime.database.begin() as uow:
        rows: Sequence[Mapping[str, str]] = await uow.conn.fetch(
            "SELECT code FROM hand_over_code WHERE claimed_at IS NOT NULL AND settled_at IS NULL LIMIT $1", _SETTLE_MOST
        )
        for row in rows:
            uow.enqueue("settle_hand_over", row["code"])

"""Going on elsewhere: a visitor is given a signed code, and whoever writes it on another channel is the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

import structlog

from app.contacts.service import join_identities
from app.hosted.codes import new_code
from app.runtime import Runtime
from channels.hosting import HandOver, Visitor

VALID = timedelta(days=2)
_SETTLE_MOST = 100
_log = structlog.get_logger()


async def offer(runtime: Runtime, visitor: Visitor, *, number: str, words: str) -> HandOver:
    """Make a code for a visitor, and the address of WhatsApp that begins a chat with it, also as a QR code's outline."""
    found, code = new_code(runtime.vault)
    async with runtime.database.begin_lean() as uow:
        await uow.conn.execute(
            "INSERT INTO hand_over_code (code, session_id, expires_at) VALUES ($1, $2, $3)",
            found,
            UUID(visitor.session_id),
            datetime.now(UTC) + VALID,
        )
    url = f"https://wa.me/{number.removeprefix('+')}?text={quote(words.replace('{code}', code))}"
    path, size = _outline(url)
    return HandOver(code, url, path, size)


def _outline(url: str) -> tuple[str, int]:
    """Return a QR code as an SVG path of its dark squares, and its width with the quiet edge."""
    import segno  # only the few who go on elsewhere need it

    edge = 2
    rows = list(segno.make_qr(url, error="m").matrix)
    runs = [f"M{x + edge} {y + edge}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return "".join(runs), len(rows) + 2 * edge


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

"""Keep what nobody knows."""

from __future__ import annotations

from datetime import datetime

from channels.contract import Unrecognised
from channels.kit.events import event_key
from channels.kit.tolerant import kept


def unrecognised(field: str, raw: object, account: str, occurred_at: datetime) -> Unrecognised:
    """Return a part of a payload as it came."""
    safe = kept(raw)
    return Unrecognised(
        account=account, occurred_at=occurred_at, event_key=event_key(account, field, safe), field=field, raw=safe
    )

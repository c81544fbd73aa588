"""One event of an Official Account as it came, with what every reader of it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.contract import Json, Person
from channels.kit.events import event_key
from channels.kit.tolerant import kept, text
from channels.wechat.people import person


@dataclass(frozen=True, slots=True)
class Push:
    """One event as it came, with what every reader of it needs."""

    name: str
    payload: Json
    account: str
    occurred_at: datetime

    def text(self, field: str) -> str:
        return text(self.payload.get(field))

    def key(self, part: str) -> str:
        """Return what names this event: its whole content, since it has no id and the platform repeats it unchanged."""
        return event_key(self.account, self.name, part, kept(self.payload))

    @property
    def person(self) -> Person | None:
        return person(
            self.payload.get("FromUserName") or self.payload.get("OpenID"), unionid=self.payload.get("UnionId")
        )

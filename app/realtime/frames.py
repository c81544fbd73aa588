"""What one event is for one reader: itself, itself with the whole conversation, the conversation's removal, or nothing.

Each of the three texts is made once, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from app.conversations.present import Json, time_json
from app.events import MARK
from app.people.permissions import Actor, may_see

COLUMNS = """id, xid::text::bigint AS xid, type, at, conversation_id, existed, team_before_id, assignee_before_id, team_after_id,
    assignee_after_id, data::text AS data"""


class Sight(Enum):
    """How a reader stands to an event: `REVEALED` = the conversation was not visible before, `REMOVED` = it is not any more."""

    NONE = 0
    PLAIN = 1
    REVEALED = 2
    REMOVED = 3


class LiveEvent(NamedTuple):
    """A row of `event`, its fields as in COLUMNS. `data` is its JSON text, passed on as it is."""

    id: int
    xid: int
    type: str
    at: datetime
    conversation_id: UUID | None
    existed: bool
    team_before_id: UUID | None
    assignee_before_id: UUID | None
    team_after_id: UUID | None
    assignee_after_id: UUID | None
    data: str

    def sight(self, actor: Actor) -> Sight:
        """Say what the event is for `actor`. A conversation that did not exist is told whole by its own created event."""
        if self.type == MARK:
            return Sight.NONE
        if self.conversation_id is None:
            return Sight.PLAIN
        after = may_see(actor, team_id=self.team_after_id, assignee_id=self.assignee_after_id)
        if not self.existed:
            return Sight.PLAIN if after else Sight.NONE
        before = may_see(actor, team_id=self.team_before_id, assignee_id=self.assignee_before_id)
        if after:
            return Sight.PLAIN if before else Sight.REVEALED
        return Sight.REMOVED if before else Sight.NONE


@dataclass
class Frames:
    """The texts of one event. `whole` is its conversation as it is now, where some reader needs it."""

    event: LiveEvent
    whole: Json | None = None

    def text(self, sight: Sight) -> str:
        if sight is Sight.REMOVED:
            return self._removed
        return self._plain if sight is Sight.PLAIN else self._revealed

    @cached_property
    def _plain(self) -> str:
        return self._frame(self.event.type, self.event.data)

    @cached_property
    def _revealed(self) -> str:
        if self.whole is None:
            return self._plain
        if self.event.type.startswith("conversation."):
            return self._frame(self.event.type, orjson.dumps(self.whole).decode())
        data: dict[str, Any] = orjson.loads(self.event.data)
        return self._frame(self.event.type, orjson.dumps({**data, "conversation": self.whole}).decode())

    @cached_property
    def _removed(self) -> str:
        return self._frame("conversation.removed", f'{{"id":"{self.event.conversation_id}"}}')

    def _frame(self, kind: str, data: str) -> str:
        event = self.event
        conversation = f'"{event.conversation_id}"' if event.conversation_id else "null"
        return f'{{"id":{event.id},"type":"{kind}","at":"{time_json(event.at)}","conversation_id":{conversation},"data":{data}}}'


def revealed_to(events: Iterable[LiveEvent], actors: Sequence[Actor]) -> list[UUID]:
    """Return the conversations that some of the actors see for the first time through these events."""
    return sorted(
        {
            event.conversation_id
            for event in events
            if event.conversation_id and any(event.sight(actor) is Sight.REVEALED for actor in actors)
        }
    )


def control(kind: str, **members: Any) -> str:
    """Return a frame that is no event: hello, caught_up, reset, pong, typing, viewing."""
    return orjson.dumps({"type": kind, **members}).decode()

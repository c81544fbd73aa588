"""Turn public comments and posts into events. They open one private message each, and may be answered in public.

Source: https://developers.facebook.com/docs/messenger-platform/discovery/private-replies (16 Apr 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from channels.contract import Body, InboundEvent, Json, Key, MessageReceived, Person
from channels.kit.messaging.envelope import Change
from channels.kit.tolerant import identifier, obj, text, without_empty


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment or post as one change tells it; `about` is what the body's `comment` says besides id and kind."""

    external_id: str
    kind: str
    said: str
    about: Json
    occurred_at: datetime


def author(change: Change, kind: str) -> Person | None:
    """Return who wrote. On Instagram this id is the one that messages carry; for a Page's public posts nobody promises that."""
    who = obj(change.value.get("from"))
    external_id = identifier(who.get("id"))
    if not external_id:
        return None
    return Person((Key("account", kind, external_id),), text(who.get("name")), text(who.get("username")))


def comment_received(change: Change, comment: Comment, person: Person) -> Iterator[InboundEvent]:
    """Yield the message that a comment is. It opens the window of one private reply, no other."""
    about = without_empty({"id": comment.external_id, "kind": comment.kind, **comment.about})
    yield MessageReceived(
        account=change.account,
        occurred_at=comment.occurred_at,
        external_id=comment.external_id,
        sender=person,
        body=Body("comment", comment.said, {"comment": about}),
        reply_to=identifier(comment.about.get("parent_id")),
        opened_by="comment",
    )

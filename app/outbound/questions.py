"""Numbered choices that wait for the customer's number, and the answer that it is.

A question stands from when it was queued until it is answered, something else of ours came after it, or a day has passed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.outbound.outgoing import Outgoing
from channels.contract import Body, InboundKind, Json

STANDS = timedelta(hours=24)
_TRIMMED = " \t\n\r.,:;!?)(（）。，．、#"
_REPLIES: Mapping[str, InboundKind] = {"buttons": "button_reply", "list": "list_reply"}


def question_of(part: Outgoing, message_id: UUID, now: datetime) -> Json | None:
    """Return `conversation.question` for a numbered text, None for any other message."""
    choices = part.content.get("choices")
    if not choices:
        return None
    until = (now + STANDS).isoformat()
    return {"message_id": str(message_id), "as": part.content["chosen_as"], "choices": choices, "until": until}


def understood(question: Mapping[str, Any] | None, body: Body, at: datetime) -> Body | None:
    """Return the choice that a text names by number or by title, as if a button had been tapped; None when it names none."""
    if question is None or body.kind != "text" or at > datetime.fromisoformat(question["until"]):
        return None
    said = _plain(body.text)
    for number, choice in enumerate(question["choices"], start=1):
        if said in (str(number), _plain(choice["title"])):
            content = {**body.content, "id": choice["id"], "title": choice["title"], "typed": body.text}
            return Body(_REPLIES[question["as"]], choice["title"], content)
    return None


def _plain(words: str) -> str:
    """Return what counts of an answer: ２ and ② are 2, case and the dot behind a number do not matter."""
    return unicodedata.normalize("NFKC", words).strip(_TRIMMED).casefold()

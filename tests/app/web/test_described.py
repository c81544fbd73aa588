"""What the API page says is what the API answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from app import shapes
from app.ids import uuid7
from app.runtime import Runtime

from .conftest import NOW, PASSWORD, Add, Person, Shop
from .test_accounts import ACCOUNT
from .test_files import PNG, upload


def fits(shape: Any, answer: Any) -> None:
    """Fail when an answer has a member that is not described, lacks one, or has another kind of value in it."""
    assert answer.status_code < 300, answer.text
    TypeAdapter(shape).validate_json(answer.content)


async def test_answers_are_as_described(ann: Person, shop: Shop, runtime: Runtime, add_team: Add, app: FastAPI) -> None:
    await add_team("Sales")
    conversation_id = await shop.conversation("Chan", phone="+85291234567", assignee_id=ann.id, waiting_since=NOW)
    path = f"/conversations/{conversation_id}"
    media_id = (await upload(ann, PNG)).json()["media_id"]
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO reply_grant VALUES ($1, 'service', now(), now() + interval '1 day', 3)", conversation_id
        )
        first = await uow.conn.fetchval("SELECT id FROM message")
        await shop.message(
            uow,
            conversation_id,
            reply_to_id=first,
            direction="outbound",
            status="failed",
            error=orjson.dumps(
                {"code": "rejected", "external_code": "1", "external_text": "no", "params": {}}
            ).decode(),
            reactions=orjson.dumps(
                [{"emoji": "👍", "by": "contact", "agent_id": None, "at": "2026-01-01T00:00:00Z"}]
            ).decode(),
            position_at=NOW + timedelta(seconds=5),
            edited_at=NOW,
        )
        await uow.conn.execute(
            "INSERT INTO attachment (message_id, position, media_id, voice, animated) VALUES ($1, 0, $2, false, false)",
            first,
            media_id,
        )
    tagged = {"tags": ["VIP"], "priority": "high", "snoozed_until": (NOW + timedelta(days=1)).isoformat()}
    fits(shapes.Conversation, await ann.send("PATCH", path, tagged))
    fits(shapes.Drafted, await ann.send("PUT", path + "/draft", {"text": "a"}))
    fits(shapes.Read, await ann.send("PUT", path + "/read", {"message_id": str(first)}))
    fits(shapes.Message, await ann.send("POST", path + "/messages", {"kind": "note", "text": "a"}))
    fits(shapes.Conversation, await ann.send("PUT", path + "/assignment", {"agent_id": None}))
    fits(shapes.Page[shapes.Message], await ann.get(path + "/messages"))
    fits(shapes.Conversation, await ann.get(path))
    fits(shapes.Page[shapes.Conversation], await ann.get("/conversations"))
    fits(shapes.Counts, await ann.get("/conversations/counts"))
    contact_id = (await ann.get(path)).json()["contact"]["id"]
    fits(shapes.ContactInFull, await ann.get(f"/contacts/{contact_id}"))
    fits(shapes.Page[shapes.Contact], await ann.get("/contacts"))
    fits(shapes.Page[shapes.Tag], await ann.get("/tags"))
    fits(shapes.Page[shapes.Team], await ann.get("/teams"))
    fits(shapes.Me, await ann.get("/me"))
    fits(shapes.Page[shapes.Agent], await ann.get("/agents"))
    fits(shapes.NewToken, await ann.send("POST", "/tokens", {"name": "a"}))
    fits(shapes.Page[shapes.Token], await ann.get("/tokens"))
    fits(shapes.ChannelAccount, await ann.send("POST", "/channel-accounts", ACCOUNT))
    fits(shapes.Page[shapes.ChannelAccount], await ann.get("/channel-accounts"))
    fits(shapes.Uploaded, await upload(ann, PNG))
    fits(
        shapes.LoggedIn, await ann.client.post("/api/v1/login", json={"email": "ann@example.com", "password": PASSWORD})
    )


def test_a_shape_that_lacks_a_member_is_noticed() -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        TypeAdapter(shapes.Tag).validate_python({"id": uuid7(), "name": "a", "hue": 1, "new": 1})

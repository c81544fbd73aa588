"""Whatever is sent, the answer is never that we are to blame."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote

import httpx

from app.ids import uuid7

from .conftest import Person, Platform, Shop
from .test_accounts import SECRETS

ROUNDS = 10
"""Requests per operation; every operation of the described API is asked."""


class Chance:
    """Random JSON and text, with a liking for what breaks things; the same for the same seed."""

    def __init__(self, seed: int, known: list[str]) -> None:
        self._random = random.Random(seed)
        self._known = known
        self._texts = [
            "", " ", "a", "\x00", "é" * 300, "x" * 5000, "' OR 1=1 --", "%", "\\", "../..", "<b>", "-1", "0", "1e400", "NaN",
            "9" * 40, "2026-02-30", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00Z", "null", "🏳️‍🌈", "\u202e", *known,
        ]  # fmt: skip

    def text(self) -> str:
        return self._random.choice(self._texts)

    def value(self, depth: int = 0) -> Any:
        pick = self._random.random()
        if pick < 0.45 or depth > 3:
            return self.text()
        if pick < 0.65:
            return self._random.choice([None, True, False, 0, -1, 1, 2**31, 2**63, 10**40, 0.5, -1e308])
        if pick < 0.8:
            return [self.value(depth + 1) for _ in range(self._random.randrange(4))]
        return {self.text()[:50]: self.value(depth + 1) for _ in range(self._random.randrange(4))}

    def of_shape(self, schema: dict[str, Any], parts: dict[str, Any], depth: int = 0) -> Any:
        """Return something near what a schema wants: mostly right, so that what lies behind it is reached."""
        if "$ref" in schema:
            return self.of_shape(parts[schema["$ref"].rpartition("/")[2]], parts, depth)
        if self._random.random() < 0.12 or depth > 6:
            return self.value(depth)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.of_shape(self._random.choice(schema[choice]), parts, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            wanted = schema.get("properties", {})
            required = set(schema.get("required", ()))
            kept = {name: one for name, one in wanted.items() if name in required or self._random.random() < 0.6}
            return {name: self.of_shape(one, parts, depth + 1) for name, one in kept.items()}
        if kind == "array":
            return [self.of_shape(schema.get("items", {}), parts, depth + 1) for _ in range(self._random.randrange(3))]
        if kind == "string" and schema.get("format") == "uuid":
            return self._random.choice(self._known)
        return (
            self.value(depth)
            if kind is None
            else {"integer": 3, "number": 1.5, "boolean": True}.get(kind) or self.text()
        )


async def test_no_input_is_our_fault(ann: Person, shop: Shop, platform: Platform) -> None:
    conversation_id = await shop.conversation("a")
    message_id = (await ann.get(f"/conversations/{conversation_id}/messages")).json()["items"][0]["id"]
    contact_id = (await ann.get(f"/conversations/{conversation_id}")).json()["contact"]["id"]
    known = [str(one) for one in (conversation_id, message_id, contact_id, ann.id, shop.account_id, uuid7())]
    chance = Chance(7, [*known, *SECRETS, "whatsapp", "text", "note", "VIP"])
    described = (await ann.client.get("/api/openapi.json")).json()
    parts = described["components"]["schemas"]
    refused = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if path.endswith(("/logout", "/login", "/check")) or path in ("/metrics", "/readyz"):
                continue
            for _ in range(ROUNDS):
                answer = await _ask(ann, chance, path, method, operation, parts, known)
                if answer.status_code >= 500:
                    refused.append((method, str(answer.request.url), answer.request.content[:300], answer.status_code))
    assert refused == []


async def _ask(
    person: Person,
    chance: Chance,
    path: str,
    method: str,
    operation: dict[str, Any],
    parts: dict[str, Any],
    known: list[str],
) -> httpx.Response:
    query = {}
    for parameter in operation.get("parameters", ()):
        value = chance.of_shape(parameter["schema"], parts)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(str(value), safe="") or "x")
        elif parameter["in"] == "query":
            query[parameter["name"]] = str(value)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    sent = chance.of_shape(body, parts) if body else None
    headers = {"X-CSRF-Token": person.csrf_token}
    return await person.client.request(method.upper(), path, params=query, json=sent, headers=headers)

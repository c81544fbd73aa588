"""Signed webhooks of made-up people, ready to be sent, and the account they are for."""

from __future__ import annotations

import hashlib
import hmac
import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import orjson

from app.ids import uuid7
from app.secrets import Vault

NEW_SHARE = 0.2
RETURNING = 2000
_WORDS = [
    "hello",
    "is",
    "this",
    "still",
    "in",
    "stock",
    "could",
    "you",
    "send",
    "me",
    "the",
    "price",
    "of",
    "that",
    "red",
    "one",
    "please",
    "thank",
    "you",
    "你好",
    "還有貨嗎",
]


@dataclass(slots=True)
class Customers:
    """People who write: most have written before, NEW_SHARE of the messages come from somebody new. Seeded: every run is alike."""

    account_id: UUID
    phone_number_id: str
    secret: str
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 -- made-up people
    known: int = RETURNING
    written: int = 0
    newest: str = ""

    def requests(self, count: int, *, messages: int = 1) -> list[bytes]:
        """Return `count` HTTP requests of `messages` texts each."""
        return [self._request(messages) for _ in range(count)]

    def named_requests(self, count: int) -> list[tuple[str, bytes]]:
        """Return requests of one text each, with the text's platform id."""
        made = []
        for _ in range(count):
            request = self._request(1)
            made.append((self.newest, request))
        return made

    def first_words(self) -> list[bytes]:
        """Return requests in which every returning person writes once, 100 to a request."""
        return [self._post([self._value(person) for person in range(at, at + 100)]) for at in range(0, RETURNING, 100)]

    def _request(self, messages: int) -> bytes:
        return self._post([self._value(self._somebody()) for _ in range(messages)])

    def _somebody(self) -> int:
        if self.random.random() < NEW_SHARE:
            self.known += 1
            return self.known
        return self.random.randrange(RETURNING)

    def _value(self, person: int) -> dict[str, object]:
        self.written += 1
        self.newest = f"wamid.{uuid4().hex}"
        phone, bsuid = f"8526{person:07d}", f"HK.{10**12 + person}"
        body = " ".join(self.random.choices(_WORDS, k=self.random.randrange(3, 20)))
        message = {
            "from": phone,
            "from_user_id": bsuid,
            "id": self.newest,
            "timestamp": str(1_780_000_000 + self.written // 100),
            "type": "text",
            "text": {"body": body},
        }
        return {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "85221234567", "phone_number_id": self.phone_number_id},
            "contacts": [{"profile": {"name": f"Person {person}"}, "wa_id": phone, "user_id": bsuid}],
            "messages": [message],
        }

    def _post(self, values: list[dict[str, object]]) -> bytes:
        changes = [{"field": "messages", "value": value} for value in values]
        body = orjson.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]})
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST /webhooks/whatsapp/{self.account_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"User-Agent: facebookexternalua\r\nX-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def connect_account(connection: asyncpg.Connection, vault: Vault, secret: str) -> Customers:
    """Insert a channel account, and return the people who will write to it."""
    account_id, phone_number_id = uuid7(), "100200300"
    await connection.execute(
        """INSERT INTO channel_account (id, channel, external_id, name, credentials)
        VALUES ($1, 'whatsapp', $2, 'Bench', $3)""",
        account_id,
        phone_number_id,
        vault.encrypt_json({"app_secret": secret, "verify_token": "bench", "access_token": "bench"}),
    )
    return Customers(account_id, phone_number_id, secret)

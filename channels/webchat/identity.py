"""Who is logged in at the shop, as the shop's server proves it.

Two forms, both signed with the account's identity secret:
- a token (JSON Web Token, HS256, RFC 7519): `sub` the customer's id, `exp`, and what else the shop knows: `name`, `email`, `phone`,
  `phone_verified` when the shop has seen that the phone is the customer's;
- the customer's id with `hex(HMAC-SHA256(secret, id))`, which proves the id alone, for ever.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from channels.contract import Json
from channels.kit.tolerant import identifier, number, text

LONGEST_TOKEN = 8000
LEEWAY_S = 60
"""The shop's clock may be ahead or behind."""
LONGEST_LIFE_S = 24 * 3600
_LONGEST_FACT = 200


class IdentityInvalid(ValueError):
    """The proof proves nothing; the text is for the shop's developer."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the shop proved. `proven` names the facts that it vouches for: a phone only when it says so."""

    user: str
    facts: Mapping[str, str] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()


def read_token(token: str, secret: str, now: datetime) -> Identity:
    """Return who a token is for. Raises IdentityInvalid."""
    head, _, rest = token.partition(".")
    body, _, signed = rest.partition(".")
    if not secret:
        raise IdentityInvalid("this web chat has no identity secret")
    if len(token) > LONGEST_TOKEN or _json(head).get("alg") != "HS256":
        raise IdentityInvalid("not a JSON Web Token signed with HS256")
    proof = hmac.digest(secret.encode(), f"{head}.{body}".encode(), "sha256")
    if not hmac.compare_digest(proof, _bytes(signed)):
        raise IdentityInvalid("signed with another secret")
    return _identity(_json(body), now)


def read_hash(user: str, proof: str, secret: str) -> Identity:
    """Return the customer whose id was signed. Raises IdentityInvalid."""
    if not secret or not identifier(user):
        raise IdentityInvalid("this web chat has no identity secret, or the customer has no id")
    if not hmac.compare_digest(hash_of(user, secret).encode(), proof.encode("utf-8", "replace")):
        raise IdentityInvalid("signed with another secret")
    return Identity(user)


def hash_of(user: str, secret: str) -> str:
    return hmac.new(secret.encode(), user.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _identity(claims: Json, now: datetime) -> Identity:
    user, ends_at = identifier(claims.get("sub")), number(claims.get("exp"))
    if not user:
        raise IdentityInvalid("sub, the customer's id, is missing")
    if ends_at is None or not now.timestamp() - LEEWAY_S < ends_at <= now.timestamp() + LONGEST_LIFE_S + LEEWAY_S:
        raise IdentityInvalid("exp is missing, over, or more than a day ahead")
    facts = {name: text(claims.get(name)).strip()[:_LONGEST_FACT] for name in ("name", "email", "phone")}
    facts = {name: value for name, value in facts.items() if value}
    vouched = {"name", "email"} | ({"phone"} if claims.get("phone_verified") is True else set())
    return Identity(user, facts, frozenset(facts.keys() & vouched))


def _json(part: str) -> Json:
    try:
        found = orjson.loads(_bytes(part))
    except orjson.JSONDecodeError:
        found = None
    return found if isinstance(found, dict) else {}


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part.encode() + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""

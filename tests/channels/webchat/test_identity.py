"""Who is logged in at the shop, as the shop's server proves it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.webchat.identity import Identity, IdentityInvalid, hash_of, read_hash, read_token
from channels.webchat.sandbox.proof import signed as signed_by_a_shop

SECRET = "widget_fake_key"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
CLAIMS = {"sub": "user-42", "name": " Chan Hiu-tung ", "email": "tung@example.com", "phone": "+85255501847"}


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def token(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    head = part(json.dumps({"alg": algorithm}).encode())
    body = part(json.dumps({"exp": NOW_S + 600} | claims).encode())
    return f"{head}.{body}." + part(hmac.digest(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256))


def test_the_published_vector_of_a_signed_id() -> None:
    proof = "174513fefc01951aed5fa61ea0c7e44fb20a8ae1e79c590304a639852022cfc6"
    assert hash_of("user-42", SECRET) == proof
    assert read_hash("user-42", proof, SECRET) == Identity("user-42")


def test_the_published_vector_of_a_json_web_token() -> None:
    """RFC 7515, A.1: its signature is right, and it names nobody."""
    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    body = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    assert part(hmac.digest(key, f"{head}.{body}".encode(), "sha256")) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_what_a_token_tells() -> None:
    facts = {"name": "Chan Hiu-tung", "email": "tung@example.com", "phone": "+85255501847"}
    assert read_token(token(CLAIMS), SECRET, NOW) == Identity("user-42", facts, frozenset({"name", "email"}))
    assert "phone" in read_token(token(CLAIMS | {"phone_verified": True}), SECRET, NOW).proven


def test_what_another_hand_signs_is_read() -> None:
    assert read_token(signed_by_a_shop({"sub": "user-42"}, SECRET, NOW_S), SECRET, NOW).user == "user-42"


@pytest.mark.parametrize(
    ("proof", "secret"),
    [
        (token(CLAIMS, secret="another"), SECRET),
        (token(CLAIMS, algorithm="none"), SECRET),
        (token(CLAIMS, algorithm="RS256"), SECRET),
        (token(CLAIMS | {"exp": NOW_S - 300}), SECRET),
        (token(CLAIMS | {"exp": NOW_S + 3 * 86400}), SECRET),
        (token(CLAIMS | {"exp": None}), SECRET),
        (token(CLAIMS | {"sub": ""}), SECRET),
        (token(CLAIMS, secret=""), ""),
        (token(CLAIMS)[:-2], SECRET),
        ("a.b", SECRET),
        ("ü.ü.ü", SECRET),
        ("x" * 9000, SECRET),
    ],
)
def test_a_proof_that_proves_nothing(proof: str, secret: str) -> None:
    with pytest.raises(IdentityInvalid):
        read_token(proof, secret, NOW)


@pytest.mark.parametrize(
    ("user", "secret"), [("user-43", SECRET), ("user-42", "another"), ("user-42", ""), ("", SECRET)]
)
def test_a_hash_that_proves_nothing(user: str, secret: str) -> None:
    with pytest.raises(IdentityInvalid):
        read_hash(user, hash_of("user-42", SECRET), secret)

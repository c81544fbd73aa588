"""Secrets at rest: encryption under HAWKER_SECRET_KEY, keyed digests, and signed links."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Vault:
    """Encrypts with the first key, decrypts with all, so that a key can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"encrypt"))) for key in keys])
        self._digest_key = _derive(keys[0], b"digest")
        self._sign_keys = [_derive(key, b"sign") for key in keys]

    def encrypt(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def decrypt(self, token: bytes) -> bytes:
        """Raises SecretUnreadable when no key fits."""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            raise SecretUnreadable from None

    def encrypt_json(self, value: dict[str, str]) -> bytes:
        return self.encrypt(orjson.dumps(value))

    def decrypt_json(self, token: bytes | None) -> dict[str, str]:
        if not token:
            return {}
        value: dict[str, str] = orjson.loads(self.decrypt(token))
        return value

    def digest(self, text: str) -> bytes:
        """Return a keyed hash of a random token, for looking it up without storing it."""
        return hmac.digest(self._digest_key, text.encode(), "sha256")

    def sign(self, text: str) -> str:
        """Return 32 URL-safe characters that prove that we wrote `text`."""
        return _signature(self._sign_keys[0], text)

    def is_signed(self, text: str, signature: str) -> bool:
        return any(hmac.compare_digest(_signature(key, text), signature) for key in self._sign_keys)


class SecretUnreadable(Exception):
    """Stored under another HAWKER_SECRET_KEY than the ones set now."""


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"hawker " + purpose).derive(key.encode())


def _signature(key: bytes, text: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()[:24]).decode()


@lru_cache(maxsize=1)
def get_vault() -> Vault:
    from app.config import get_settings

    return Vault(get_settings().secret_keys)

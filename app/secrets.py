"""Secrets at rest: encryption under HAWKER_SECRET_KEY, keyed digests, and signed links."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SALT_BYTES, _NONCE_BYTES = 16, 12
_SEALS_PER_SALT = 2**20  # random nonces of 96 bits: far below the 2**32 that one AES-GCM key may serve


class Vault:
    """Encrypts with the first key, decrypts with all, so that a key can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"encrypt"))) for key in keys])
        self._seal_keys = [_derive(key, b"seal") for key in keys]
        self._salt, self._sealer, self._seals_left = b"", AESGCM(self._seal_keys[0]), 0
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

    def seal(self, plain: bytes) -> bytes:
        """Encrypt what comes by the thousand per second: AES-GCM under a key of its own for every 2**20 uses.

        Measured for a webhook of 800 bytes: 3 µs, where Fernet takes 26. Shape: salt (16), nonce (12), ciphertext with tag.
        """
        if self._seals_left == 0:
            self._salt, self._seals_left = os.urandom(_SALT_BYTES), _SEALS_PER_SALT
            self._sealer = _sealer(self._seal_keys[0], self._salt)
        self._seals_left -= 1
        nonce = os.urandom(_NONCE_BYTES)
        return self._salt + nonce + self._sealer.encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Raises SecretUnreadable when no key fits."""
        salt, nonce = sealed[:_SALT_BYTES], sealed[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
        for key in self._seal_keys:
            try:
                return _sealer(key, salt).decrypt(nonce, sealed[_SALT_BYTES + _NONCE_BYTES :], None)
            except (InvalidTag, ValueError):
                continue
        raise SecretUnreadable

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


@lru_cache(maxsize=256)
def _sealer(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"hawker sealed").derive(key))


def _signature(key: bytes, text: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()[:24]).decode()


@lru_cache(maxsize=1)
def get_vault() -> Vault:
    from app.config import get_settings

    return Vault(get_settings().secret_keys)

"""Signatures and the encryption of pushes, as the platform does them.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html; wechatpy 1.8.18 agrees (tests).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAD_TO = 32


class Unreadable(ValueError):
    """What came back is not encrypted as it should be."""


def sign(*parts: str) -> str:
    """Return the SHA-1 over the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed_rightly(given: str, *parts: str) -> bool:
    return hmac.compare_digest(given, sign(*parts))


def new_aes_key() -> str:
    """Return 43 characters of base64, letters and digits only, as the console makes them."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if key.isalnum():
            return key


def encrypt(text: str, aes_key: str, receiver: str, *, random: bytes | None = None) -> str:
    raw = text.encode()
    plain = (random or secrets.token_bytes(16)) + len(raw).to_bytes(4, "big") + raw + receiver.encode()
    fill = PAD_TO - len(plain) % PAD_TO
    cipher = _cipher(aes_key).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([fill] * fill)) + cipher.finalize()).decode()


def decrypt(encrypted: str, aes_key: str, receiver: str) -> str:
    """Return the text. Raises Unreadable for wrong padding, another key or another receiver."""
    try:
        cipher = _cipher(aes_key).decryptor()
        plain = cipher.update(base64.b64decode(encrypted, validate=True)) + cipher.finalize()
    except ValueError as error:
        raise Unreadable("no ciphertext of whole blocks") from error
    if not plain or not 1 <= plain[-1] <= PAD_TO:
        raise Unreadable("wrong padding")
    content = plain[16 : -plain[-1]]
    size = int.from_bytes(content[:4], "big")
    if content[4 + size :] != receiver.encode():
        raise Unreadable("for another receiver, or another key")
    return content[4 : 4 + size].decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

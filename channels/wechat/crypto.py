"""Sign, encrypt and decrypt what goes between WeChat's servers and ours.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html (read Nov 2026). WeCom uses the same with its corp
id in the place of the app id: https://developer.work.weixin.qq.com/document/path/90968.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from channels.contract import SignatureInvalid

_BLOCK = 32
"""The platform pads to 32 bytes, twice the cipher's own block: ready-made PKCS#7 refuses what it sends."""
_RANDOM, _LENGTH = 16, 4


def signature(*parts: str) -> str:
    """Return the SHA-1 of the sorted parts put together, in lower-case hex. Parts: token, timestamp, nonce and, if any, the ciphertext."""
    joined = b"".join(sorted(part.encode("utf-8", "surrogatepass") for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Compare in constant time. `parts[0]` is the token; without one nothing is signed."""
    expected = signature(*parts).encode()
    return bool(parts[0]) and hmac.compare_digest(expected, given.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Box:
    """Encrypts and decrypts for one receiver: an app id, or WeCom's corp id."""

    key: bytes = field(repr=False)
    receiver: str

    @classmethod
    def of(cls, encoding_aes_key: str, receiver: str) -> Box:
        """Read the 43 characters of the console. Raises SignatureInvalid, since without a key nothing can be proven."""
        try:
            key = base64.b64decode(f"{encoding_aes_key.strip()}=", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _BLOCK:
            raise SignatureInvalid("the encoding AES key is no 43 characters of base64")
        return cls(key, receiver)

    def decrypt(self, encrypted: str) -> bytes:
        """Return the message in a base64 ciphertext. Raises SignatureInvalid for one of another key or another receiver."""
        try:
            raw = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher().decryptor()
            plain = decryptor.update(raw) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise SignatureInvalid("the ciphertext is no whole number of blocks") from error
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= _BLOCK or len(plain) < _RANDOM + _LENGTH + padding:
            raise SignatureInvalid("the ciphertext is of another key")
        content = plain[_RANDOM + _LENGTH : -padding]
        size = int.from_bytes(plain[_RANDOM : _RANDOM + _LENGTH], "big")
        if size > len(content) or content[size:] != self.receiver.encode():
            raise SignatureInvalid("the message is for another app")
        return content[:size]

    def encrypt(self, message: bytes, random: bytes) -> str:
        """Return the base64 ciphertext; `random` is 16 bytes nobody can foresee."""
        if len(random) != _RANDOM:
            raise ValueError("16 random bytes are needed")
        plain = random + len(message).to_bytes(_LENGTH, "big") + message + self.receiver.encode()
        padding = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self.key), CBC(self.key[:16]))

"""Passwords: hashed with Argon2 in a thread, so that other requests go on."""

from __future__ import annotations

import asyncio
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import Invalid

SHORTEST = 10
LONGEST = 1000
"""Characters. Longer ones only cost time."""

_HASHER = PasswordHash((Argon2Hasher(),))


async def hash_password(password: str) -> str:
    """Raises Invalid for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("Choose another password.", fields={"password": f"write {SHORTEST} to {LONGEST} characters"})
    return await asyncio.to_thread(_HASHER.hash, password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Say whether the password is right. An unknown account (None) takes as long as a known one."""
    if not password_hash:
        await asyncio.to_thread(_HASHER.verify, password[:LONGEST], await asyncio.to_thread(_unknown_account))
        return False
    return await asyncio.to_thread(_HASHER.verify, password[:LONGEST], password_hash)


@cache
def _unknown_account() -> str:
    return _HASHER.hash("nobody has this password")

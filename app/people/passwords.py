"""Passwords: hashed with Argon2 in a thread, so that other requests go on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import Invalid

SHORTEST = 10
LONGEST = 1000
"""Characters. Longer ones only cost time."""
FEWEST_GUESSES_LOG10 = 5
"""Someone who knows the usual words, names and patterns needs 10**5 guesses; log-in takes 40 wrong ones an hour."""
_JUDGED = 72

_HASHER = PasswordHash((Argon2Hasher(),))


async def hash_password(password: str, *, personal: Sequence[str] = ()) -> str:
    """Raises Invalid for a password that is too short, too long, or among the first that are guessed; `personal`: name, address."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("Choose another password.", fields={"password": f"write {SHORTEST} to {LONGEST} characters"})
    return await asyncio.to_thread(_hash_if_uncommon, password, personal)


def _hash_if_uncommon(password: str, personal: Sequence[str]) -> str:
    from zxcvbn import zxcvbn  # its word lists take a tenth of a second

    guessed = zxcvbn(password[:_JUDGED], user_inputs=[word for text in personal for word in (text, *text.split("@"))])
    if guessed["guesses_log10"] < FEWEST_GUESSES_LOG10:
        raise Invalid(
            "Choose another password.",
            fields={"password": "one that is not guessed early: several words, or a longer one"},
        )
    return _HASHER.hash(password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Say whether the password is right. An unknown account (None) takes as long as a known one."""
    if not password_hash:
        await asyncio.to_thread(_HASHER.verify, password[:LONGEST], await asyncio.to_thread(_unknown_account))
        return False
    return await asyncio.to_thread(_HASHER.verify, password[:LONGEST], password_hash)


@cache
def _unknown_account() -> str:
    return _HASHER.hash("nobody has this password")

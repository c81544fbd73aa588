"""A second proof at log-in: codes of an authenticator app (RFC 6238), and recovery codes for when the phone is lost.

A new secret is not in force until a code of it was typed in. A code counts once: its time step must be newer than the last
one taken, so that one read over a shoulder is worth nothing. The secret is encrypted, recovery codes are kept as keyed hashes.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pyotp
import segno

from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotAuthenticated
from app.secrets import Vault

STEP_S = 30
DRIFT_STEPS = 1
"""How far a phone's clock may be off, either way."""
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given: the secret to type, or the same as a picture. Shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr: str = field(repr=False)
    """An SVG picture as a data: address."""


async def enrol(uow: UnitOfWork, vault: Vault, *, agent_id: UUID, email: str, issuer: str) -> Enrolment:
    """Make a secret that `confirm` puts in force; one that was made before and never confirmed ends. Raises Conflict."""
    secret = pyotp.random_base32()
    written = await uow.conn.fetchval(
        """INSERT INTO second_factor (agent_id, secret) VALUES ($1, $2)
        ON CONFLICT (agent_id) DO UPDATE SET secret = excluded.secret, created_at = now(), last_step = 0
        WHERE second_factor.confirmed_at IS NULL RETURNING agent_id""",
        agent_id,
        vault.encrypt(secret.encode()),
    )
    if written is None:
        raise Conflict("An authenticator app is connected. Disconnect it first.", code="second_factor_on")
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)
    return Enrolment(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=4, border=2))


async def confirm(uow: UnitOfWork, vault: Vault, *, agent_id: UUID, code: str) -> list[str]:
    """Put the secret in force, and return the recovery codes, which are shown this once. Raises Invalid, Conflict."""
    row = await _locked(uow, agent_id)
    if row is None:
        raise Conflict("Ask for a new secret first.", code="second_factor_missing")
    if row["confirmed_at"] is not None:
        raise Conflict("An authenticator app is connected already.", code="second_factor_on")
    step = _step_of(vault, row, code)
    if step is None:
        raise Invalid("This is not the app's code of now.", fields={"code": "the six digits that the app shows now"})
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    await uow.conn.execute(
        "UPDATE second_factor SET confirmed_at = now(), last_step = $2, recovery_digests = $3 WHERE agent_id = $1",
        agent_id,
        step,
        [vault.digest(_plain(one)) for one in codes],
    )
    return codes


async def disconnect(uow: UnitOfWork, *, agent_id: UUID) -> bool:
    """Ask for no second proof any more; say whether one was asked for."""
    done = await uow.conn.fetchval(
        "DELETE FROM second_factor WHERE agent_id = $1 RETURNING confirmed_at IS NOT NULL", agent_id
    )
    return bool(done)


async def check(uow: UnitOfWork, vault: Vault, *, agent_id: UUID, code: str | None) -> None:
    """Take the second proof of a person whose password was right; a recovery code is used up.

    Raises NotAuthenticated `code_required` without a code, `code_wrong` for a wrong or used one.
    """
    row = await _locked(uow, agent_id)
    if row is None or row["confirmed_at"] is None:
        return
    if not code:
        raise NotAuthenticated("Send the code of the authenticator app too.", code="code_required")
    step = _step_of(vault, row, code)
    if step is not None:
        await uow.conn.execute("UPDATE second_factor SET last_step = $2 WHERE agent_id = $1", agent_id, step)
        return
    used = vault.digest(_plain(code))
    if used not in row["recovery_digests"]:
        raise NotAuthenticated("This code is wrong, or was used before.", code="code_wrong")
    await uow.conn.execute(
        "UPDATE second_factor SET recovery_digests = array_remove(recovery_digests, $2) WHERE agent_id = $1",
        agent_id,
        used,
    )


async def _locked(uow: UnitOfWork, agent_id: UUID) -> asyncpg.Record | None:
    return await uow.conn.fetchrow("SELECT * FROM second_factor WHERE agent_id = $1 FOR UPDATE", agent_id)


def _step_of(vault: Vault, row: asyncpg.Record, code: str) -> int | None:
    """Return the time step whose code this is, if it is near and was not taken before."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(vault.decrypt(row["secret"]).decode(), interval=STEP_S)
    now = int(time.time()) // STEP_S
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > row["last_step"] and secrets.compare_digest(totp.at(step * STEP_S).encode(), digits.encode()):
            return step
    return None


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _plain(code: str) -> str:
    return "".join(code.casefold().split()).replace("-", "")

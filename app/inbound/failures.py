"""What an error of the database means for the group that met it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.inbound.parties import Raced

_TRANSIENT_CLASSES = ("08", "40", "53", "57")
_TRANSIENT_STATES = ("55P03", "25006")  # lock not available; read-only: a standby that was the primary
_UNIQUE = "23505"


class DatabaseAway(Exception):
    """The group could not be written now, for no fault of its own."""


class Verdict(Enum):
    RACED = "raced"
    """Another transaction was first: begin anew at once, and find what it wrote."""
    TRANSIENT = "transient"
    """The database is away or busy: the same group may well be written later."""
    POISON = "poison"
    """Something in the group itself: split it until that stands alone."""


def judge(error: Exception) -> Verdict:
    """Class an error by the SQLSTATE at its root; what has none and is no lost connection is our own."""
    if isinstance(error, Raced):
        return Verdict.RACED
    for cause in _chain(error):
        state = getattr(cause, "sqlstate", None)
        if state is not None:
            if state == _UNIQUE:
                return Verdict.RACED
            transient = state.startswith(_TRANSIENT_CLASSES) or state in _TRANSIENT_STATES
            return Verdict.TRANSIENT if transient else Verdict.POISON
    if any(isinstance(cause, _AWAY) for cause in _chain(error)):
        return Verdict.TRANSIENT
    return Verdict.POISON


_AWAY = (OSError, TimeoutError, PoolTimeout, asyncpg.InterfaceError, InterfaceError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        original = current.orig if isinstance(current, DBAPIError) else None
        current = original or current.__cause__ or current.__context__

"""Tell an error of a database that is away or busy, where the same work may succeed later, from one that will come again."""

from __future__ import annotations

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_CLASSES = ("08", "40", "53", "57")
_STATES = ("55P03", "25006", "23505")
"""Lock not available; read-only: a standby that was the primary; somebody else's row was first."""


def is_transient(error: BaseException) -> bool:
    """Judge by the SQLSTATE at the root; an error without one is transient when it is a lost connection or a full pool."""
    root = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    root = root.__cause__ or root
    state = getattr(root, "sqlstate", None)
    if state is not None:
        return state.startswith(_CLASSES) or state in _STATES
    return isinstance(root, OSError | PoolTimeout | asyncpg.InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )

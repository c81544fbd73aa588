"""Alembic's entry: the address comes from the caller (`hawker migrate`) or from HAWKER_DATABASE_URL."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.config import get_settings
from app.db import sqlalchemy_url
from app.tables import METADATA

_ONE_AT_A_TIME = 0x4841574B


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


async def _migrate() -> None:
    url = context.config.attributes.get("database_url") or get_settings().database_url
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()  # the one commit outside app/db.py: migrations run before there is an app
    await engine.dispose()


asyncio.run(_migrate())

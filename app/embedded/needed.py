"""Gives a command its engines: those that the settings name, those of a running process, or embedded ones started for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Settings, get_settings
from app.embedded.host import EngineHost
from app.supervisor import Report, report_to_stderr


@contextmanager
def engines_for(settings: Settings, *, report: Report = report_to_stderr) -> Iterator[Settings]:
    """Yield the settings with both addresses set, also in the environment, for the length of the block. Raises EngineError."""
    database, redis = settings.database_url is None, settings.redis_url is None
    if not (database or redis):
        yield settings
        return
    host = EngineHost(settings.data_dir, pg_bin=settings.pg_bin, database=database, redis=redis, report=report)
    try:
        urls = host.start()
        yield with_addresses(urls.database_url if database else None, urls.redis_url if redis else None)
    finally:
        host.stop()


def with_addresses(database_url: str | None, redis_url: str | None) -> Settings:
    """Put the addresses into the environment, where the settings of this process and of its children come from."""
    addresses = {"HAWKER_DATABASE_URL": database_url, "HAWKER_REDIS_URL": redis_url}
    os.environ.update({name: url for name, url in addresses.items() if url is not None})
    get_settings.cache_clear()
    return get_settings()

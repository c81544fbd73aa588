"""Starts and stops the embedded PostgreSQL and Valkey, so that one command needs no server installed."""

from app.embedded.host import EngineHost, EngineUrls, embedded_engines
from app.embedded.placement import EngineError

__all__ = ["EngineError", "EngineHost", "EngineUrls", "embedded_engines"]

"""Which pages are ours: a browser's cookie alone does not prove that our page asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.config import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_ours(connection: HTTPConnection, settings: Settings) -> bool:
    """Say whether the request's `Origin` is our own address.

    That is HAWKER_BASE_URL; where it is unset or this machine itself, also the address that the request was sent to.
    """
    origin = connection.headers.get("origin", "")
    if not origin:
        return False
    if settings.base_url is not None:
        if origin == settings.base_url:
            return True
        if urlsplit(settings.base_url).hostname not in _LOOPBACK:
            return False
    return urlsplit(origin).netloc == connection.headers.get("host")

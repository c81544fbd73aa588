"""The one HTTP client of the product, and the one place that says what a broken exchange means.

httpx's API on aiohttp's transport, called directly: no redirects, no cookies, no environment proxies, every time-out explicit.

A request whose connection was never made has surely not been sent. Once a connection stands, nobody can tell a lost request
from a lost answer: `OutcomeUnknown`, if the request delivers something to a person. The transport reports "read the POST, then
closed" as the same ConnectTimeout as "refused", so the cause chain decides, not httpx's class.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from httpx_aiohttp import AiohttpTransport

from channels.contract import ConnectionFailed, MessageInvalid, OutcomeUnknown, SendError

CONNECT_S = 5.0
POOL_S = 10.0
KEEP_ALIVE_S = 4.0
"""Below the platforms' own, so that we, not they, close an idle connection: a request written into a closing one is lost."""
CONNECTIONS = 256
USER_AGENT = "Hawker"
_BROKEN = (httpx.HTTPError, aiohttp.ClientError, TimeoutError)
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class HttpClient:
    """Two connection pools: one for the hosts an admin configured, one that reaches public addresses only."""

    def __init__(self) -> None:
        self._configured = _transport(None)
        self._public = _transport(_PublicResolver)

    @asynccontextmanager
    async def exchange(
        self, request: httpx.Request, *, delivers: bool, total_s: float, public: bool = False
    ) -> AsyncIterator[httpx.Response]:
        """Send `request`; the block reads the answer, within `total_s` in all.

        `public`: the address came from outside, so it must be https and lead to a public address.
        Raises ConnectionFailed (surely not sent, or of no consequence) or OutcomeUnknown.
        """
        if public:
            require_public(str(request.url))
        transport = self._public if public else self._configured
        request.extensions["timeout"] = {"connect": CONNECT_S, "pool": POOL_S, "read": total_s, "write": total_s}
        request.headers.setdefault("user-agent", USER_AGENT)
        request.headers.setdefault("accept-encoding", "identity")
        try:
            async with asyncio.timeout(total_s):
                response = await transport.handle_async_request(request)
                try:
                    yield response
                finally:
                    await response.aclose()
        except _BROKEN as error:
            raise classified(error, delivers=delivers) from error

    async def close(self) -> None:
        await self._configured.aclose()
        await self._public.aclose()


def classified(error: BaseException, *, delivers: bool) -> SendError:
    """Return what a broken exchange means for the message: surely not sent, or unknown."""
    text = type(_root(error)).__name__
    if delivers and not was_surely_not_sent(error):
        return OutcomeUnknown(text)
    return ConnectionFailed(text)


def was_surely_not_sent(error: BaseException) -> bool:
    """Say whether the connection was never made: refused, no such host, bad certificate, or a time-out before it stood."""
    return any(isinstance(link, _NOT_CONNECTED) for link in _chain(error))


def require_public(url: str) -> None:
    """Raise MessageInvalid unless `url` is https and its host is no literal private address (names are checked when resolved)."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise MessageInvalid(code="address_refused")
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not address.is_global:
        raise MessageInvalid(code="address_refused")


class _PublicResolver(AbstractResolver):
    """Resolves names and keeps the public addresses only, so that no name can lead a download into the inner network."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [item for item in found if ipaddress.ip_address(item["host"]).is_global]
        if not public:
            raise OSError(None, f"{host} has no public address")
        return public

    async def close(self) -> None:
        await self._resolver.close()


def _transport(resolver: Callable[[], AbstractResolver] | None) -> AiohttpTransport:
    """The session verifies certificates by aiohttp's own context; httpx's (`verify`) would be built, slowly, and never used."""
    return AiohttpTransport(client=lambda: _session(resolver() if resolver else None), verify=False)


def _session(resolver: AbstractResolver | None) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        keepalive_timeout=KEEP_ALIVE_S, limit=CONNECTIONS, resolver=resolver or ThreadedResolver(), ttl_dns_cache=30
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__
    return links


def _root(error: BaseException) -> BaseException:
    return _chain(error)[-1]

"""The surface between the app and a channel whose platform is this server itself: what such a channel declares, and what it may ask for.

A hosted channel is an adapter like any other: its visitors' words come in as signed deliveries and are parsed, its sends are
requests that an adapter yields. Only both ends of the wire are here. `Host` is all that its pages know of the app.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from starlette.responses import Response
from starlette.types import ASGIApp

from channels.contract import Adapter, Credentials, Json

BASE_URL = "hosted:"
"""What a hosted adapter returns as its base address: its requests never leave the process."""
SIGNING_KEY = "signing_key"
"""The credential under which the app's own deliveries are signed; it is made with the account."""
SIGNATURE = "x-hawker-signature"


def signature(raw: bytes, key: str) -> str:
    """Return what proves that the app wrote `raw`."""
    return hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class HostedAccount:
    """One account as its pages may know it. Nothing of `credentials` may reach a visitor."""

    id: str
    name: str
    settings: Mapping[str, Any]
    credentials: Credentials = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session. `name` is the browser's random one; `user` is who the shop proved it to be, or "".

    `facts` {name, email, phone}: what the shop proved or the visitor wrote into the form; `proven` names those that were proven.
    """

    session_id: str
    account_id: str
    name: str
    user: str = ""
    language: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Guest:
    """What is known of somebody who asks for a session."""

    language: str
    user: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class History:
    """Messages as the API shows them, oldest first. `reset`: there are more than these after what the reader has.

    `read_id`: the platform id of the visitor's newest message that an agent has read.
    """

    messages: tuple[Json, ...]
    reset: bool = False
    read_id: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a visitor gave. `token` proves, in the word that sends it, that it is this visitor's."""

    token: str
    mime: str
    filename: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """A signed code that joins this visitor with whoever writes it on another channel, and the address that carries it."""

    code: str
    url: str
    qr_path: str
    qr_size: int


class Refused(Exception):
    """A visitor's request that is answered with an error: HTTP status, code, and what a developer should know of it."""

    def __init__(self, status: int, code: str, *, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(code)
        self.detail = detail
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


class Host(Protocol):
    """What the pages of a hosted channel may ask of the app. Whatever goes wrong for a visitor is raised as `Refused`."""

    @property
    def time_zone(self) -> str:
        """Return the business's, an IANA name."""

    @property
    def own_origin(self) -> str:
        """Return this server's own web address, or "" where it is not known."""

    async def account(self, channel: str, account_id: str) -> HostedAccount:
        """Return a live account. Raises Refused 404."""

    async def enter(self, account_id: str, token: str) -> Visitor:
        """Return whose session a token is. Raises Refused 401."""

    async def begin(self, account_id: str, guest: Guest) -> tuple[Visitor, str]:
        """Begin a session; return its visitor and its token, which is not kept."""

    async def recognise(self, visitor: Visitor, guest: Guest) -> Visitor:
        """Note what became known of a visitor: the shop's user, name, e-mail, phone. What was proven stays before what is told."""

    async def end(self, visitor: Visitor) -> None:
        """End a session: its token opens nothing any more, and its pages are told."""

    async def limit(self, action: str, *, visitor: str, address: str) -> None:
        """Count an action by the visitor ("" = nobody yet) and by the address. Raises Refused 429."""

    async def receive(self, visitor: Visitor, words: Json) -> None:
        """Take words in as a delivery: sign, verify, parse, commit. Raises Refused 503 when they are not safe."""

    async def is_known(self, visitor: Visitor) -> bool:
        """Say whether the visitor has written before, or was written to."""

    async def position_of(self, visitor: Visitor, message_id: str) -> str:
        """Return where a message stands in the visitor's thread, RFC 3339 with microseconds, or "" when it is not theirs."""

    async def history(self, visitor: Visitor, *, after: str = "") -> History:
        """Return the newest messages, or those after the message `after` with some before it, whose ticks may have moved."""

    def follow(self, visitor: Visitor) -> AbstractAsyncContextManager[AsyncIterator[Json]]:
        """Yield what happens in the visitor's thread from now on. Open it before `history`, so that nothing falls in between.

        {type: message, message} · {type: typing} · {type: read, id} · {type: sync}: read the history again · {type: closed, code}.
        """

    async def type(self, visitor: Visitor) -> None:
        """Show the agents that the visitor types."""

    async def look(self, visitor: Visitor, page: Json) -> None:
        """Note which page the visitor looks at, and show the agents."""

    async def upload(
        self,
        visitor: Visitor,
        chunks: AsyncIterator[bytes],
        *,
        filename: str,
        mime: str,
        mimes: frozenset[str],
        max_bytes: int,
    ) -> Upload:
        """Take a file into the store. Its type is what its bytes show. Raises Refused 413, 415, 422."""

    async def uploaded(self, visitor: Visitor, token: str) -> Json:
        """Return {id, mime, filename, size_bytes} of the visitor's own upload. Raises Refused 422."""

    def file_path(self, media_id: str) -> str:
        """Return the path below the account's address under which a browser may read a file for a day."""

    async def file(self, token: str) -> Response:
        """Answer with the file of such a path. Raises Refused 404."""

    async def hand_over(self, visitor: Visitor, *, number: str, words: str) -> HandOver:
        """Make a code, and an address of WhatsApp that begins a chat with it; `words` has {code}."""

    def words(self, language: str) -> Callable[[str], str]:
        """Return what translates a text of the catalogs; an unknown language reads English."""


@runtime_checkable
class Hosted(Adapter, Protocol):
    """An adapter whose platform is this server."""

    visitor_words: Mapping[str, str]
    """What the pages say to visitors: name → English, the key of the catalogs."""

    def wrong_settings(self, settings: Mapping[str, Any]) -> Mapping[str, str]:
        """Return name → what to write, for each setting that its kind alone does not forbid and that cannot be taken."""

    def hosted(self, host: Host) -> ASGIApp:
        """Return the application below `/chat`: every path begins with the account's id."""

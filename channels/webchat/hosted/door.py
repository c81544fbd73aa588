"""Who comes in: pages of the account's own web addresses only, browsers by their session's token, customers by the shop's word."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import HTTPConnection

from channels.contract import Json
from channels.hosting import Guest, Host, HostedAccount, Refused, Visitor
from channels.kit.tolerant import items, text
from channels.webchat.hosted.shown import language_of
from channels.webchat.hosted.talk import Talk
from channels.webchat.identity import Identity, IdentityInvalid, read_hash, read_token
from channels.webchat.people import told

CHANNEL = "webchat"


async def account_of(host: Host, connection: HTTPConnection) -> HostedAccount:
    """Return the account that a path names. Raises Refused 404."""
    return await host.account(CHANNEL, str(connection.path_params["account_id"]))


def check_origin(host: Host, account: HostedAccount, connection: HTTPConnection) -> str:
    """Return the page's origin. Raises Refused 403 for a page of another address; programs without one are nobody's page."""
    origin = connection.headers.get("origin", "")
    allowed = [text(one) for one in items(account.settings.get("allowed_origins"))]
    if not origin or (origin not in allowed and origin != host.own_origin):
        raise Refused(403, "origin_not_allowed")
    return origin


def token_of(connection: HTTPConnection) -> str:
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else ""


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


async def talk_of(host: Host, account: HostedAccount, connection: HTTPConnection, token: str) -> Talk:
    """Return the talk of a live session. Raises Refused 401."""
    return Talk(host, account, await host.enter(account.id, token), address_of(connection))


async def enter(host: Host, account: HostedAccount, connection: HTTPConnection, wish: Json) -> tuple[Visitor, str]:
    """Return the visitor of a page that has been opened, and a new token, "" when the old one goes on.

    A session of somebody who is logged in goes on only while the shop says so: who logs out, or in as another, begins anew and
    sees nothing of before. Raises Refused.
    """
    identity = _proven(account, wish)
    known = await _known(host, account, connection)
    if known is not None and known.user and (identity is None or identity.user != known.user):
        await host.end(known)
        known = None
    guest = _guest(identity, language_of(text(wish.get("language"))))
    if known is None:
        await host.limit("session", visitor="", address=address_of(connection))
        return await host.begin(account.id, guest)
    if identity is None:
        return known, ""
    return await _recognised(host, known, guest), ""


async def _known(host: Host, account: HostedAccount, connection: HTTPConnection) -> Visitor | None:
    try:
        return await host.enter(account.id, token_of(connection))
    except Refused as refused:
        if refused.status != 401:
            raise
        return None


async def _recognised(host: Host, known: Visitor, guest: Guest) -> Visitor:
    """Let a visitor be whom the shop proved. What was written before the log-in belongs to the same person."""
    wrote_before = not known.user and await host.is_known(known)
    visitor = await host.recognise(known, guest)
    if wrote_before:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        await host.receive(visitor, {"kind": "identified", "at": now, "from": told(visitor)})
    return visitor


def _proven(account: HostedAccount, wish: Json) -> Identity | None:
    """Return whom the shop proved, if anybody. Raises Refused 403 for a proof that proves nothing."""
    secret = account.credentials.get("identity_secret", "")
    token, user = text(wish.get("identity")), text(wish.get("user"))
    try:
        if token:
            return read_token(token, secret, datetime.now(UTC))
        return read_hash(user, text(wish.get("user_hash")), secret) if user else None
    except IdentityInvalid as error:
        raise Refused(403, "identity_invalid", detail=str(error)) from None


def _guest(identity: Identity | None, language: str) -> Guest:
    if identity is None:
        return Guest(language)
    return Guest(language, identity.user, identity.facts, identity.proven)

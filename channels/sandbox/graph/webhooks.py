"""Webhooks as Meta makes them: its way of writing JSON, its signature, its handshake.

Source: Meta's "Getting started" page of the Graph API webhooks (May 2026).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets

import httpx

from channels.sandbox.graph.errors import GraphError, Json
from channels.sandbox.host import Host
from channels.sandbox.world import Account

HANDSHAKE_S = 10


def meta_json(body: Json) -> bytes:
    """Serialise as Meta does: everything beyond ASCII as `\\u00e4`, and `/` as `\\/`."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signed_headers(secret: str, raw: bytes) -> dict[str, str]:
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "Accept": "*/*",
        "X-Hub-Signature-256": f"sha256={digest}",
    }


async def verify_callback(host: Host, account: Account, url: str, token: str, *, named: str) -> None:
    """Make the verification GET and want the bare challenge back. `named` is the parameter. Raises GraphError 100 or 2200."""
    if len(url) > 200 or not url.startswith(("http://", "https://")):
        raise GraphError(100, f"(#100) {named} must be a URL of at most 200 characters.")
    challenge = str(secrets.randbelow(2_000_000_000))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        response = await host.fetch(url, params=query, timeout_s=HANDSHAKE_S)
    except httpx.HTTPError as error:
        raise _unverified(f"the callback could not be reached ({type(error).__name__})") from error
    host.wire.log(
        "webhook",
        account.id,
        "verification",
        url=url,
        status=response.status_code,
        request=str(query).encode(),
        response=response.content,
    )
    if response.status_code != 200:
        raise _unverified(f"HTTP Status Code = {response.status_code}; HTTP Message = {response.reason_phrase}")
    if response.text.strip() != challenge:
        raise _unverified("Challenge did not match")


def _unverified(why: str) -> GraphError:
    return GraphError(2200, f"(#2200) Callback verification failed with the following errors: {why}")

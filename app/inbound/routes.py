"""The webhook addresses. Plain ASGI: nothing between the server and the lanes that a webhook does not need."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.channel_accounts.directory import AccountView
from app.errors import Unavailable
from app.inbound import arrivals, metrics
from app.inbound.failures import Verdict, judge
from app.inbound.lanes import Ingest
from app.runtime import Runtime
from channels.contract import Delivery, HttpAnswer, SignatureInvalid

_log = structlog.get_logger()
_PREFIX = "/webhooks/"


class _Refused(Exception):
    """The request is answered with an error and nothing of it is kept."""

    def __init__(self, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome


class Webhooks:
    """Middleware: answers `/webhooks/{channel}/{channel_account_id}` itself and hands every other request on.

    GET is a platform's handshake; POST verifies, stores and acknowledges its events. It stands in front of the routing of pages and
    API, which costs more than a webhook. Needs `app.state.ingest`: see service.open_ingest.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_PREFIX):
            _, _, channel, account_id, *more = f"{scope['path']}/".split("/")
            if more == [""]:
                await _serve(channel, account_id, scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _serve(channel: str, account_id: str, scope: Scope, receive: Receive, send: Send) -> None:
    ingest: Ingest = scope["app"].state.ingest
    known = "unknown"
    try:
        if scope["method"] not in ("GET", "POST"):
            raise _Refused(405, "method_not_allowed")
        account = await _account(ingest.runtime, channel, account_id)
        known = account.channel
        answer = await _answer(ingest, account, scope, receive)
        outcome = "taken"
    except _Refused as refused:
        answer, outcome = HttpAnswer(refused.status, refused.outcome.encode()), refused.outcome
    metrics.count(known, outcome)
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": "http.response.body", "body": answer.body})


def _headers(answer: HttpAnswer) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", answer.content_type.encode("latin-1")),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    return [*headers, (b"allow", b"GET, POST")] if answer.status == 405 else headers


async def _account(runtime: Runtime, channel: str, account_id: str) -> AccountView:
    try:
        wanted = UUID(account_id)
    except ValueError:
        raise _Refused(404, "unknown_account") from None
    try:
        account = await runtime.accounts.get(wanted)
    except Exception as error:
        if judge(error) is not Verdict.TRANSIENT:
            raise
        _log.warning("accounts_unknown", error=type(error).__name__)
        raise _Refused(503, "database_away") from None
    if account is None or account.channel != channel:
        raise _Refused(404, "unknown_account")
    return account


async def _answer(ingest: Ingest, account: AccountView, scope: Scope, receive: Receive) -> HttpAnswer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw = await _body(headers, receive, ingest.runtime.settings.webhook_max_bytes)
    now = datetime.now(UTC)
    delivery = Delivery(scope["method"], scope["query_string"].decode("latin-1"), headers, raw, now)
    try:
        opened = account.adapter.open(delivery, account.credentials, now)
    except SignatureInvalid:
        raise _Refused(401, "signature_invalid") from None
    runtime = ingest.runtime
    if opened.challenge is None:
        arrival = arrivals.read(account, opened, runtime.accounts)
        try:
            arrival.awaited = opened
            await ingest.take(arrival)
        except Unavailable:
            raise _Refused(503, "unavailable") from None
        runtime.accounts.note_webhook({account.id, *(item.account.id for item in arrival.items)}, now)
        return account.adapter.acknowledge(opened, (arrival.answer,) if arrival.answer else ())
    runtime.accounts.note_webhook((account.id,), now)
    return account.adapter.acknowledge(opened, ())


async def _body(headers: dict[str, str], receive: Receive, max_bytes: int) -> bytes:
    """Read the body as it comes, no further than the cap."""
    if _declared_length(headers) > max_bytes:
        raise _Refused(413, "too_large")
    body = b""
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(400, "disconnected")
        chunk: bytes = message.get("body", b"")
        body += chunk
        if len(body) > max_bytes:
            raise _Refused(413, "too_large")
        if not message.get("more_body", False):
            return body


def _declared_length(headers: dict[str, str]) -> int:
    declared = headers.get("content-length", "0")
    return int(declared) if declared.isdigit() else 0

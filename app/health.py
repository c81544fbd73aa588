"""For those who run it: alive, ready, and how it goes."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from app.api import Answer, RuntimeDep
from app.errors import NotAllowed
from app.queue import queue_name
from app.runtime import Runtime
from app.shapes import Ready

WAIT_S = 2.0
router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Alive: asks nothing of others")
async def healthz() -> Answer:
    return Answer({"state": "ok"})


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: {"model": Ready}},
    summary="Ready: database, Redis and a live worker, or which of them is missing",
)
async def readyz(runtime: RuntimeDep) -> Answer:
    checks: dict[str, Callable[[Runtime], Awaitable[bool]]] = {
        "database": _database,
        "redis": _redis,
        "worker": _worker,
    }
    found = await asyncio.gather(*(_within(check(runtime)) for check in checks.values()))
    missing = [name for name, ok in zip(checks, found, strict=True) if not ok]
    return Answer({"state": "missing" if missing else "ok", "missing": missing}, 503 if missing else 200)


async def _within(check: Awaitable[bool]) -> bool:
    """An engine that is away says so in many ways; all of them mean no."""
    try:
        return await asyncio.wait_for(check, WAIT_S)
    except Exception:  # noqa: BLE001 - whatever it was, the answer is that it is missing, by name
        return False


async def _database(runtime: Runtime) -> bool:
    async with runtime.database.begin(statement_s=WAIT_S) as uow:
        return bool(await uow.conn.fetchval("SELECT TRUE"))


async def _redis(runtime: Runtime) -> bool:
    return bool(await runtime.redis.ping())


async def _worker(runtime: Runtime) -> bool:
    """A worker that lives renews its queue's health key."""
    return bool(await runtime.redis.exists(queue_name("interactive") + ":health-check"))


@router.get("/metrics", summary="Prometheus text; by HAWKER_METRICS_TOKEN, or from this machine where that is unset")
async def metrics(request: Request, runtime: RuntimeDep) -> Response:
    if not _may_measure(request, runtime.settings.metrics_token):
        raise NotAllowed("Send HAWKER_METRICS_TOKEN as Authorization: Bearer, or ask from this machine.")
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _may_measure(request: Request, token: str | None) -> bool:
    if token is not None:
        sent = request.headers.get("authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False

"""The edges of the web side: error shapes, headers, health, the description of the API."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request

from app.health import _may_measure
from app.queue import queue_name
from app.runtime import Runtime

from .conftest import Clients, Person


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/me", 405, "method_not_allowed"),
        ("GET", "/api/v1/me", 401, "not_authenticated"),
    ],
)
async def test_every_error_has_one_shape(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]


async def test_a_body_that_is_too_large_is_refused_whatever_it_declares(ann: Person) -> None:
    headers = {"X-CSRF-Token": ann.csrf_token, "Content-Type": "application/json"}
    declared = await ann.client.patch("/api/v1/me", content=b"x" * 2_000_000, headers=headers)
    assert (declared.status_code, declared.json()["error"]["code"]) == (413, "too_large")

    async def stream() -> object:
        for _ in range(40):
            yield b"x" * 100_000

    streamed = await ann.client.patch("/api/v1/me", content=stream(), headers=headers)  # type: ignore[arg-type]
    assert (streamed.status_code, streamed.json()["error"]["code"]) == (413, "too_large")


async def test_api_answers_are_neither_kept_nor_framed(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/api/v1/me")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    described = await client.get("/api/openapi.json")
    paths = described.json()["paths"]
    for path in (
        "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/media",
        "/api/v1/login",
    ):
        assert path in paths
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path} says nothing"
    page = await client.get("/api/docs")
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert "http" not in page.text, "it would load something from another host"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_ready_names_what_is_missing(client: httpx.AsyncClient, runtime: Runtime) -> None:
    assert (await client.get("/healthz")).json() == {"state": "ok"}
    without = await client.get("/readyz")
    assert (without.status_code, without.json()["missing"]) == (503, ["worker"])
    await runtime.redis.set(queue_name("interactive") + ":health-check", b"1", ex=60)
    assert (await client.get("/readyz")).json() == {"state": "ok", "missing": []}


async def test_a_database_that_is_away_is_said_so(
    ann: Person, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    await runtime.database.close()
    monkeypatch.setattr("asyncpg.connect", refuse)
    answer = await ann.get("/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    ready = await ann.client.get("/readyz")
    assert "database" in ready.json()["missing"]


@pytest.mark.parametrize(
    ("host", "token", "sent", "allowed"),
    [
        ("127.0.0.1", None, "", True),
        ("::1", None, "", True),
        ("10.0.0.7", None, "", False),
        ("", None, "", False),
        ("10.0.0.7", "secret", "Bearer secret", True),
        ("127.0.0.1", "secret", "", False),
        ("127.0.0.1", "secret", "Bearer wrong", False),
        ("127.0.0.1", "secret", "Bearer é", False),
    ],
)
def test_metrics_are_for_this_machine_or_by_token(host: str, token: str | None, sent: str, allowed: bool) -> None:
    scope = {"type": "http", "headers": [(b"authorization", sent.encode())], "client": (host, 1)}
    assert _may_measure(Request(scope), token) is allowed


async def test_metrics_are_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "# HELP" in answer.text


async def test_many_people_ask_at_once(ann: Person, clients: Clients) -> None:
    answers = await asyncio.gather(*(ann.get("/conversations") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}

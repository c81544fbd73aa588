"""The same request again, at any time and at the same time, is done once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.db import UnitOfWork
from app.people import service
from app.runtime import Runtime

from .conftest import Person


async def tags(person: Person) -> list[str]:
    return [one["name"] for one in (await person.get("/tags")).json()["items"]]


async def teams(runtime: Runtime) -> int:
    async with runtime.database.begin() as uow:
        return await uow.conn.fetchval("SELECT count(*) FROM team")


async def test_a_repeat_is_answered_what_the_first_was(ann: Person, ben: Person, runtime: Runtime) -> None:
    first = await ann.send("POST", "/teams", {"name": "Sales"}, Idempotency_Key="k1")
    again = await ann.send("POST", "/teams", {"name": "Sales"}, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await teams(runtime) == 1
    other = await ann.send("POST", "/teams", {"name": "Repair"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    elsewhere = await ann.send("POST", "/tags", {"name": "Sales"}, Idempotency_Key="k1")
    assert elsewhere.status_code == 201
    someone_else = await ben.send("POST", "/tags", {"name": "Other"}, Idempotency_Key="k1")
    assert someone_else.json()["name"] == "Other"
    assert await tags(ann) == ["Other", "Sales"]


async def test_twins_at_the_same_time_are_done_once(ann: Person, runtime: Runtime) -> None:
    answers = await asyncio.gather(
        *(ann.send("POST", "/teams", {"name": "Sales"}, Idempotency_Key="k1") for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await teams(runtime) == 1


async def test_an_askers_error_is_kept_and_leaves_nothing_behind(ann: Person, runtime: Runtime) -> None:
    body = {"email": "ann@example.com", "name": "Ann", "password": "long enough password"}
    first = await ann.send("POST", "/agents", body, Idempotency_Key="k1")
    assert first.status_code == 409
    again = await ann.send("POST", "/agents", body, Idempotency_Key="k1")
    assert again.json() == first.json()


async def test_a_twin_that_waits_too_long_is_told_so(
    ann: Person, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.idempotency.TWIN_WAIT_S", 0.1)
    started, go = asyncio.Event(), asyncio.Event()
    create_team = service.create_team

    async def slowly(uow: UnitOfWork, *, name: str) -> UUID:
        started.set()
        await go.wait()
        return await create_team(uow, name=name)

    monkeypatch.setattr(service, "create_team", slowly)
    first = asyncio.create_task(ann.send("POST", "/teams", {"name": "Sales"}, Idempotency_Key="k1"))
    await started.wait()
    twin = await ann.send("POST", "/teams", {"name": "Sales"}, Idempotency_Key="k1")
    go.set()
    assert (twin.status_code, twin.json()["error"]["code"]) == (409, "in_progress")
    assert (await first).status_code == 201
    assert await teams(runtime) == 1


async def test_a_secret_is_shown_once(ann: Person, runtime: Runtime) -> None:
    first = await ann.send("POST", "/tokens", {"name": "till"}, Idempotency_Key="k1")
    again = await ann.send("POST", "/tokens", {"name": "till"}, Idempotency_Key="k1")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "shown_before")
    async with runtime.database.begin() as uow:
        kept = await uow.conn.fetchrow("SELECT * FROM idempotency_key")
    assert first.json()["token"] not in str(dict(kept))


async def test_a_commit_that_fails_is_never_answered_as_done(
    ann: Person, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    commit = AsyncSession.commit

    async def fail(session: AsyncSession) -> None:
        nonlocal commits
        commits += 1
        if commits == 1:  # that of the session look-up
            await commit(session)
        else:
            raise asyncpg.InternalServerError("the disk is full of bees")

    with monkeypatch.context() as patch:
        patch.setattr(AsyncSession, "commit", fail)
        answer = await ann.client.post(
            "/api/v1/teams", json={"name": "Sales"}, headers={"X-CSRF-Token": ann.csrf_token}
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "bees" not in answer.text
    assert commits == 2
    assert await teams(runtime) == 0

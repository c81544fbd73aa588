"""Invitations and forgotten passwords: links that work once, mailed where there is a mail server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any, cast

import httpx
import pytest
from aiosmtpd.smtp import SMTP
from fastapi import FastAPI

from app.people.jobs import mail_password_link
from app.queue import queue_name
from app.runtime import Runtime

from .conftest import PASSWORD, Person

NEW_PASSWORD = "seven blue teapots"


class Postman:
    """A mail server on this machine, and what it was given."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
async def postman(runtime: Runtime) -> AsyncIterator[Postman]:
    postman = Postman()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postman, loop=loop), "127.0.0.1", 0)
    runtime.settings.__dict__["smtp_url"] = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield postman
    runtime.settings.__dict__["smtp_url"] = None
    server.close()
    await server.wait_closed()


async def mails_waiting(runtime: Runtime, count: int) -> list[Any]:
    """Return the arguments of the mailing jobs, once there are so many."""
    async with asyncio.timeout(30):
        while True:
            queued = await runtime.redis.queued_jobs(queue_name=queue_name("interactive"))
            found = [job.args for job in queued if job.function == "mail_password_link"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)


async def mail_all(runtime: Runtime, count: int) -> None:
    for args in await mails_waiting(runtime, count):
        await mail_password_link({"runtime": runtime}, *args)


async def invite(ann: Person, **more: Any) -> dict[str, Any]:
    answer = await ann.send("POST", "/agents", {"email": "Cleo@Example.com", "name": "Cleo", "role": "agent"} | more)
    assert answer.status_code == 201, answer.text
    return cast("dict[str, Any]", answer.json())


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


async def test_without_a_mail_server_the_admin_passes_the_link_on(ann: Person, client: httpx.AsyncClient) -> None:
    made = await invite(ann)
    assert made["invited"] is True
    assert made["invitation"]["mailed"] is False
    token = token_of(made["invitation"]["url"])
    empty = await client.post("/api/v1/login", json={"email": "cleo@example.com", "password": ""})
    assert empty.status_code == 401
    shown = (await client.get(f"/api/v1/password-links/{token}")).json()
    assert shown == {"email": "cleo@example.com", "name": "Cleo", "purpose": "invitation"}
    weak = await client.post(f"/api/v1/password-links/{token}", json={"password": "cleocleocleo"})
    assert weak.status_code == 422
    assert (await client.post(f"/api/v1/password-links/{token}", json={"password": NEW_PASSWORD})).status_code == 204
    used = await client.post(f"/api/v1/password-links/{token}", json={"password": PASSWORD})
    assert (used.status_code, used.json()["error"]["code"]) == (410, "link_ended")
    logged_in = await client.post("/api/v1/login", json={"email": "cleo@example.com", "password": NEW_PASSWORD})
    assert logged_in.status_code == 200
    assert next(one for one in (await ann.get("/agents")).json()["items"] if one["name"] == "Cleo")["invited"] is False


async def test_a_newer_link_ends_the_older_and_time_ends_all(
    ann: Person, client: httpx.AsyncClient, runtime: Runtime
) -> None:
    made = await invite(ann)
    newer = (await ann.send("POST", f"/agents/{made['id']}/password-link", {})).json()
    assert (await client.get(f"/api/v1/password-links/{token_of(made['invitation']['url'])}")).status_code == 410
    assert (await client.get(f"/api/v1/password-links/{token_of(newer['url'])}")).status_code == 200
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE password_link SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    assert (await client.get(f"/api/v1/password-links/{token_of(newer['url'])}")).status_code == 410


async def test_a_reset_ends_the_persons_sessions(ann: Person, ben: Person, client: httpx.AsyncClient) -> None:
    made = (await ann.send("POST", f"/agents/{ben.id}/password-link", {})).json()
    assert (await ben.send("POST", f"/agents/{ben.id}/password-link", {})).status_code == 403
    token = token_of(made["url"])
    assert (await client.get(f"/api/v1/password-links/{token}")).json()["purpose"] == "reset"
    assert (await client.post(f"/api/v1/password-links/{token}", json={"password": NEW_PASSWORD})).status_code == 204
    assert (await ben.get("/me")).status_code == 401
    acts = {entry["action"]: entry for entry in (await ann.get("/audit", action="agent.password")).json()["items"]}
    assert acts["agent.password_set"]["subject_name"] == "Ben"
    assert token not in str(acts)


async def test_links_go_out_by_mail_in_the_persons_language(
    ann: Person, ben: Person, client: httpx.AsyncClient, runtime: Runtime, postman: Postman, app: FastAPI
) -> None:
    assert (await ben.send("PATCH", "/me", {"language": "zh-Hant"})).status_code == 200
    made = await invite(ann)
    assert made["invitation"] == {"url": None, "mailed": True, "expires_at": None}
    asked = await client.post("/api/v1/password-links", json={"email": "BEN@example.com "})
    unknown = await client.post("/api/v1/password-links", json={"email": "nobody@example.com"})
    assert (asked.status_code, asked.json()) == (unknown.status_code, unknown.json()) == (202, {"mails": True})
    await mail_all(runtime, 2)
    mails = {mail["To"]: mail for mail in postman.mails}
    assert set(mails) == {"cleo@example.com", "ben@example.com"}
    text = cast("Any", mails["cleo@example.com"]).get_content()
    assert text.startswith("Hello Cleo,")
    assert "密碼" in str(mails["ben@example.com"]["Subject"])
    found = re.search(r"/password/(\S+)", cast("Any", mails["ben@example.com"]).get_content())
    assert found
    assert (await client.get(f"/api/v1/password-links/{found[1]}")).json()["email"] == "ben@example.com"


async def test_a_mail_server_that_is_away_is_asked_again(
    ben: Person, client: httpx.AsyncClient, runtime: Runtime
) -> None:
    runtime.settings.__dict__["smtp_url"] = "smtp://127.0.0.1:9"
    try:
        await client.post("/api/v1/password-links", json={"email": "ben@example.com"})
        await mail_all(runtime, 1)
        tries = [args[-1] for args in await mails_waiting(runtime, 2) if len(args) > 4]
    finally:
        runtime.settings.__dict__["smtp_url"] = None
    assert tries == [1]


async def test_asking_for_links_is_slowed_down(client: httpx.AsyncClient) -> None:
    codes = [
        (await client.post("/api/v1/password-links", json={"email": "a@example.com"})).status_code for _ in range(11)
    ]
    assert codes == [202] * 10 + [429]


async def test_the_audit_log_is_read_in_pages_and_as_a_file(ann: Person, ben: Person) -> None:
    for capacity in range(1, 6):
        await ann.send("PATCH", f"/agents/{ben.id}", {"capacity": capacity})
    await ann.send("POST", "/teams", {"name": "=cmd"})
    assert (await ben.get("/audit")).status_code == 403
    first = (await ann.get("/audit", limit=4)).json()
    rest = (await ann.get("/audit", limit=4, cursor=first["next_cursor"])).json()
    entries = [*first["items"], *rest["items"]]
    assert len({entry["id"] for entry in entries}) == len(entries) == 6
    assert {entry["actor_name"] for entry in entries} == {"Ann"}
    file = await ann.get("/audit.csv", action="team.")
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.text.splitlines()
    assert lines[0].startswith("at,actor_kind")
    assert len(lines) == 2
    assert "'=cmd" in lines[1]

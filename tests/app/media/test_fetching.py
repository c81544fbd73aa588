"""A customer's file is fetched from the platform's sandbox of a few lines: stored, typed, announced, retried, given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import orjson
import pytest
from aiohttp import web

from app.ids import uuid7
from app.inbound.service import media_source
from app.media.fetching import MOST_ATTEMPTS, fetch_media, retry_after_s, sweep_media
from app.media.storage import path_of
from app.runtime import Runtime
from channels.contract import MediaRef

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Platform:
    """Answers for one media id: `status` for the look-up, then the bytes."""

    def __init__(self) -> None:
        self.status = 200
        self.lookups = 0
        self.address = ""

    async def look_up(self, request: web.Request) -> web.Response:
        self.lookups += 1
        if self.status != 200:
            error = {"message": "no", "code": 100 if self.status == 400 else 2, "error_subcode": 33}
            return web.json_response({"error": error}, status=self.status)
        return web.json_response({"url": f"{self.address}/file", "mime_type": "text/html", "id": "m1"})

    async def file(self, request: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="text/html")


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_get("/file", platform.file)
    app.router.add_get("/{tail:.*}", platform.look_up)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    platform.address = f"http://127.0.0.1:{port}"
    yield platform
    await runner.cleanup()


@pytest.fixture
async def media_id(runtime: Runtime, platform: Platform) -> UUID:
    """A pending file of a message."""
    account, contact, identity, conversation, message, media = (uuid7() for _ in range(6))
    async with runtime.database.begin() as uow:
        run = uow.conn.execute
        await run(
            "INSERT INTO channel_account (id, channel, external_id, name, credentials, settings) VALUES ($1, 'whatsapp', '1', 'x', $2, $3)",
            account,
            runtime.vault.encrypt_json({"access_token": "t", "app_secret": "s", "verify_token": "v"}),
            orjson.dumps({"api_base_url": platform.address}).decode(),
        )
        await run("INSERT INTO contact (id) VALUES ($1)", contact)
        await run(
            "INSERT INTO identity (id, channel_account_id, contact_id, external_id) VALUES ($1, $2, $3, '1')",
            *(identity, account, contact),
        )
        await run(
            """INSERT INTO conversation (id, channel_account_id, identity_id, contact_id, last_message_at)
            VALUES ($1, $2, $3, $4, now())""",
            *(conversation, account, identity, contact),
        )
        await run(
            """INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, position_at)
            VALUES ($1, $2, $3, 'inbound', 'image', now())""",
            *(message, conversation, account),
        )
        await run(
            "INSERT INTO media (id, channel_account_id, source, next_try_at) VALUES ($1, $2, $3, now())",
            *(media, account, runtime.vault.seal(media_source(MediaRef("m1", mime="image/png")))),
        )
        await run("INSERT INTO attachment (message_id, position, media_id) VALUES ($1, 0, $2)", message, media)
    await runtime.accounts.refresh()
    return media


@pytest.fixture
async def db(database_url: str, runtime: Runtime) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_a_file_is_stored_by_content_typed_by_its_bytes_and_announced(
    runtime: Runtime, media_id: UUID, db: asyncpg.Connection
) -> None:
    await fetch_media(runtime, media_id)
    row = await db.fetchrow("SELECT * FROM media")
    assert (row["state"], row["mime"], row["size_bytes"], row["source"]) == ("ready", "image/png", len(PNG), None)
    assert path_of(runtime.settings, row["sha256"]).read_bytes() == PNG
    event = await db.fetchrow("SELECT type, data FROM event")
    assert event["type"] == "message.updated"
    assert orjson.loads(event["data"])["attachments"][0]["state"] == "ready"


async def test_two_workers_fetch_it_once(
    runtime: Runtime, media_id: UUID, platform: Platform, db: asyncpg.Connection
) -> None:
    await asyncio.gather(fetch_media(runtime, media_id), fetch_media(runtime, media_id))
    assert platform.lookups == 1
    assert await db.fetchval("SELECT count(*) FROM event") == 1


async def test_trouble_of_the_platform_is_retried_later(
    runtime: Runtime, media_id: UUID, platform: Platform, db: asyncpg.Connection
) -> None:
    platform.status = 500
    await fetch_media(runtime, media_id)
    row = await db.fetchrow("SELECT state, attempts, next_try_at > now() AS later, error FROM media")
    assert (row["state"], row["attempts"], row["later"]) == ("pending", 1, True)
    await fetch_media(runtime, media_id)
    assert platform.lookups == 1, "not before its time"
    platform.status = 200
    await db.execute("UPDATE media SET next_try_at = now()")
    await fetch_media(runtime, media_id)
    assert await db.fetchval("SELECT state FROM media") == "ready"


async def test_the_last_attempt_gives_up_and_says_so(
    runtime: Runtime, media_id: UUID, platform: Platform, db: asyncpg.Connection
) -> None:
    platform.status = 500
    await db.execute("UPDATE media SET attempts = $1", MOST_ATTEMPTS - 1)
    await fetch_media(runtime, media_id)
    assert await db.fetchval("SELECT state FROM media") == "failed"
    data = orjson.loads(await db.fetchval("SELECT data FROM event"))
    assert data["attachments"][0]["state"] == "failed"


async def test_what_is_gone_is_not_tried_again(
    runtime: Runtime, media_id: UUID, platform: Platform, db: asyncpg.Connection
) -> None:
    platform.status = 400
    await fetch_media(runtime, media_id)
    assert await db.fetchval("SELECT state FROM media") == "failed"


async def test_the_sweep_wakes_what_waits(runtime: Runtime, media_id: UUID) -> None:
    await sweep_media(runtime)
    await runtime.queue.close()
    assert await runtime.redis.zcard("hawker:interactive") == 1


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 10), (2, 40), (3, 160), (7, 21600), (50, 21600)])
def test_pauses_grow_up_to_six_hours(attempt: int, seconds: float) -> None:
    assert retry_after_s(attempt) == seconds

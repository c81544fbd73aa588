"""While the database is away verified deliveries wait on the disk; when it is back they go in first, in order, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import asyncpg
import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.channel_accounts.directory import AccountView
from app.config import Settings
from app.inbound import lanes, refuge
from app.inbound.arrivals import Arrival
from app.inbound.routes import Webhooks
from app.inbound.service import open_ingest
from app.inbound.spool import Spool, SpoolFull
from app.runtime import Runtime, open_runtime
from app.secrets import Vault
from channels.contract import Delivery
from tests.app.inbound.conftest import payload, signature, text, value

Accounts = dict[str, AccountView]


class Gate:
    """A way to the database that can be shut: connections through it break, new ones are refused."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self._frozen = asyncio.Event()
        self._frozen.set()

    @property
    def url(self) -> str:
        user = f"{self._parts.username}@" if self._parts.username else ""
        return urlunsplit(self._parts._replace(netloc=f"{user}127.0.0.1:{self.port}", query=""))

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._server = None

    def freeze(self) -> None:
        """Let nothing through any more, without a word: as a network that swallows."""
        self._frozen.clear()

    def thaw(self) -> None:
        self._frozen.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        directory = parse_qs(self._parts.query).get("host")
        if directory:
            far = await asyncio.open_unix_connection(f"{unquote(directory[0])}/.s.PGSQL.5432")
        else:
            far = await asyncio.open_connection(self._parts.hostname, self._parts.port or 5432)
        self._writers |= {writer, far[1]}
        await asyncio.gather(_pump(reader, far[1], self._frozen), _pump(far[0], writer, self._frozen))
        self._writers -= {writer, far[1]}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passing: asyncio.Event) -> None:
    try:
        while chunk := await reader.read(65536):
            await passing.wait()
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def gate(database_url: str) -> AsyncIterator[Gate]:
    gate = Gate(database_url)
    await gate.open()
    yield gate
    await gate.shut()


@asynccontextmanager
async def web(settings: Settings, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    """A web process that reaches the database through the gate."""
    async with open_runtime(settings.model_copy(update={"database_url": gate.url})) as runtime:
        await runtime.accounts.refresh()
        async with open_ingest(runtime) as ingest:
            app = Starlette(middleware=[Middleware(Webhooks)])
            app.state.ingest = ingest
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
                yield client


async def post(client: httpx.AsyncClient, account: AccountView, external_id: str, at: int = 0) -> int:
    raw = orjson.dumps(payload(value(text(external_id, at=at))))
    headers = {"x-hub-signature-256": signature(raw)}
    return (await client.post(f"/webhooks/whatsapp/{account.id}", content=raw, headers=headers)).status_code


async def until_messages(db: asyncpg.Connection, count: int) -> list[str]:
    while await db.fetchval("SELECT count(*) FROM message") < count:  # noqa: ASYNC110 -- another connection's rows
        await asyncio.sleep(0.05)
    return [row[0] for row in await db.fetch("SELECT external_id FROM message ORDER BY position_at, id")]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refuge, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(refuge, "ORPHANS_EVERY_S", 0.1)


async def test_deliveries_are_taken_while_the_database_is_away_and_written_in_order_when_it_is_back(
    settings: Settings, gate: Gate, accounts: Accounts, db: asyncpg.Connection
) -> None:
    async with web(settings, gate) as client:
        assert await post(client, accounts["shop"], "wamid.0") == 200
        await gate.shut()
        for n in range(1, 4):
            assert await post(client, accounts["shop"], f"wamid.{n}", at=n) == 200
        assert await db.fetchval("SELECT count(*) FROM message") == 1
        await gate.open()
        assert await until_messages(db, 4) == ["wamid.0", "wamid.1", "wamid.2", "wamid.3"]
        assert await post(client, accounts["shop"], "wamid.4", at=9) == 200
        await until_messages(db, 5)
    assert await db.fetchval("SELECT count(*) FROM delivery") == 5
    assert list((settings.data_dir / "spool").iterdir()) == []


async def test_what_a_stopped_process_kept_the_next_one_writes(
    settings: Settings, gate: Gate, accounts: Accounts, db: asyncpg.Connection
) -> None:
    async with web(settings, gate) as client:
        await gate.shut()
        assert await post(client, accounts["shop"], "wamid.1") == 200
    assert await db.fetchval("SELECT count(*) FROM message") == 0
    await gate.open()
    async with web(settings, gate):
        assert await until_messages(db, 1) == ["wamid.1"]


async def test_a_database_that_does_not_answer_is_away_too(
    settings: Settings, gate: Gate, accounts: Accounts, db: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "TRY_TIMEOUT_S", 0.5)
    async with web(settings, gate) as client:
        assert await post(client, accounts["shop"], "wamid.0") == 200
        gate.freeze()
        assert await post(client, accounts["shop"], "wamid.1", at=1) == 200
        gate.thaw()
        assert await until_messages(db, 2) == ["wamid.0", "wamid.1"]


async def test_a_full_spool_is_answered_503(settings: Settings, gate: Gate, accounts: Accounts) -> None:
    small = settings.model_copy(update={"spool_max_bytes": 10})
    async with web(small, gate) as client:
        await gate.shut()
        assert await post(client, accounts["shop"], "wamid.1") == 503


async def test_a_spool_that_cannot_be_written_is_answered_503(
    settings: Settings, gate: Gate, accounts: Accounts
) -> None:
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "spool").write_text("no directory")
    async with web(settings, gate) as client:
        await gate.shut()
        assert await post(client, accounts["shop"], "wamid.1") == 503


async def test_a_wrong_signature_is_refused_also_while_the_database_is_away(
    settings: Settings, gate: Gate, accounts: Accounts
) -> None:
    async with web(settings, gate) as client:
        await gate.shut()
        answer = await client.post(f"/webhooks/whatsapp/{accounts['shop'].id}", content=b"{}")
        assert answer.status_code == 401


def arrival(account: AccountView, raw: bytes) -> Arrival:
    return Arrival(account, Delivery("POST", "", {"x-hub-signature-256": "s"}, raw, datetime.now(UTC)), [])


def bodies(spooled: list) -> list[bytes]:
    return [one.delivery.raw for one in spooled]


async def test_a_torn_last_record_loses_only_itself(tmp_path: Path, accounts: Accounts, runtime: Runtime) -> None:
    dead = Spool(tmp_path, runtime.vault, max_bytes=10**6)
    dead.append([arrival(accounts["shop"], b"one"), arrival(accounts["shop"], b"two")])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-3])
    dead._own.close()
    (orphan,) = Spool(tmp_path, runtime.vault, max_bytes=10**6).orphans()
    assert bodies(orphan.read(10)) == [b"one"]
    assert orphan.read(10) == []
    orphan.delete()
    assert list(tmp_path.iterdir()) == []


async def test_a_damaged_record_is_set_aside_and_not_deleted(
    tmp_path: Path, accounts: Accounts, runtime: Runtime
) -> None:
    dead = Spool(tmp_path, runtime.vault, max_bytes=10**6)
    dead.append([arrival(accounts["shop"], b"one")])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    dead._own.close()
    (orphan,) = Spool(tmp_path, runtime.vault, max_bytes=10**6).orphans()
    assert orphan.read(10) == []
    orphan.delete()
    assert [one.suffix for one in tmp_path.iterdir()] == [".damaged"]


async def test_a_living_process_keeps_its_file_from_others(
    tmp_path: Path, accounts: Accounts, runtime: Runtime
) -> None:
    living = Spool(tmp_path, runtime.vault, max_bytes=10**6)
    living.append([arrival(accounts["shop"], b"one")])
    assert list(Spool(tmp_path, runtime.vault, max_bytes=10**6).orphans()) == []
    assert bodies(living.read(1)) == [b"one"]
    living.append([arrival(accounts["shop"], b"two")])
    assert bodies(living.read(5)) == [b"two"]
    living.forget()
    living.close()
    assert list(tmp_path.iterdir()) == []


async def test_bodies_are_sealed_on_the_disk(tmp_path: Path, accounts: Accounts, runtime: Runtime) -> None:
    spool = Spool(tmp_path, runtime.vault, max_bytes=10**6)
    spool.append([arrival(accounts["shop"], b"a secret of the customer")])
    (path,) = tmp_path.iterdir()
    assert b"secret" not in path.read_bytes()
    with pytest.raises(SpoolFull):
        Spool(tmp_path, Vault(["x" * 40]), max_bytes=1).append([arrival(accounts["shop"], b"two")])
    spool.close()

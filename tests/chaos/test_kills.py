"""kill -9 of web and worker at random instants under load: nothing lost, nothing doubled, nothing sent twice.

The instants come from a seed. `--kills N` and `--seed N` change the experiment; `--full` is the long one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.ids import uuid7
from app.outbound.service import Outgoing, queue_message
from app.processes import ROOT, command_of
from app.runtime import Runtime
from tests.app.outbound.conftest import free_port, open_account

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]
Json = dict[str, Any]
_CLAIMED = "SELECT count(*) AS n FROM message WHERE direction = 'outbound' AND status <> 'queued'"
_RECEIVED = "SELECT count(*) AS n FROM message WHERE direction = 'inbound'"
BURST = 16
"""How many customers write, and are answered, in the moment of a kill."""
KILL_WITHIN_S = 0.02
"""How long after a randomly chosen step of the burst the kill comes: some of a call's steps take about as long."""
SANDBOX = """
import sys, uvicorn
from pathlib import Path
from channels.sandbox import create_sandbox
app = create_sandbox(Path(sys.argv[1]), retry_after_s=(0.3, 1, 3))
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", timeout_keep_alive=75)
"""
"""The sandbox, less patient than platforms are with a web process that is away."""


@dataclass
class House:
    """The processes of one install, each of which may be killed and is started again."""

    runtime: Runtime
    directory: Path
    web_port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        settings = self.runtime.settings
        command, environment = self._command(name)
        with (self.directory / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env={
                    **os.environ,
                    **environment,
                    "HAWKER_DATABASE_URL": str(settings.database_url),
                    "HAWKER_REDIS_URL": str(settings.redis_url),
                    "HAWKER_SECRET_KEY": str(settings.secret_key),
                    "HAWKER_BASE_URL": f"http://127.0.0.1:{self.web_port}",
                },
                stdout=log,
                stderr=log,
            )

    def _command(self, name: str) -> tuple[list[str], dict[str, str]]:
        if name == "sandbox":
            state, port = str(self.directory / "sandbox"), str(self.sandbox_port)
            return [sys.executable, "-P", "-c", SANDBOX, state, port], {"PYTHONPATH": str(ROOT)}
        words = ["web", "--port", str(self.web_port)] if name == "web" else [name]
        return command_of(*words, data_dir=self.directory)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)


class Road:
    """The road of the webhooks from the platform to us. Closed, it drops them, and the platform tries again."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self.port = free_port()
        self.closed = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        yield
        server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            if not self.closed:
                there = await asyncio.open_connection("127.0.0.1", self._to_port)
                await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass
class Load:
    """What goes on while the killing does: customers write, agents answer."""

    house: House
    road: Road
    sandbox: httpx.AsyncClient
    account_id: UUID
    account: Json
    customers: list[Json]
    dice: random.Random
    conversations: dict[str, UUID] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    queued: dict[str, UUID] = field(default_factory=dict)
    taken: int = 0

    async def fetch(self, statement: str, *params: object) -> list[Any]:
        async with self.house.runtime.database.begin() as uow:
            return list(await uow.conn.fetch(statement, *params))

    async def faults(self, **switches: Any) -> None:
        (await self.sandbox.put("/sandbox/faults", json={"account": self.account["id"], **switches})).raise_for_status()

    async def claimed(self) -> int:
        return int((await self.fetch(_CLAIMED))[0]["n"])

    async def received(self) -> int:
        return int((await self.fetch(_RECEIVED))[0]["n"])

    async def accepted(self) -> int:
        """Return how many sends the platform has taken."""
        new = (await self.sandbox.get("/sandbox/sent", params={"after": self.taken})).json()
        self.taken = new[-1]["n"] if new else self.taken
        return self.taken

    async def write(self, customer: Json) -> None:
        text = f"question {len(self.written)}"
        response = await self.sandbox.post(
            f"/sandbox/customers/{customer['id']}/messages",
            json={"account": self.account["id"], "kind": "text", "text": text},
        )
        assert response.status_code == 201, response.text
        self.written.append(text)

    async def answer(self, customer: Json) -> None:
        account = await self.house.runtime.accounts.get(self.account_id)
        assert account is not None
        text = f"answer {len(self.queued)}"
        async with self.house.runtime.database.begin() as uow:
            (message,) = await queue_message(
                uow,
                account,
                conversation_id=self.conversations[customer["id"]],
                outgoing=Outgoing(kind="text", text=text),
                agent_id=None,
            )
        self.queued[message["id"]] = self.conversations[customer["id"]]

    async def begin(self) -> None:
        """Let every customer write once, and learn their conversations."""
        for customer in self.customers:
            await self.write(customer)
        await until(self._all_have_written)
        rows = await self.fetch(
            "SELECT conversation.id, key.value FROM conversation JOIN identity_key key USING (identity_id) WHERE key.kind = 'phone'"
        )
        phones = {row["value"]: row["id"] for row in rows}
        self.conversations = {customer["id"]: phones[customer["phone"].lstrip("+")] for customer in self.customers}

    async def _all_have_written(self) -> bool:
        return len(await self.fetch("SELECT 1 FROM conversation")) == len(self.customers)

    async def burst(self) -> None:
        """Let some customers write and be answered, all at once."""
        chosen = self.dice.sample(self.customers[1:], BURST)
        await asyncio.gather(
            *(self.write(customer) for customer in chosen), *(self.answer(customer) for customer in chosen)
        )

    async def worker_is_back(self) -> None:
        """Wait until a message to the first customer, who takes no part in bursts, has been sent."""
        await self.answer(self.customers[0])
        probe = UUID(list(self.queued)[-1])

        async def is_sent() -> bool:
            return bool(await self.fetch("SELECT 1 FROM message WHERE id = $1 AND status = 'sent'", probe))

        await until(is_sent)


async def until(happened: Callable[[], Awaitable[bool]], *, most_s: float = 60) -> None:
    async with asyncio.timeout(most_s):
        while not await happened():  # noqa: ASYNC110  what is waited for happens in other processes
            await asyncio.sleep(0.1)


@pytest.fixture
async def house(runtime: Runtime, tmp_path: Path) -> AsyncIterator[House]:
    house = House(runtime, tmp_path)
    try:
        yield house
    finally:
        house.close()


@asynccontextmanager
async def furnished(house: House, *, customers: int, seed: int) -> AsyncIterator[Load]:
    """Everything runs, one account is connected, the customers are there."""
    for name in ("sandbox", "web", "worker"):
        house.start(name)
    web_url, sandbox_url = f"http://127.0.0.1:{house.web_port}", f"http://127.0.0.1:{house.sandbox_port}"
    road = Road(house.web_port)
    async with (
        road.open(),
        httpx.AsyncClient(base_url=sandbox_url, timeout=30, verify=False) as sandbox,
        httpx.AsyncClient(base_url=web_url, timeout=30, verify=False) as web,
    ):
        await until(lambda: answers(sandbox, "/sandbox/accounts"))
        await until(lambda: answers(web, "/healthz"))
        account = (await sandbox.get("/sandbox/accounts")).json()[0]
        account_id = uuid7()
        await open_account(house.runtime, account_id, account, sandbox_url, max_per_second=80)
        hook = {"webhook_url": f"http://127.0.0.1:{road.port}/webhooks/whatsapp/{account_id}"}
        await sandbox.patch(f"/sandbox/accounts/{account['id']}", json=hook)
        people = [
            (await sandbox.post("/sandbox/customers", json={"channel": "whatsapp", "name": f"Customer {n}"})).json()
            for n in range(customers)
        ]
        yield Load(house, road, sandbox, account_id, account, people, random.Random(seed))


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await client.get(path)).status_code == 200
    return False


async def kill_in_a_burst(load: Load) -> None:
    """Kill a process at a random instant while a random part of a burst has passed through it, and start it again at once.

    A worker dies somewhere between two claims, or right after the platform has taken a message. Its successor hears nothing
    from the platform at first, so that one which sent again what it finds half done would be found out.
    """
    name, passed = load.dice.choice(
        (("worker", load.claimed), ("worker", load.accepted), ("worker", load.accepted), ("web", load.received))
    )
    load.road.closed = name == "worker"
    goal = await passed() + load.dice.randrange(1, BURST)
    burst = asyncio.create_task(load.burst())
    async with asyncio.timeout(60):
        while await passed() < goal:  # noqa: ASYNC110  it happens in another process
            await asyncio.sleep(0)  # as fast as it can: the instant is to be random, not the next tenth of a second
    if passed != load.accepted:
        await asyncio.sleep(load.dice.uniform(0, KILL_WITHIN_S))
    load.house.kill(name)
    load.house.start(name)
    await burst
    if name == "worker":
        await load.worker_is_back()
        load.road.closed = False


async def settle(load: Load) -> None:
    """Let everything come to rest. What a killed worker left `sending` is made a minute older, so that nobody waits for it."""
    load.house.kill("worker")
    await load.fetch(
        "UPDATE message SET claimed_at = claimed_at - interval '1 minute' WHERE claimed_at IS NOT NULL AND status IN ('queued', 'sending')"
    )
    load.house.start("worker")
    try:
        await until(lambda: _is_at_rest(load))
    except TimeoutError:
        pytest.fail(f"not at rest: {await _unrest(load)}")


async def _is_at_rest(load: Load) -> bool:
    return not any((await _unrest(load)).values())


async def _unrest(load: Load) -> Json:
    """Return what still waits: messages to be sent, texts that were written and are not here, accepted sends without last tick."""
    waiting = await load.fetch(
        "SELECT id, status, attempts, not_before, claimed_at, error FROM message WHERE status IN ('queued', 'sending') ORDER BY id LIMIT 5"
    )
    here = await load.fetch("SELECT text FROM message WHERE direction = 'inbound'")
    accepted = {entry["callback"] for entry in (await load.sandbox.get("/sandbox/sent")).json()}
    told = await load.fetch("SELECT id FROM message WHERE direction = 'outbound' AND status IN ('delivered', 'read')")
    return {
        "waiting": [dict(row) for row in waiting],
        "missing": sorted(set(load.written) - {row["text"] for row in here}),
        "untold": sorted(accepted - {str(row["id"]) for row in told}),
    }


async def test_after_any_kill_every_webhook_is_there_once_and_every_message_was_sent_at_most_once(
    house: House, request: pytest.FixtureRequest
) -> None:
    kills = request.config.getoption("--kills") or (100 if request.config.getoption("--full") else 10)
    async with furnished(house, customers=2 * BURST + kills, seed=request.config.getoption("--seed")) as load:
        await load.begin()
        await load.faults(repeat=0.2, reorder=True)
        for _ in range(kills):
            await kill_in_a_burst(load)
        await settle(load)
        await check(load)


async def check(load: Load) -> None:
    """Compare what the customers wrote and the platform accepted with our rows."""
    written = Counter(row["text"] for row in await load.fetch("SELECT text FROM message WHERE direction = 'inbound'"))
    assert written == Counter(load.written)

    sent = Counter(entry["callback"] for entry in (await load.sandbox.get("/sandbox/sent")).json())
    statuses = {
        str(row["id"]): row["status"]
        for row in await load.fetch("SELECT id, status FROM message WHERE direction = 'outbound'")
    }
    assert set(statuses) == set(load.queued)
    assert max(sent.values()) == 1
    assert {message_id: status for message_id, status in statuses.items() if status == "failed"} == {}
    arrived = {message_id for message_id, status in statuses.items() if status in ("sent", "delivered", "read")}
    assert arrived == set(sent)
    assert {statuses[message_id] for message_id in set(statuses) - arrived} <= {"unknown"}

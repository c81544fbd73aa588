"""The test engines themselves: each test starts from the first state, and nothing leaves this machine."""

import socket
from urllib.request import urlopen

import pytest
import redis.asyncio

from app.db import Database


@pytest.mark.parametrize("_turn", [1, 2])
async def test_each_test_has_a_migrated_database_without_the_rows_of_the_last(database: Database, _turn: int) -> None:
    async with database.begin() as uow:
        assert await uow.conn.fetchval("SELECT count(*) FROM tag") == 0
        await uow.conn.execute("INSERT INTO tag (id, name, folded_name) VALUES (gen_random_uuid(), 'Kettle', 'kettle')")


@pytest.mark.parametrize("_turn", [1, 2])
async def test_each_test_has_an_empty_redis(redis_url: str, _turn: int) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("kettle", "on")


@pytest.mark.parametrize("host", ["192.0.2.1", "example.com"])
def test_a_connection_that_leaves_the_machine_fails(host: str, hosts_refused: list[str]) -> None:
    with pytest.raises(RuntimeError, match="tried to reach"):
        socket.create_connection((host, 80), timeout=1)
    with pytest.raises(RuntimeError, match="tried to reach"):
        urlopen(f"http://{host}/", timeout=1)
    assert set(hosts_refused) == {host}
    hosts_refused.clear()

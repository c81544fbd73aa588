"""Synthetic data: as many rows as asked for, and rows such as real messages leave behind."""

from __future__ import annotations

import asyncpg

from app.bench.seed import Size, seed

SIZE = Size(contacts=30, conversations=20, messages=400)
_LISTED = """
SELECT count(*) FROM conversation c WHERE (c.last_message ->> 'id')::uuid = (
    SELECT m.id FROM message m WHERE m.conversation_id = c.id ORDER BY position_at DESC, id DESC LIMIT 1
) AND (c.waiting_since IS NULL) = (c.unread_count = 0)
"""


async def test_a_second_run_adds_as_many_again_and_every_list_line_is_its_thread_s_newest_message(
    database_url: str,
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for times in (1, 2):
            done: list[int] = []
            await seed(connection, SIZE, done.append)
            assert sum(done) == 450
            counts = {
                table: await connection.fetchval(f"SELECT count(*) FROM {table}")
                for table in ("contact", "identity", "conversation", "message", "message_search")
            }
            assert counts == {
                "contact": 30 * times,
                "identity": 20 * times,
                "conversation": 20 * times,
                "message": 400 * times,
                "message_search": 400 * times,
            }
        assert await connection.fetchval(_LISTED) == 40
    finally:
        await connection.close()

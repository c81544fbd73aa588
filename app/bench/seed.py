"""`hawker seed`: synthetic conversations by the million, written set-based, for trying and for measuring what size costs.

Every run adds a channel account of its own with its people. The same numbers make the same rows, but for their times, which end now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import typer

from app.bench.phrases import names, sentences
from app.config import get_settings
from app.conversations.search import grams, words
from app.embedded.needed import engines_for
from app.folding import fold
from app.ids import uuid7
from app.migrate import make_months, migrate
from app.months import month_of

SPAN = timedelta(days=730)
SENTENCES = 6000
AT_ONCE = 20_000
Progress = Callable[[int], None]
"""Told how many rows were added."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each. A conversation needs a contact and at least one message; long threads come from what is left over."""

    contacts: int
    conversations: int
    messages: int

    @property
    def is_possible(self) -> bool:
        return 0 < self.conversations <= min(self.contacts, self.messages)


def run(size: Size) -> None:
    """Seed the database of the settings, or of the embedded engines, with a progress bar on standard error."""
    steps = size.contacts + size.conversations + size.messages
    with engines_for(get_settings()) as settings, typer.progressbar(length=steps, label="Seeding") as bar:
        asyncio.run(_seed(str(settings.database_url), size, bar.update))


async def _seed(database_url: str, size: Size, progress: Progress) -> None:
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        await seed(connection, size, progress)
    finally:
        await connection.close()


async def seed(connection: asyncpg.Connection, size: Size, progress: Progress) -> UUID:
    """Add contacts, conversations and messages; return their channel account. Without agents and teams nothing is assigned."""
    account = uuid7()
    await connection.execute("SET synchronous_commit = off; DISCARD TEMP")
    number = await connection.fetchval(_ACCOUNT, account)
    start = datetime.now(UTC) - SPAN
    await make_months(connection, from_month=month_of(start), to_month=datetime.now(UTC).date())
    await connection.execute(
        _DICE + _NAMING.format(account=account, number=number, size=size, start=start, span=SPAN, sentences=SENTENCES)
    )
    await connection.copy_records_to_table(
        "seed_name", records=[(n, name, fold(name)) for n, name in enumerate(names())]
    )
    await connection.executemany(_PHRASE, _phrases())
    await connection.execute(_TAGS)
    for count, statements in (
        (size.contacts, (_CONTACTS, _CONTACT_KEYS)),
        (size.conversations, (_IDENTITIES, _IDENTITY_KEYS, _CONVERSATIONS, _CONVERSATION_TAGS)),
        (size.messages, (_MESSAGES, _SEARCH)),
    ):
        for first in range(0, count, AT_ONCE):
            last = min(first + AT_ONCE, count) - 1
            async with connection.transaction():
                for statement in statements:
                    await connection.execute(statement, first, last)
            progress(last + 1 - first)
    async with connection.transaction():
        for statement in (_SHOW_NEWEST, _GRANTS, _ASSIGNMENTS):
            await connection.execute(statement, account)
    await connection.execute(f"VACUUM ANALYZE {', '.join(_FILLED)}")
    return account


_FILLED = (
    *(
        "contact",
        "contact_key",
        "identity",
        "identity_key",
        "conversation",
        "conversation_tag",
        "message",
        "message_search",
    ),
    *("reply_grant", "assignment"),
)


def _phrases() -> list[tuple[int, str, str, list[str]]]:
    """Return numbered texts with what search finds them by, worked out once for the many messages that say the same."""
    return [(n, text, " ".join(words(text)), grams(text)) for n, text in enumerate(sentences(SENTENCES))]


_ACCOUNT = """
INSERT INTO channel_account (id, channel, external_id, name, state)
SELECT $1, 'whatsapp', 'seed-' || 1 + count(*), 'Seeded ' || 1 + count(*), 'paused'
FROM channel_account WHERE external_id LIKE 'seed-%' RETURNING substr(external_id, 6)::int
"""
_DICE = """
CREATE TEMP TABLE seed_name (number int PRIMARY KEY, name text, folded text);
CREATE TEMP TABLE seed_phrase (number int PRIMARY KEY, text text, words tsvector, grams text[]);
CREATE FUNCTION pg_temp.dice(n bigint, salt int, sides bigint) RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT abs(hashint8extended(n, salt) % sides) $$;
CREATE FUNCTION pg_temp.share(n bigint, salt int) RETURNS float8 LANGUAGE sql STABLE AS
    $$ SELECT (hashint8extended(n, salt) & 1048575) / 1048576.0::float8 $$;
"""
_NAMING = """
CREATE FUNCTION pg_temp.at(n bigint, count bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT date_trunc('milliseconds', '{start}'::timestamptz + '{span}'::interval * ((n + 1)::float8 / count)) $$;
CREATE FUNCTION pg_temp.uuid7(at timestamptz, kind text, n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(md5('{account}' || kind || n), 3)
        || '8' || right(md5('{account}' || kind || n), 15))::uuid
$$;
CREATE FUNCTION pg_temp.phone(n bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT (({number} + 8880) * 100000000::bigint + n)::text $$;
CREATE FUNCTION pg_temp.account() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT '{account}'::uuid $$;
CREATE FUNCTION pg_temp.phrase(n bigint) RETURNS int LANGUAGE sql STABLE AS $$ SELECT pg_temp.dice(n, 14, {sentences})::int $$;
CREATE FUNCTION pg_temp.contact_at(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_temp.at(n, {size.contacts}) $$;
CREATE FUNCTION pg_temp.conversation_at(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT pg_temp.at(n, {size.conversations}) $$;
CREATE FUNCTION pg_temp.message_at(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_temp.at(n, {size.messages}) $$;
CREATE FUNCTION pg_temp.contact(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT pg_temp.uuid7(pg_temp.contact_at(n), 'contact', n) $$;
CREATE FUNCTION pg_temp.identity(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT pg_temp.uuid7(pg_temp.conversation_at(n), 'identity', n) $$;
CREATE FUNCTION pg_temp.conversation(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT pg_temp.uuid7(pg_temp.conversation_at(n), 'conversation', n) $$;
CREATE FUNCTION pg_temp.message(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT pg_temp.uuid7(pg_temp.message_at(n), 'message', n) $$;
CREATE FUNCTION pg_temp.begun(n bigint) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT n * {size.conversations} / {size.messages} $$;
CREATE FUNCTION pg_temp.begins(n bigint) RETURNS bool LANGUAGE sql STABLE AS
    $$ SELECT n = 0 OR n * {size.conversations} / {size.messages} > (n - 1) * {size.conversations} / {size.messages} $$;
CREATE FUNCTION pg_temp.spoken_in(n bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN pg_temp.begins(n) THEN pg_temp.begun(n)
        WHEN pg_temp.dice(n, 1, 50) = 0 THEN pg_temp.dice(n, 2, least(10, pg_temp.begun(n) + 1))
        ELSE pg_temp.begun(n) - floor((pg_temp.begun(n) + 1) * power(pg_temp.share(n, 2), 3))::bigint
    END
$$;
"""
"""Everything has a number, and its id and time follow from it. Each conversation begins in its turn; the other messages go to
recent ones mostly, one in fifty to ten long threads."""

_TAGS = """
INSERT INTO tag (id, name, folded_name, hue)
SELECT pg_temp.uuid7(now(), 'tag', n), 'Seeded ' || n, 'seeded ' || n, n FROM generate_series(1, 8) AS n
ON CONFLICT (folded_name) WHERE archived_at IS NULL DO NOTHING
"""
_PHRASE = """
INSERT INTO seed_phrase VALUES ($1, $2, array_to_tsvector(coalesce(string_to_array(nullif($3, ''), ' '), '{}')), $4)
"""
_NUMBERS = "generate_series($1::bigint, $2::bigint) AS n"
_CONTACTS = f"""
INSERT INTO contact (id, name, folded_name, phone, language, country, created_at, updated_at)
SELECT pg_temp.contact(n), s.name, s.folded, '+' || pg_temp.phone(n),
    (ARRAY['en', 'zh-Hant', 'zh-Hans', NULL])[1 + pg_temp.dice(n, 3, 4)], 'HK', at, at
FROM {_NUMBERS}
CROSS JOIN LATERAL pg_temp.contact_at(n) AS at
JOIN seed_name s ON s.number = pg_temp.dice(n, 4, (SELECT count(*) FROM seed_name))
"""
_CONTACT_KEYS = f"""
INSERT INTO contact_key (scope, kind, value, contact_id)
SELECT 'world', 'phone', pg_temp.phone(n), pg_temp.contact(n) FROM {_NUMBERS}
"""
_IDENTITIES = f"""
INSERT INTO identity (id, channel_account_id, contact_id, external_id, name, created_at)
SELECT pg_temp.identity(n), pg_temp.account(), pg_temp.contact(n), pg_temp.phone(n), p.name, pg_temp.conversation_at(n)
FROM {_NUMBERS} JOIN contact p ON p.id = pg_temp.contact(n)
"""
_IDENTITY_KEYS = f"""
INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id)
SELECT pg_temp.account(), k.*, pg_temp.identity(n)
FROM {_NUMBERS} CROSS JOIN LATERAL (
    VALUES ('world', 'phone', pg_temp.phone(n)), (pg_temp.account()::text, 'bsuid', 'HK.' || pg_temp.phone(n))
) AS k
"""
_CONVERSATIONS = f"""
INSERT INTO conversation (id, channel_account_id, identity_id, contact_id, status, assignee_id, team_id, priority, snoozed_until,
    last_message_at, created_at)
SELECT pg_temp.conversation(n), pg_temp.account(), pg_temp.identity(n), pg_temp.contact(n), status,
    agents.ids[1 + pg_temp.dice(n, 6, agents.count)], teams.ids[1 + pg_temp.dice(n, 7, teams.count)],
    CASE WHEN pg_temp.dice(n, 8, 20) = 0 THEN 1 ELSE 0 END, CASE WHEN status = 'snoozed' THEN now() + interval '1 day' END, at, at
FROM {_NUMBERS}
CROSS JOIN LATERAL pg_temp.conversation_at(n) AS at
CROSS JOIN LATERAL coalesce((ARRAY['open', 'open', 'open', 'snoozed'])[1 + pg_temp.dice(n, 5, 20)], 'closed') AS status
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids, count(*) + 1 AS count FROM agent WHERE disabled_at IS NULL) AS agents
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids, count(*) + 1 AS count FROM team) AS teams
"""
_CONVERSATION_TAGS = f"""
INSERT INTO conversation_tag (conversation_id, tag_id)
SELECT pg_temp.conversation(n), tags.ids[1 + pg_temp.dice(n, 9, cardinality(tags.ids))]
FROM {_NUMBERS} CROSS JOIN (SELECT array_agg(id ORDER BY folded_name) AS ids FROM tag WHERE archived_at IS NULL) AS tags
WHERE pg_temp.dice(n, 10, 3) = 0
"""
_MESSAGES = f"""
INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, external_id, status, position_at, sent_at,
    delivered_at, read_at, created_at)
SELECT pg_temp.message(n), pg_temp.conversation(thread), pg_temp.account(), direction, 'text', p.text,
    CASE WHEN direction <> 'note' THEN 'seed.' || pg_temp.message(n) END, status, at, at,
    CASE WHEN status IN ('delivered', 'read') THEN at + interval '2 s' END,
    CASE WHEN status = 'read' THEN at + interval '1 min' END, at
FROM {_NUMBERS}
CROSS JOIN LATERAL pg_temp.message_at(n) AS at
CROSS JOIN LATERAL pg_temp.spoken_in(n) AS thread
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_temp.begins(n) THEN 0 ELSE pg_temp.dice(n, 11, 20) END AS of_20, pg_temp.dice(n, 12, 10) AS of_10
) AS d
CROSS JOIN LATERAL (
    SELECT CASE WHEN of_20 < 10 THEN 'inbound' WHEN of_20 < 19 THEN 'outbound' ELSE 'note' END AS direction
) AS w
CROSS JOIN LATERAL (
    SELECT CASE direction WHEN 'inbound' THEN 'received' WHEN 'note' THEN 'sent'
        ELSE coalesce((ARRAY['failed', 'sent', 'delivered'])[1 + of_10], 'read') END AS status
) AS s
JOIN seed_phrase p ON p.number = pg_temp.phrase(n)
"""
_SEARCH = f"""
INSERT INTO message_search (message_id, conversation_id, month, words, grams)
SELECT pg_temp.message(n), pg_temp.conversation(thread), date_trunc('month', pg_temp.message_at(n) AT TIME ZONE 'UTC')::date,
    p.words, p.grams
FROM {_NUMBERS} CROSS JOIN LATERAL pg_temp.spoken_in(n) AS thread JOIN seed_phrase p ON p.number = pg_temp.phrase(n)
"""
_SHOW_NEWEST = """
UPDATE conversation c SET last_message_at = m.position_at, last_inbound_at = i.position_at, last_inbound_external_id = i.external_id,
    last_message = jsonb_build_object('id', m.id, 'direction', m.direction, 'kind', m.kind, 'text', left(m.text, 200), 'status', m.status,
        'agent_id', NULL, 'created_at', to_char(m.position_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    unread_count = CASE WHEN waits THEN 1 + pg_temp.dice(hashtext(c.id::text), 13, 4) ELSE 0 END,
    waiting_since = CASE WHEN waits THEN m.position_at END,
    reply_window_ends_at = i.position_at + interval '1 day',
    closed_at = CASE WHEN c.status = 'closed' THEN m.position_at END
FROM conversation k
CROSS JOIN LATERAL (
    SELECT * FROM message WHERE conversation_id = k.id ORDER BY position_at DESC, id DESC LIMIT 1
) AS m
CROSS JOIN LATERAL (
    SELECT position_at, external_id FROM message WHERE conversation_id = k.id AND direction = 'inbound'
    ORDER BY position_at DESC, id DESC LIMIT 1
) AS i
CROSS JOIN LATERAL (SELECT k.status = 'open' AND m.direction = 'inbound' AS waits) AS w
WHERE k.channel_account_id = $1 AND c.id = k.id
"""
_GRANTS = """
INSERT INTO reply_grant (conversation_id, kind, opened_at, ends_at)
SELECT id, 'service', last_inbound_at, reply_window_ends_at FROM conversation WHERE channel_account_id = $1
"""
_ASSIGNMENTS = """
INSERT INTO assignment (id, conversation_id, agent_id, team_id, reason, assigned_at)
SELECT gen_random_uuid(), id, assignee_id, team_id, '{"code": "least_loaded", "params": {}}', created_at
FROM conversation WHERE channel_account_id = $1 AND assignee_id IS NOT NULL
"""

"""What becomes of queued messages, against the sandbox of a real platform's rules."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.media.storage import incoming
from app.outbound import sender
from app.outbound.pacing import Pacer
from app.outbound.sender import send_conversation, speed_of
from app.outbound.service import StatusUpdate, apply_statuses, resume_sending
from app.outbound.sweeps import sweep_outbox
from channels.sandbox import samples
from tests.app.outbound.conftest import Shop


async def send(shop: Shop) -> None:
    await send_conversation(shop.runtime, shop.conversation_id)


async def account_of(shop: Shop) -> AccountView:
    account = await shop.runtime.accounts.get(shop.account_id)
    assert account is not None
    return account


async def test_a_queued_message_reaches_the_platform_and_is_sent_with_its_id(shop: Shop) -> None:
    message_id = await shop.queue("good morning")
    await send(shop)
    (entry,) = await shop.sent()
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"], row["attempts"]) == ("sent", entry["id"], 1)
    assert entry["callback"] == str(message_id)


async def test_live_readers_see_it_being_sent_and_sent(shop: Shop) -> None:
    message_id = await shop.queue()
    await send(shop)
    seen = [(kind, data["id"], data["status"]) for kind, data in await shop.events()]
    assert seen == [("message.updated", str(message_id), status) for status in ("sending", "sent")]


async def test_messages_of_a_conversation_leave_in_their_order(shop: Shop) -> None:
    for text in ("one", "two", "three"):
        await shop.queue(text)
    await send(shop)
    assert await shop.sent_texts() == ["one", "two", "three"]


async def test_many_jobs_at_once_send_each_message_once_and_in_order(shop: Shop) -> None:
    texts = [str(n) for n in range(12)]
    for text in texts:
        await shop.queue(text)
    await asyncio.gather(*(send(shop) for _ in range(8)))
    await send(shop)
    assert await shop.sent_texts() == texts


async def test_nothing_overtakes_a_message_that_is_being_sent(shop: Shop) -> None:
    await shop.queue("first", status="sending", claimed_at=datetime.now(UTC))
    await shop.queue("second")
    await send(shop)
    assert await shop.statuses() == ["sending", "queued"]


@pytest.mark.parametrize("before", ["failed", "unknown", "cancelled"])
async def test_a_message_that_is_done_for_holds_nobody(shop: Shop, before: str) -> None:
    await shop.queue("first", status=before)
    await shop.queue("second")
    await send(shop)
    assert await shop.statuses() == [before, "sent"]


@pytest.mark.parametrize(
    ("fail_code", "status", "code"),
    [
        (131026, "failed", "contact_unreachable"),
        (131047, "failed", "window_closed"),
        (131051, "failed", "kind_unsupported"),
        (131049, "failed", "marketing_capped"),
        (130429, "queued", "throttled"),
        (131000, "queued", "platform_down"),
        (190, "queued", "sending_stopped"),
    ],
)
async def test_the_platforms_error_decides_what_becomes_of_the_message(
    shop: Shop, fail_code: int, status: str, code: str
) -> None:
    message_id = await shop.queue()
    await shop.faults(fail_code=fail_code)
    await send(shop)
    assert (await shop.status(message_id), (await shop.error(message_id))["code"]) == (status, code)
    assert await shop.sent() == []


async def test_a_message_in_back_off_holds_those_behind_it_and_goes_out_first(shop: Shop) -> None:
    first, second = await shop.queue("first"), await shop.queue("second")
    await shop.faults(fail_code=131000)
    await send(shop)
    await shop.faults(fail_code=None)
    await send(shop)
    assert await shop.statuses() == ["queued", "queued"]
    await shop.execute("UPDATE message SET not_before = now() WHERE id = $1", first)
    await send(shop)
    assert await shop.sent_texts() == ["first", "second"]
    assert (await shop.message(first))["error"] is None
    assert await shop.status(second) == "sent"


async def test_after_two_minutes_of_back_off_a_message_fails_and_lets_the_others_go(shop: Shop) -> None:
    await shop.queue("first", back_off_since=datetime.now(UTC) - timedelta(seconds=119), attempts=6)
    await shop.queue("second")
    await shop.faults(fail_code=131000)
    await send(shop)
    assert (await shop.statuses())[0] == "failed"


@pytest.mark.parametrize("how", ["cut", "silence"])
async def test_a_lost_answer_is_unknown_and_never_sent_again_by_itself(
    shop: Shop, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer_within(monkeypatch, 0.5)
    message_id = await shop.queue()
    await shop.faults(lose_answer=how)
    await send(shop)
    await shop.faults(lose_answer="")
    await sweep_outbox(shop.runtime)
    await send(shop)
    assert await shop.status(message_id) == "unknown"
    assert len(await shop.sent()) == 1


def _answer_within(monkeypatch: pytest.MonkeyPatch, total_s: float) -> None:
    from app.http import HttpClient

    exchange = HttpClient.exchange

    def hurried(self: HttpClient, request: Any, **options: Any) -> Any:
        return exchange(self, request, **{**options, "total_s": total_s})

    monkeypatch.setattr(HttpClient, "exchange", hurried)


async def test_an_unknown_message_is_settled_by_the_status_that_names_our_callback(shop: Shop) -> None:
    message_id = await shop.queue()
    await shop.faults(lose_answer="cut")
    await send(shop)
    (entry,) = await shop.sent()
    async with shop.runtime.database.begin() as uow:
        update = StatusUpdate(
            channel_account_id=shop.account_id,
            external_id=entry["id"],
            status="delivered",
            occurred_at=datetime.now(UTC),
            callback=entry["callback"],
        )
        await apply_statuses(uow, [update])
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"], row["error"]) == ("delivered", entry["id"], None)


async def test_a_status_that_comes_before_the_answer_is_not_lost(shop: Shop) -> None:
    message_id = await shop.queue(status="sent")
    async with shop.runtime.database.begin() as uow:
        early = StatusUpdate(
            channel_account_id=shop.account_id, external_id="wamid.x", status="read", occurred_at=datetime.now(UTC)
        )
        await apply_statuses(uow, [early])
    await shop.execute("UPDATE message SET external_id = 'wamid.x' WHERE id = $1", message_id)
    await sweep_outbox(shop.runtime)
    assert await shop.status(message_id) == "read"


async def test_a_refused_connection_is_tried_again_and_nothing_is_sent_twice(shop: Shop) -> None:
    message_id = await shop.queue()
    await shop.execute('UPDATE channel_account SET settings = settings || \'{"api_base_url": "http://127.0.0.1:9"}\'')
    await send(shop)
    row = await shop.message(message_id)
    assert (row["status"], (await shop.error(message_id))["code"]) == ("queued", "connection_failed")
    assert row["not_before"] is not None
    assert len(await shop.execute("SELECT 1 FROM exchange WHERE message_id = $1", message_id)) == 1


async def test_bad_credentials_stop_the_account_until_it_is_mended(shop: Shop) -> None:
    await shop.queue("first")
    await shop.queue("second")
    await shop.faults(fail_code=190)
    await send(shop)
    await send(shop)
    assert await shop.statuses() == ["queued", "queued"]
    assert [(await shop.error(message_id))["params"] for message_id in shop.queued] == [{"reason": "token_expired"}] * 2
    (account,) = await shop.execute("SELECT sending_stopped_reason, health FROM channel_account")
    assert (account["sending_stopped_reason"], account["health"]["state"]) == ("token_expired", "error")
    await shop.faults(fail_code=None)
    async with shop.runtime.database.begin() as uow:
        await resume_sending(uow, shop.account_id)
    await send(shop)
    assert await shop.sent_texts() == ["first", "second"]


async def test_refused_credentials_that_were_changed_meanwhile_stop_nobody(shop: Shop) -> None:
    await shop.queue()
    stale = await account_of(shop)
    credentials = {**stale.credentials, "access_token": "wrong"}
    await shop.execute("UPDATE channel_account SET credentials = $1", shop.runtime.vault.encrypt_json(credentials))
    await shop.runtime.accounts.refresh()
    await shop.execute(
        "UPDATE channel_account SET credentials = $1", shop.runtime.vault.encrypt_json(dict(stale.credentials))
    )
    await send(shop)
    (account,) = await shop.execute("SELECT sending_stopped_reason FROM channel_account")
    assert account["sending_stopped_reason"] is None
    await shop.execute("UPDATE message SET not_before = NULL")
    await send(shop)
    assert await shop.statuses() == ["sent"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE channel_account SET state = 'paused'",
        "UPDATE channel_account SET sending_stopped_reason = 'billing_problem'",
    ],
)
async def test_nothing_leaves_while_the_account_is_paused_or_stopped(shop: Shop, change: str) -> None:
    await shop.queue()
    await shop.execute(change)
    await send(shop)
    assert await shop.statuses() == ["queued"]


async def test_a_window_that_closed_while_the_message_waited_fails_it(shop: Shop) -> None:
    message_id = await shop.queue()
    await shop.execute("UPDATE reply_grant SET ends_at = now() - interval '1 second'")
    await send(shop)
    assert (await shop.status(message_id), (await shop.error(message_id))["code"]) == ("failed", "window_closed")
    assert await shop.sent() == []


async def test_a_counted_window_is_used_up_by_the_claims(shop: Shop) -> None:
    await shop.execute("UPDATE reply_grant SET quota_left = 1")
    await shop.queue("one")
    await shop.queue("two")
    await send(shop)
    assert await shop.statuses() == ["sent", "failed"]


async def test_a_person_who_opted_out_is_recorded_so(shop: Shop) -> None:
    message_id = await shop.queue()
    await shop.faults(fail_code=131050)
    await send(shop)
    assert await shop.status(message_id) == "failed"
    (consent,) = await shop.execute(
        "SELECT purpose, granted, source, channel FROM consent WHERE contact_id = $1", shop.contact_id
    )
    assert dict(consent) == {"purpose": "marketing", "granted": False, "source": "platform", "channel": "whatsapp"}


async def store(shop: Shop, mime: str, data: bytes) -> UUID:
    with incoming(shop.runtime.settings) as receiving:
        receiving.write(data)
        stored = receiving.keep(declared_mime=mime)
    media_id = uuid7()
    await shop.execute(
        "INSERT INTO media (id, state, mime, filename, size_bytes, sha256) VALUES ($1, 'ready', $2, 'a file.png', $3, $4)",
        media_id,
        mime,
        stored.size_bytes,
        stored.sha256,
    )
    return media_id


async def attach(shop: Shop, media_id: UUID) -> UUID:
    message_id = await shop.queue("look", kind="image")
    await shop.execute(
        "INSERT INTO attachment (message_id, position, media_id) VALUES ($1, 0, $2)", message_id, media_id
    )
    return message_id


async def test_a_file_is_uploaded_once_and_its_id_used_again(shop: Shop) -> None:
    media_id = await store(shop, "image/png", samples.png())
    await attach(shop, media_id)
    await attach(shop, media_id)
    await send(shop)
    assert await shop.statuses() == ["sent", "sent"]
    first, second = await shop.sent()
    assert first["body"]["image"]["id"] == second["body"]["image"]["id"]
    assert first["body"]["image"]["caption"] == "look"
    assert (await shop.execute("SELECT platform_ids FROM media"))[0]["platform_ids"][str(shop.account_id)]["id"]


async def test_a_file_that_is_not_there_fails_its_message_alone(shop: Shop) -> None:
    media_id = uuid7()
    await shop.execute("INSERT INTO media (id, state, mime) VALUES ($1, 'pending', 'image/png')", media_id)
    message_id = await attach(shop, media_id)
    await shop.queue("text")
    await send(shop)
    assert await shop.statuses() == ["failed", "sent"]
    assert (await shop.error(message_id))["code"] == "media_missing"


async def test_a_message_that_another_worker_prepares_is_left_to_it(shop: Shop) -> None:
    await shop.queue(claimed_at=datetime.now(UTC) - timedelta(seconds=10))
    await send(shop)
    assert await shop.statuses() == ["queued"]
    await shop.execute("UPDATE message SET claimed_at = now() - interval '2 minutes'")
    await send(shop)
    assert await shop.statuses() == ["sent"]


async def test_a_claim_whose_call_cannot_start_in_time_is_given_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.queue()
    late = iter([-1.0])
    monkeypatch.setattr(sender, "START_WITHIN_S", _Deadline(late))
    await send(shop)
    assert len(await shop.sent()) == 1
    assert await shop.statuses() == ["sent"]
    assert [data["status"] for _, data in await shop.events()] == ["sending", "queued", "sending", "sent"]


class _Deadline(float):
    """A time-out that has passed as often as it is told, and then never."""

    def __new__(cls, passed: Any) -> _Deadline:
        return super().__new__(cls, 5.0)

    def __init__(self, passed: Any) -> None:
        self._passed = passed

    def __lt__(self, other: float) -> bool:
        return next(self._passed, 5.0) < other


async def test_a_throttled_account_waits_and_then_goes_on_more_slowly(shop: Shop) -> None:
    await shop.queue()
    await shop.faults(fail_code=130429)
    await send(shop)
    speed = speed_of(shop.runtime, await account_of(shop))
    factor = float(await shop.runtime.redis.hget(f"pace:{{{speed.tag}}}:{speed.account_id}", "factor"))
    assert factor == pytest.approx(0.5)


async def test_a_throttled_pair_waits_alone(shop: Shop) -> None:
    message_id = await shop.queue(attempts=2)
    await shop.faults(fail_code=131056)
    await send(shop)
    row = await shop.message(message_id)
    assert row["not_before"] - datetime.now(UTC) > timedelta(seconds=10)
    speed = speed_of(shop.runtime, await account_of(shop))
    answer = await Pacer(shop.runtime.redis).reserve(speed, pair="somebody else")
    assert answer.__class__.__name__ == "Grant"


async def test_a_pace_that_cannot_be_asked_leaves_the_message_queued(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis.exceptions import ConnectionError as RedisAway

    async def away(*_: object, **__: object) -> None:
        raise RedisAway

    await shop.queue()
    monkeypatch.setattr(Pacer, "reserve", away)
    await send(shop)
    assert await shop.statuses() == ["queued"]
    monkeypatch.undo()
    await send(shop)
    assert await shop.statuses() == ["sent"]


async def test_an_adapter_that_breaks_fails_the_message_and_not_the_conversation(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await account_of(shop)
    call = account.adapter.call

    def breaks(intent: Any, *rest: Any) -> Any:
        if intent.message.text == "poison":
            raise LookupError("a bug")
        return call(intent, *rest)

    monkeypatch.setattr(account.adapter, "call", breaks, raising=False)
    await shop.queue("poison")
    await shop.queue("fine")
    await send(shop)
    assert await shop.statuses() == ["failed", "sent"]


async def test_the_sweep_gives_up_what_is_sending_too_long_and_wakes_what_was_forgotten(shop: Shop) -> None:
    await shop.queue("stuck", status="sending", claimed_at=datetime.now(UTC) - timedelta(seconds=61))
    await shop.queue("waiting", created_at=datetime.now(UTC) - timedelta(seconds=10))
    await sweep_outbox(shop.runtime)
    assert await shop.statuses() == ["unknown", "queued"]
    await shop.runtime.queue.close()
    assert await shop.runtime.redis.zcard("hawker:interactive") == 1


async def test_the_sweep_leaves_alone_what_is_being_sent_or_waits_for_its_time(shop: Shop) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=10)
    await shop.queue("sending", status="sending", claimed_at=datetime.now(UTC), created_at=long_ago)
    await shop.queue("behind", created_at=long_ago)
    await sweep_outbox(shop.runtime)
    await shop.execute("UPDATE message SET status = 'sent' WHERE status = 'sending'")
    await shop.execute("UPDATE message SET not_before = now() + interval '1 minute' WHERE status = 'queued'")
    await sweep_outbox(shop.runtime)
    await shop.runtime.queue.close()
    assert await shop.runtime.redis.zcard("hawker:interactive") == 0


async def test_failed_exchanges_are_kept_without_words_numbers_or_secrets(shop: Shop) -> None:
    await shop.queue("a private matter")
    await shop.faults(fail_code=131000)
    await send(shop)
    (exchange,) = await shop.execute("SELECT * FROM exchange")
    kept = str(dict(exchange))
    assert (exchange["status"], exchange["error_code"], exchange["external_code"]) == (500, "platform_down", "131000")
    assert exchange["request"]["json"]["type"] == "text"
    secrets = [value for value in shop.account["credentials"].values() if len(value) > 6]
    assert not [word for word in ("a private matter", shop.customer["phone"], *secrets) if word in kept]

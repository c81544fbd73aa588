"""Posts signed webhooks as platforms do: in order per customer, many at once, again until they are answered 200."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from channels.sandbox.courier import Courier, NotDelivered
from channels.sandbox.emulator import Emulator, Post, Update
from channels.sandbox.faults import FaultBoard
from channels.sandbox.wire import Wire

RETRY_AFTER_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
"""Immediately, then less often. Meta goes on for days (create_webhook_endpoint, 2026-03); the last step repeats."""

AT_ONCE = 48
ANSWER_WITHIN_S = 10
BATCH_WITHIN_S = 0.15
REORDER_WITHIN_S = 0.6
DICE = secrets.SystemRandom()


@dataclass(slots=True)
class Delivery:
    account_id: str
    label: str
    post: Post
    tries: int = 0


class Poster:
    """Takes updates, returns at once. `retry_after_s` is shortened by tests."""

    def __init__(
        self,
        courier: Courier,
        *,
        faults: FaultBoard,
        wire: Wire,
        emulator_of: Callable[[str], Emulator],
        retry_after_s: tuple[float, ...] = RETRY_AFTER_S,
    ) -> None:
        self._courier = courier
        self._faults = faults
        self._wire = wire
        self._emulator_of = emulator_of
        self._retry_after_s = retry_after_s
        self._lanes: dict[str, deque[Delivery]] = {}
        self._batches: dict[str, list[Update]] = {}
        self._kept_dark: dict[str, list[tuple[str, Delivery]]] = {}
        self._free = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()

    def put(self, update: Update) -> None:
        """Send the update on its way, through whatever trouble its account is in."""
        faults = self._faults.of(update.account.id)
        if faults.batch <= 1:
            self._pack([update], lane=update.lane)
            return
        batch = self._batches.setdefault(update.account.channel, [])
        if not batch:
            self._later(BATCH_WITHIN_S, lambda: self._flush(update.account.channel))
        batch.append(update)
        if len(batch) >= faults.batch:
            self._flush(update.account.channel)

    def lights_on(self, account_id: str) -> None:
        """Post what was kept while the account was dark."""
        for lane, delivery in self._kept_dark.pop(account_id, []):
            self._enter(lane, delivery)

    async def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._courier.close()

    def _flush(self, channel: str) -> None:
        batch = self._batches.pop(channel, [])
        if batch:
            self._pack(batch, lane=f"{channel} batch")

    def _pack(self, updates: list[Update], *, lane: str) -> None:
        first = updates[0]
        label = first.label if len(updates) == 1 else f"{first.label} +{len(updates) - 1}"
        posts = self._emulator_of(first.account.channel).pack(updates)
        if not posts:
            self._wire.log("webhook", first.account.id, label, url="", status=None, note="nobody is subscribed")
        for post in posts:
            self._depart(lane, Delivery(first.account.id, label, post))

    def _depart(self, lane: str, delivery: Delivery) -> None:
        faults = self._faults.of(delivery.account_id)
        wait_s = faults.delay_ms / 1000
        if faults.reorder:
            wait_s += DICE.random() * REORDER_WITHIN_S
        self._after(wait_s, lambda: self._enter(lane, delivery))
        for again in (1, 2):
            if DICE.random() < faults.repeat:
                self._repeat(Delivery(delivery.account_id, delivery.label, delivery.post, tries=again), wait_s)

    def _repeat(self, copy: Delivery, wait_s: float) -> None:
        self._later(wait_s + 0.05 + DICE.random(), lambda: self._spawn(self._try(copy)))

    def _after(self, wait_s: float, action: Callable[[], object]) -> None:
        if wait_s:
            self._later(wait_s, action)
        else:
            action()

    def _enter(self, lane: str, delivery: Delivery) -> None:
        if lane in self._lanes:
            self._lanes[lane].append(delivery)
            return
        self._lanes[lane] = deque([delivery])
        self._spawn(self._drive(lane))

    async def _drive(self, lane: str) -> None:
        queue = self._lanes[lane]
        while queue:
            await self._try(queue.popleft(), lane=lane)
        del self._lanes[lane]

    async def _try(self, delivery: Delivery, *, lane: str = "again") -> None:
        """Post once; on anything but 2xx come back later, outside of the lane, until the platform's patience is at its end."""
        if self._faults.of(delivery.account_id).dark:
            self._kept_dark.setdefault(delivery.account_id, []).append((lane, delivery))
            return
        async with self._free:
            answered = await self._post(delivery)
        if answered:
            return
        self._come_again(delivery)

    def _come_again(self, delivery: Delivery) -> None:
        post, tries = delivery.post, delivery.tries
        if post.repeat_after_s is not None and tries >= len(post.repeat_after_s):
            if post.given_up is not None:
                post.given_up()
            return
        waits_s = self._retry_after_s if post.repeat_after_s is None else post.repeat_after_s
        delivery.tries += 1
        self._later(waits_s[min(tries, len(waits_s) - 1)], lambda: self._spawn(self._try(delivery)))

    async def _post(self, delivery: Delivery) -> bool:
        post, began = delivery.post, perf_counter()
        status, body, note = None, b"", ""
        try:
            async with asyncio.timeout(post.within_s):
                status, body = await self._courier.post(post.url, post.headers, post.raw)
        except (NotDelivered, TimeoutError) as error:
            note = str(error) or "no answer in time"
        self._wire.log(
            "webhook",
            delivery.account_id,
            delivery.label,
            url=post.url,
            status=status,
            again=delivery.tries,
            took_ms=(perf_counter() - began) * 1000,
            request=post.raw,
            response=body,
            note=note,
        )
        if post.takes is not None:
            return post.takes(status, body)
        return status is not None and 200 <= status < 300

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _later(self, wait_s: float, action: Callable[[], object]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(wait_s, run)
        self._timers.add(timer)

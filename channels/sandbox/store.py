"""Keeps the world in one JSON file, written whole and atomically, at most twice a second, seldomer when it is large."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import threading
from pathlib import Path
from time import perf_counter

from channels.sandbox.world import World

WRITE_EVERY_S = 0.5
SHARE_OF_TIME = 20
"""Serialising takes at most a twentieth of the time, however large the world is."""


class Store:
    """`state.json` under the state directory, and the files that people sent beside it under `media/`."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.path = state_dir / "state.json"
        self.media_dir = state_dir / "media"
        self.media_dir.mkdir(parents=True, exist_ok=True)
        self._changed = False
        self._turn = itertools.count(1)
        self._written = 0
        self._writing = threading.Lock()

    def load(self) -> World:
        """Return the world as it was left, or an empty one."""
        if not self.path.exists():
            return World()
        return World.from_json(json.loads(self.path.read_text(encoding="utf-8")))

    def touch(self) -> None:
        """Remember that something changed; the next turn of `keep` writes it."""
        self._changed = True

    async def keep(self, world: World) -> None:
        """Write until cancelled, then write what is left."""
        try:
            wait_s = WRITE_EVERY_S
            while True:
                await asyncio.sleep(wait_s)
                if self._changed:
                    self._changed = False
                    began = perf_counter()
                    turn, text = self._picture(world)
                    wait_s = max(WRITE_EVERY_S, SHARE_OF_TIME * (perf_counter() - began))
                    await asyncio.to_thread(self._write, turn, text)
        finally:
            if self._changed:
                self._write(*self._picture(world))

    def write_now(self, world: World) -> None:
        """Write at once: for secrets that somebody is about to copy."""
        self._changed = False
        self._write(*self._picture(world))

    def _picture(self, world: World) -> tuple[int, str]:
        return next(self._turn), json.dumps(world.to_json(), ensure_ascii=False)

    def _write(self, turn: int, text: str) -> None:
        """Write a picture of the world, unless a newer one is written already: two may be on their way in two threads."""
        draft = self.path.with_suffix(".new")
        with self._writing:
            if turn < self._written:
                return
            with draft.open("w", encoding="utf-8") as file:
                os.chmod(draft, 0o600)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
            self._written = turn

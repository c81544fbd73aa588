"""Scripted customers: they write first, read, answer what agents say, tap, react, and at last have said everything."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from channels.sandbox import cast
from channels.sandbox.cast import CAST, Persona
from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Json, Line

DICE = secrets.SystemRandom()
CROWD_MOST = 24
RUSH_MOST = 500
MESSAGES_MOST = 3000
"""Written in one run; then the town is asleep until somebody starts it again."""


@dataclass(slots=True)
class Part:
    """What a person has left to say in this run. `left_alone`: somebody plays them by hand."""

    answers: list[tuple[tuple[str, ...], Json]] = field(default_factory=list)
    fillers: list[Json] = field(default_factory=list)
    taps: tuple[str, ...] = ()
    errands: list[tuple[Json, ...]] = field(default_factory=list)
    left_alone: bool = False


class Scripts:
    """The switch and its people. `pace` multiplies every delay; 0 in tests makes them quick."""

    def __init__(self, host: Host, *, pace: float = 1.0) -> None:
        self._host = host
        self._pace = pace
        self._parts: dict[str, Part] = {}
        self._run = 0
        self._is_writing = False
        self.running = False
        self.per_minute = 2.0
        self.written = 0
        host.on_line(self._saw)

    def state(self) -> Json:
        crowd = sum(customer.crowd for customer in self._host.world.customers.values())
        return {
            "running": self.running,
            "per_minute": self.per_minute,
            "written": self.written,
            "people": min(crowd, CROWD_MOST),
            "people_most": CROWD_MOST,
            "rush_most": RUSH_MOST,
        }

    def change(self, wish: Json) -> Json:
        """Throw switches {running?, per_minute?, rush?: true or a number of people}. Raises WishRefused."""
        if "per_minute" in wish:
            rate = wish["per_minute"]
            if not isinstance(rate, int | float) or not 0 <= rate <= 60:
                raise WishRefused("per_minute is between 0 and 60.")
            self.per_minute = float(rate)
        if wish.get("running") is True and not self.running:
            self.start()
        if wish.get("running") is False:
            self.stop()
        if rush := wish.get("rush"):
            self.rush(RUSH_MOST if rush is True else int(rush))
        self._host.live.tell("scripts", {"scripts": self.state()})
        return self.state()

    def start(self) -> None:
        """Wake the town: everybody of the cast has an errand within half a minute, the crowd trickles in."""
        self.running, self.written = True, 0
        self._run += 1
        self._parts.clear()
        for order, persona in enumerate(CAST):
            met = self._meet(persona)
            if met is None:
                continue
            account, customer = met
            self._parts[customer.id] = Part(
                list(persona.answers), list(persona.fillers), persona.taps, list(persona.errands)
            )
            self._soon(1 + order * 3 + DICE.random() * 2, partial(self._next_errand, account, customer))
        self._soon(20, self._crowd)

    def stop(self) -> None:
        """Send everybody home: nothing that was planned happens any more."""
        self.running = False
        self._run += 1

    def rush(self, people: int) -> None:
        """Let many people write at once, once."""
        for number in range(max(1, min(people, RUSH_MOST))):
            self._soon(DICE.random(), partial(self._passer_by_writes, number), always=True)

    def _meet(self, persona: Persona) -> tuple[Account, Customer] | None:
        """Return account and customer of a persona, creating the customer; None where none of their apps is emulated."""
        emulated = [name for name in persona.channels if name in self._host.emulators]
        if not emulated:
            return None
        listening = self._listening()
        channel = next((name for name in emulated if name in listening), emulated[0])
        accounts = [account for account in self._host.world.accounts.values() if account.channel == channel]
        account = accounts[min(persona.account, len(accounts) - 1)]
        wish = {"name": persona.name, "phone": persona.phone, "language": persona.language, "place": persona.place}
        return account, self._known(channel, persona.phone) or self._create(channel, wish)

    def _listening(self) -> list[str]:
        """Return the apps on which some account's events go somewhere, in the order of the switcher."""
        accounts = self._host.world.accounts.values()
        heard = {one.channel for one in accounts if self._host.emulators[one.channel].describe(one)["callback_url"]}
        return [name for name in self._host.emulators if name in heard]

    def _known(self, channel: str, phone: str) -> Customer | None:
        """Find by present or former number: people move."""
        everybody = self._host.world.customers.values()
        return next((c for c in everybody if c.channel == channel and phone in (c.phone, *c.past_phones)), None)

    def _create(self, channel: str, wish: Json) -> Customer:
        customer = self._host.emulators[channel].welcome(wish)
        self._host.world.add_customer(customer)
        self._host.show_customer(customer)
        return customer

    def _next_errand(self, account: Account, customer: Customer) -> None:
        part = self._parts[customer.id]
        if part.left_alone or not part.errands:
            return
        wait_s = 0.0
        for wish in part.errands.pop(0):
            self._soon(wait_s, partial(self._do, account, customer, wish))
            wait_s += 3 + DICE.random() * 5
        self._soon(420 + DICE.random() * 300, partial(self._next_errand, account, customer))

    def _crowd(self) -> None:
        """Write as somebody of the crowd, and come back at the chosen rate."""
        if self.per_minute:
            self._passer_by_writes(DICE.randrange(CROWD_MOST))
        self._soon(60 / (self.per_minute or 6) * (0.5 + DICE.random()), self._crowd)

    def _passer_by_writes(self, number: int) -> None:
        listening = self._listening() or list(self._host.emulators)
        channel = listening[0] if number % 2 == 0 else listening[number // 2 % len(listening)]
        phone = f"8525551{number:04d}"
        wish = {"name": cast.passer_by(number), "phone": phone, "crowd": True, "language": "zh-HK"}
        customer = self._known(channel, phone) or self._create(channel, wish)
        part = self._parts.setdefault(customer.id, Part(fillers=[DICE.choice(cast.CROWD_ANSWERS)]))
        if not part.left_alone:
            account = next(account for account in self._host.world.accounts.values() if account.channel == channel)
            kinds = {"text", *(kind.name for kind in self._host.emulators[channel].kinds)}
            self._do(account, customer, DICE.choice([line for line in cast.CROWD_LINES if line["kind"] in kinds]))

    def _saw(self, chat: Chat, line: Line) -> None:
        """Answer the business after a while; stand back when somebody plays this person by hand."""
        part = self._parts.get(chat.customer_id)
        if part is None or self._is_writing:
            return
        if line.by == "customer":
            part.left_alone = True
            return
        if not self.running or part.left_alone:
            return
        account, customer = self._host.world.accounts[chat.account_id], self._host.world.customers[chat.customer_id]
        read_after_s = 1.5 + DICE.random() * 4
        self._soon(read_after_s, partial(self._do, account, customer, {"read": True}))
        wish = self._reply(part, line)
        if wish:
            self._soon(read_after_s + 2 + DICE.random() * 6, partial(self._do, account, customer, wish))

    def _reply(self, part: Part, line: Line) -> Json | None:
        """Choose what to say or do about a line, each thing once; None when everything has been said."""
        view = line.view
        if view.get("buttons") or view.get("list") or view.get("chips"):
            choices = [*view.get("buttons", []), *view.get("chips", [])]
            offered = [choice["title"] for choice in choices if choice["kind"] in ("reply", "postback", "text")]
            liked = [title for title in offered if title in part.taps] or offered
            return {"tap": liked[0] if liked else True, "message_id": line.id}
        if view["kind"] == "ask":
            return {"tap": True, "message_id": line.id}
        text = str(view.get("text", "")).lower()
        for answer in part.answers:
            words, wish = answer
            if any(word.lower() in text for word in words):
                part.answers.remove(answer)
                return wish
        return part.fillers.pop(0) if part.fillers else None

    def _do(self, account: Account, customer: Customer, wish: Json) -> None:
        """Write or act; what the app refuses (a tap on a link, a blocked chat) a person would shrug off too."""
        if self.written >= MESSAGES_MOST:
            self.stop()
            return
        emulator = self._host.emulators[customer.channel]
        self._is_writing = True
        try:
            if "kind" in wish:
                self.written += 1
                emulator.write(account, customer, wish)
            else:
                emulator.act(account, customer, wish)
        except WishRefused as refused:
            self._host.live.tell("note", {"note": f"{customer.name}: {refused}"})
        finally:
            self._is_writing = False

    def _soon(self, wait_s: float, action: Callable[[], None], *, always: bool = False) -> None:
        """Plan something for this run; a stop in between cancels it, except where `always`."""
        run = self._run

        def act() -> None:
            if always or (self.running and run == self._run):
                action()

        self._host.later(wait_s * self._pace, act)

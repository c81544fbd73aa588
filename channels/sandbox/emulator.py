"""The one interface between the laboratory and a platform's emulator: `channels.<name>.sandbox.emulator(host)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.world import Account, Chat, Customer, Line

Json = dict[str, Any]


class WishRefused(ValueError):
    """Somebody asked the laboratory for something that the platform's app cannot do. Answered 422 with the text."""


@dataclass(frozen=True, slots=True)
class Update:
    """One webhook event on its way. `lane`: events of one lane leave in order. `label` names it on the wire."""

    account: Account
    lane: str
    label: str
    payload: Json


@dataclass(frozen=True, slots=True)
class Post:
    """A webhook ready to leave: the raw bytes are what is signed and, on a retry, sent again.

    within_s        how long the platform waits for an answer; None = as long as the poster does
    repeat_after_s  the pauses before it comes again, after which the platform gives up; None = for days
    takes           is given every answer (status None: there was none) and says whether the platform is content
    given_up        is called when the last repeat got no good answer
    """

    url: str
    headers: dict[str, str]
    raw: bytes
    within_s: float | None = None
    repeat_after_s: tuple[float, ...] | None = None
    takes: Callable[[int | None, bytes], bool] | None = None
    given_up: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """Something a customer can send, for the page's menu: its name, an icon, and the fields a person may fill.

    `sample` is a ready `POST /sandbox/customers/{id}/messages` body without `account`.
    """

    name: str
    icon: str
    group: str
    sample: Json
    fields: tuple[str, ...] = field(default=())


class Emulator(Protocol):
    """A platform. Everything it knows lives in the host's world; it may be made anew over the same state.

    place      where its app stands in the switcher, from 1; the first is who strangers and the crowd use
    label      the app's name
    kinds      what a customer can send, for the + menu
    reactions  emoji that the app offers to press; () = it has none
    asks       what the page asks of a new person beside the name: "phone", "hide_phone", "username"
    fail_codes the platform's error codes that the page offers under "Fail with a code"
    """

    name: str
    place: int
    label: str
    kinds: Sequence[Kind]
    reactions: Sequence[str]
    asks: Sequence[str]
    fail_codes: Sequence[int]

    async def answer(self, request: Request) -> Response | None:
        """Speak the platform's API. None: neither the path nor the object named in it is this platform's."""

    def unknown(self, request: Request) -> Response | None:
        """Say what the platform says about an object that nobody has; None when the address is not its kind."""

    def furnish(self) -> None:
        """Create the demo accounts of an empty world."""

    def open_account(self, wish: Json) -> Account:
        """Create an account {name?, phone?, beside?: account id whose platform objects it shares}. Raises WishRefused."""

    def describe(self, account: Account) -> Json:
        """Return what `GET /sandbox/accounts` adds: `subscribed`, `callback_url` (the effective one), `display` (how the page
        names it beside its name), `hawker_settings` (what to set in Hawker besides `api_base_url`), and what else there is.
        """

    def welcome(self, wish: Json) -> Customer:
        """Create a customer {name, phone?, …}. Raises WishRefused."""

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        """Let the customer write {kind, …} and post the webhook. None: it leaves no line. Raises WishRefused."""

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        """Let the customer do {action, …}: tap, read, react, type, block … Raises WishRefused."""

    def inject(self, account: Account, wish: Json) -> None:
        """Post an event of the account itself, in the platform's own words. Raises WishRefused."""

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        """Put updates into as few signed webhooks as the platform would; none when nobody is subscribed."""

    def chat_state(self, chat: Chat) -> Json:
        """Return what the page shows beside the lines: window, blocked, opted out, typing."""

"""Trouble on demand, per account: what the platform's network, its webhooks and its answers can do to us."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

Json = dict[str, Any]


class FaultInvalid(ValueError):
    """A fault that does not exist, or a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches. All off is an ordinary day.

    delay_ms             webhooks arrive this much later
    repeat               share (0–1) of deliveries that come again, up to 3 times in all, byte for byte
    reorder              webhooks overtake each other: statuses come before their message, replies before questions
    batch                up to this many events in one webhook (0 = one each); Meta allows 1,000
    throttle_per_second  sends above this rate are refused (WhatsApp: 130429); None = the account's own speed
    fail_code            every send fails with this platform code; None = none
    fail_as              "answer": in the HTTP answer · "status": accepted, then a failed status
    fail_share           share of sends that fail_code hits
    lose_answer          the send is accepted and carried out, but the caller never learns: "cut" closes the line,
                         "silence" leaves it open
    dark                 nothing answers, nothing is posted; what happened meanwhile is posted afterwards
    """

    delay_ms: int = 0
    repeat: float = 0.0
    reorder: bool = False
    batch: int = 0
    throttle_per_second: float | None = None
    fail_code: int | None = None
    fail_as: Literal["answer", "status"] = "answer"
    fail_share: float = 1.0
    lose_answer: Literal["", "cut", "silence"] = ""
    dark: bool = False

    def changed(self, wish: Json) -> Faults:
        """Return these switches with those named in `wish` set anew. Raises FaultInvalid."""
        known = {f.name for f in fields(self)}
        unknown = set(wish) - known
        if unknown:
            raise FaultInvalid(f"No such fault: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(known))}.")
        return replace(self, **{name: _value(name, value) for name, value in wish.items()})

    def to_json(self) -> Json:
        return asdict(self)


class FaultBoard:
    """The switches of every account."""

    def __init__(self) -> None:
        self._by_account: dict[str, Faults] = {}

    def of(self, account_id: str) -> Faults:
        return self._by_account.get(account_id, CALM)

    def set(self, account_id: str, faults: Faults) -> None:
        self._by_account[account_id] = faults


CALM = Faults()


def _value(name: str, value: Any) -> Any:
    """Read one switch. True and false are understood where a bare switch is thrown: repeat, lose_answer."""
    match name:
        case "reorder" | "dark":
            return bool(value)
        case "lose_answer":
            return _lose_answer(value)
        case "fail_as":
            if value not in ("answer", "status"):
                raise FaultInvalid('fail_as is "answer" or "status".')
            return value
        case "fail_code":
            return None if value in (None, 0, "") else int(_number(name, value, 1, 99_999_999))
        case "throttle_per_second":
            return None if value in (None, 0, "") else _number(name, value, 0.01, 100_000)
        case "repeat" | "fail_share":
            return _number(name, value, 0, 1)
        case "batch":
            return int(_number(name, value, 0, 1000))
        case _:
            return int(_number(name, value, 0, 600_000))


def _lose_answer(value: Any) -> str:
    if value is True:
        return "cut"
    if not value:
        return ""
    if value not in ("cut", "silence"):
        raise FaultInvalid('lose_answer is false, "cut" or "silence".')
    return str(value)


def _number(name: str, value: Any, least: float, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise FaultInvalid(f"{name} is a number.") from None
    if not least <= number <= most:
        raise FaultInvalid(f"{name} is between {least:g} and {most:g}.")
    return number

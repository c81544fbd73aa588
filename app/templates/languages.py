"""Find the language of a template that suits a reader: platforms write `zh_HK`, people's languages are `zh-Hant-HK`."""

from __future__ import annotations

from collections.abc import Sequence

_TRADITIONAL = frozenset(("hant", "hk", "tw", "mo"))


def best_language(offered: Sequence[str], wanted: str | None, otherwise: str) -> str | None:
    """Return the one of `offered` that reads most like `wanted`, else `otherwise` if it is offered, else the first; None of none.

    Chinese is told apart by script: who reads Traditional is not sent Simplified as long as the default is offered.
    """
    if not offered:
        return None
    if wanted:
        for alike in (_same, _same_script):
            found = next((one for one in offered if alike(one, wanted)), None)
            if found is not None:
                return found
    return otherwise if otherwise in offered else offered[0]


def _parts(tag: str) -> list[str]:
    return tag.replace("_", "-").lower().split("-")


def _same(one: str, other: str) -> bool:
    return _parts(one) == _parts(other)


def _same_script(one: str, other: str) -> bool:
    first, second = _parts(one), _parts(other)
    if first[0] != second[0]:
        return False
    return first[0] != "zh" or _is_traditional(first) == _is_traditional(second)


def _is_traditional(parts: list[str]) -> bool:
    return bool(_TRADITIONAL & set(parts[1:]))

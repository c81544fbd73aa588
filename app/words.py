"""Marks English sentences that people read: the catalogs collect them, and whoever answers a reader puts them into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Gettext = Callable[[str], str]


def _(english: str) -> str:
    """Return the sentence as it is: it is the key of its translations."""
    return english


def fill(sentence: str, params: Mapping[str, Any]) -> str:
    """Put `params` into the {gaps} of a sentence."""
    for name, value in params.items():
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence

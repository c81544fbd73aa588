"""Reads request bodies as Graph does: every wrong member has its documented error, nothing unknown gets through."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from channels.whatsapp.sandbox.errors import GraphError

Json = dict[str, Any]


class Part:
    """An object inside a request body that knows its path, for Graph's way of naming what is wrong.

    A missing member is 131008, an unfitting value 131009, a wrong JSON type or an unknown member 100.
    """

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, dict):
            raise GraphError(
                100, f"{path} must be a JSON object.", message=f"(#100) Param {path} must be a JSON object."
            )
        self.data: Json = data
        self.path = path

    def only(self, *known: str) -> None:
        for key in self.data:
            if key not in known:
                raise GraphError(
                    100,
                    f'Unexpected key "{key}" on param "{self.path}".',
                    message=f'(#100) Unexpected key "{key}" on param "{self.path}".',
                )

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def text(self, key: str, *, most: int, least: int = 1, code: int = 131009) -> str:
        """Return a required string of `least` to `most` characters."""
        value = self._needed(key)
        if not isinstance(value, str):
            raise GraphError(
                100,
                f"Param {self.path}['{key}'] must be a string.",
                message=f"(#100) Param {self.path}['{key}'] must be a string.",
            )
        if not least <= len(value) <= most:
            self._refuse(key, f"length invalid. Min length: {least}, Max length: {most}", code=code)
        return value

    def optional_text(self, key: str, *, most: int, least: int = 0, code: int = 131009) -> str:
        return self.text(key, most=most, least=least, code=code) if self.has(key) else ""

    def one_of(self, key: str, options: Collection[str], *, code: int = 131009) -> str:
        value = self._needed(key)
        if value not in options:
            self._refuse(key, f'must be one of {{{", ".join(sorted(options))}}} - got "{value}"', code=code)
        return str(value)

    def word(self, key: str, options: Collection[str]) -> str:
        """Return one of the options in lower case; Graph does not mind capitals inside templates."""
        value = self._needed(key)
        if not isinstance(value, str) or value.lower() not in options:
            self._refuse(key, f'must be one of {{{", ".join(sorted(options))}}} - got "{value}"')
        return str(value).lower()

    def fixed(self, key: str, wanted: str) -> None:
        self.one_of(key, (wanted,))

    def number(self, key: str, *, least: float, most: float) -> float:
        """Return a number; Graph takes strings of digits as well."""
        value = self._needed(key)
        try:
            number = float(value)
        except (TypeError, ValueError):
            self._refuse(key, "is not a number")
        if not least <= number <= most:
            self._refuse(key, f"must be between {least:g} and {most:g}")
        return number

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if value in (True, False, "true", "false", None):
            return value in (True, "true")
        raise GraphError(
            100,
            f"Param {self.path}['{key}'] must be a boolean.",
            message=f"(#100) Param {self.path}['{key}'] must be a boolean.",
        )

    def part(self, key: str) -> Part:
        return Part(self._needed(key), f"{self.path}['{key}']")

    def optional_part(self, key: str) -> Part | None:
        return self.part(key) if self.has(key) else None

    def parts(self, key: str, *, least: int = 1, most: int) -> list[Part]:
        """Return a required array of objects with `least` to `most` elements."""
        value = self._needed(key)
        if not isinstance(value, list):
            raise GraphError(
                100,
                f"Param {self.path}['{key}'] must be an array.",
                message=f"(#100) Param {self.path}['{key}'] must be an array.",
            )
        if not least <= len(value) <= most:
            self._refuse(key, f"has an invalid number of elements. Min: {least}, Max: {most}")
        return [Part(item, f"{self.path}['{key}'][{index}]") for index, item in enumerate(value)]

    def _needed(self, key: str) -> Any:
        value = self.data.get(key)
        if value is None:
            raise GraphError(131008, f"Parameter {self.path}['{key}'] is missing.")
        return value

    def _refuse(self, key: str, why: str, *, code: int = 131009) -> Any:
        text = f"Param {self.path}['{key}'] {why}."
        raise GraphError(code, text, message=f"(#100) {text}" if code == 100 else "")

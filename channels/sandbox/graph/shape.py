"""Reads objects in request bodies as strictly as Graph does: whatever does not fit is error 100 with the member's path."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from channels.sandbox.graph.errors import GraphError, Json


def refuse(message: str, *, subcode: int | None = None) -> GraphError:
    return GraphError(100, f"(#100) {message}", subcode=subcode)


class Shape:
    """An object that knows its path, such as message[attachment][payload]."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, dict):
            raise refuse(f"Param {path} must be a JSON object")
        self.data: Json = data
        self.path = path

    def only(self, *known: str) -> Shape:
        for key in self.data:
            if key not in known:
                raise refuse(f"Invalid keys were found in param {self.path}: {key}")
        return self

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def one_member(self, *names: str) -> str:
        """Return which of the members is there; exactly one has to be."""
        found = [name for name in names if self.has(name)]
        if len(found) != 1:
            raise refuse(f"Param {self.path} must have exactly one of {', '.join(names)}")
        return found[0]

    def text(self, key: str, *, most: int, least: int = 1, in_bytes: bool = False) -> str:
        """Return a required string; `in_bytes` counts UTF-8 bytes instead of characters."""
        value = self._needed(key)
        if not isinstance(value, str):
            raise refuse(f"Param {self.path}[{key}] must be a string")
        length = len(value.encode("utf-8", "surrogatepass")) if in_bytes else len(value)
        if not least <= length <= most:
            unit = "bytes" if in_bytes else "characters"
            raise refuse(f"Length of param {self.path}[{key}] must be between {least} and {most} {unit}")
        return value

    def optional_text(self, key: str, *, most: int) -> str:
        return self.text(key, most=most, least=0) if self.has(key) else ""

    def identifier(self, key: str) -> str:
        """Return an id, which Graph takes as digits or as a number."""
        value = self._needed(key)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
            raise refuse(f"Param {self.path}[{key}] must be an ID")
        return str(value)

    def one_of(self, key: str, options: Collection[str]) -> str:
        value = self._needed(key)
        if value not in options:
            raise refuse(f"Param {self.path}[{key}] must be one of {{{', '.join(sorted(options))}}} - got {value!r}")
        return str(value)

    def url(self, key: str) -> str:
        value = self.text(key, most=2048)
        if not value.startswith(("http://", "https://")):
            raise refuse(f"Param {self.path}[{key}] should represent a valid URL")
        return value

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if value not in (True, False, "true", "false"):
            raise refuse(f"Param {self.path}[{key}] must be a boolean")
        return value in (True, "true")

    def part(self, key: str) -> Shape:
        return Shape(self._needed(key), f"{self.path}[{key}]")

    def parts(self, key: str, *, most: int, least: int = 1) -> list[Shape]:
        """Return a required array of objects with `least` to `most` elements."""
        value = self._needed(key)
        if not isinstance(value, list):
            raise refuse(f"Param {self.path}[{key}] must be an array")
        if not least <= len(value) <= most:
            raise refuse(f"Param {self.path}[{key}] must have between {least} and {most} elements")
        return [Shape(item, f"{self.path}[{key}][{index}]") for index, item in enumerate(value)]

    def _needed(self, key: str) -> Any:
        value = self.data.get(key)
        if value is None:
            raise refuse(f"The parameter {self.path}[{key}] is required")
        return value

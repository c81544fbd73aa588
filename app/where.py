"""SQL conditions that are put together at run time, with asyncpg's numbered parameters."""

from __future__ import annotations

from typing import Any


class Where:
    """Conditions joined by AND. Values only ever travel as parameters; texts of conditions are constants of ours."""

    def __init__(self, *params: Any) -> None:
        self.params: list[Any] = list(params)
        self._conditions: list[str] = []

    def param(self, value: Any) -> str:
        """Take a value and return its placeholder, such as `$3`."""
        self.params.append(value)
        return f"${len(self.params)}"

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition; each `{}` in it stands for the next of `values`."""
        self._conditions.append(condition.format(*(self.param(value) for value in values)) if values else condition)

    @property
    def sql(self) -> str:
        return " AND ".join(f"({condition})" for condition in self._conditions) or "TRUE"

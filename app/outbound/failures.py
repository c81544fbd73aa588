"""Why a message was not sent, as it is stored: code and parameters, and what the platform itself said."""

from __future__ import annotations

from typing import Any

LONGEST_SAID = 500


def failure_json(code: str, *, external_code: str = "", said: str = "", **params: Any) -> dict[str, Any]:
    """Return `message.error`. Answers of the API add `text`, the code in the reader's language."""
    return {"code": code, "external_code": external_code, "external_text": said[:LONGEST_SAID], "params": params}

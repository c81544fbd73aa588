"""The variables in a template's texts: `{{1}}`, `{{first_name}}`."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def placeholders(words: str) -> list[str]:
    """Return the names of the variables in a text, in order, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(words)))

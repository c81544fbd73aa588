"""Docs that code can check: the settings page lists every setting as the code has it."""

import sys
from pathlib import Path

from app.config import Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Everything is set by environment variables, or by a file `.env` in the directory that Hawker starts in. A missing or wrong
setting stops the start with its name and what to write.

| variable | default | meaning |
|---|---|---|
"""


def rendered() -> str:
    """Return the page as it must read."""
    rows = [
        f"| `HAWKER_{name.upper()}` | {'–' if field.default is None else f'`{field.default}`'} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "".join(rows)


def test_the_settings_page_says_what_the_code_says() -> None:
    assert PAGE.read_text() == rendered(), f"run: python {Path(__file__).relative_to(PAGE.parent.parent)}"


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


if __name__ == "__main__":
    PAGE.write_text(rendered())
    sys.stdout.write(f"wrote {PAGE}\n")

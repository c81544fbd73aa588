"""Every channel's README lists its limits and errors as the code has them. Run as a program, this rewrites them."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from channels import registry
from channels.contract import Account, Cards, Choices, Limit, Window

CHANNELS = Path(registry.__file__).parent


def limit(found: Limit | None) -> str:
    return "–" if found is None else f"{found.n:,} {found.unit.replace('_', ' ')}"


def size(size_bytes: int) -> str:
    return f"{size_bytes // 1024**2} MiB" if size_bytes >= 1024**2 else f"{size_bytes // 1024} KiB"


def lasting(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds} s"


def quota(messages: int | None) -> str:
    return "" if messages is None else f"; {messages} message{'s' if messages > 1 else ''}"


def choices(name: str, found: Choices | None) -> list[tuple[str, str]]:
    if found is None:
        return [(name, "–")]
    parts = ("text", "title", "description", "id", "button")
    lengths = ", ".join(f"{part} {limit(length)}" for part in parts if (length := getattr(found, part)))
    return [(name, f"at most {found.most}; {lengths}")]


def cards(found: Cards | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    lengths = f"title {limit(found.title)}, subtitle {limit(found.subtitle)}, button {limit(found.button)}"
    return [("cards", f"at most {found.most} with {found.buttons} buttons each; {lengths}")]


def window(found: Window) -> str:
    by = "; typed by a person" if found.by == "agent" else ""
    return f"{lasting(found.lasts_s)} after {', '.join(found.opened_by)}{quota(found.quota)}{by}"


def limits(name: str) -> str:
    known = registry.get(name).capabilities(Account("1", ""))
    rows = [("text", limit(known.text))]
    rows += [
        (kind, f"{size(rule.max_bytes)}; caption {limit(rule.caption)}; {', '.join(rule.mimes)}")
        for kind, rule in known.media.items()
    ]
    rows += choices("buttons", known.buttons) + choices("list", known.list) + cards(known.cards)
    rows += [(f"window: {found.kind}", window(found)) for found in known.windows]
    pair = f"; {known.pace.pair_per_s * 60:g} per minute to one person" if known.pace.pair_per_s else ""
    slower = "".join(f"; {kind} {rate:g} per second" for kind, rate in known.pace.by_kind.items())
    rows += [("pace", f"{known.pace.per_second:g} per second{pair}{slower}")]
    return "| | |\n|---|---|\n" + "".join(f"| {label} | {text} |\n" for label, text in rows)


def errors(name: str) -> str:
    codes: dict[tuple[str, str], list[int | tuple[int | None, int | None]]] = defaultdict(list)
    for code, meaning in importlib.import_module(f"channels.{name}.errors").MEANINGS.items():
        codes[meaning.error.__name__, meaning.code].append(code)
    rows = (f"| {error} | `{code}` | {listed(found)} |\n" for (error, code), found in sorted(codes.items()))
    return "| class | our code | the platform's |\n|---|---|---|\n" + "".join(rows)


def listed(codes: list[int | tuple[int | None, int | None]]) -> str:
    """Write code and subcode as code/subcode, with … for whichever code."""
    pairs = [code if isinstance(code, tuple) else (code, None) for code in codes]
    plain = sorted(code for code, subcode in pairs if code is not None and subcode is None)
    both = sorted((code or 0, subcode) for code, subcode in pairs if subcode is not None)
    return ", ".join(part for part in (ranges(plain), *(f"{code or '…'}/{subcode}" for code, subcode in both)) if part)


def ranges(codes: list[int]) -> str:
    """Write runs of three and more as first–last."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def rendered(name: str, page: str) -> str:
    for part, table in (("limits", limits(name)), ("errors", errors(name))):
        page = re.sub(
            rf"(<!-- {part} -->\n).*?(<!-- /{part} -->)",
            lambda found, t=table: found[1] + t + found[2],
            page,
            flags=re.S,
        )
    return page


@pytest.mark.parametrize("name", registry.NAMES)
def test_a_readme_says_what_the_code_says(name: str) -> None:
    page = (CHANNELS / name / "README.md").read_text()
    assert "<!-- limits -->" in page
    assert "<!-- errors -->" in page
    assert page == rendered(name, page), "run: python tests/channels/test_readme.py"


@pytest.mark.parametrize("name", registry.NAMES)
def test_a_channel_has_every_room(name: str) -> None:
    rooms = {"__init__.py", "capabilities.py", "inbound.py", "outbound.py", "errors.py", "README.md", "sandbox"}
    assert rooms - {path.name for path in (CHANNELS / name).iterdir()} == set()
    adapter = registry.get(name)
    assert (adapter.name, bool(adapter.label), bool(adapter.credential_fields)) == (name, True, True)


if __name__ == "__main__":
    for name in registry.NAMES:
        readme = CHANNELS / name / "README.md"
        readme.write_text(rendered(name, readme.read_text()))
        sys.stdout.write(f"wrote {readme}\n")

"""docs/channels.md says of every channel what the code says, each number with its source. Run as a program, this rewrites it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from channels import registry
from channels.contract import Account, Adapter, Capabilities, Guide, Limit

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
HEAD = """# What each channel can do

The rules that the composer, the splitting of long texts, the pre-flight of campaigns and the pacing read. This page is written
from the code (`channels/<name>/capabilities.py`); the last column leads to the vendor's page that says so. *Unconfirmed* numbers
are in no vendor's text: the code around them is tolerant. A platform that raised a limit for one account: Settings → Channels.

"""
OWN = {"lane_share_for_agents": "our own: what a campaign leaves to agents' replies"}
"""Numbers that no platform gives."""
UNITS = {"characters": "characters", "utf8_bytes": "bytes (UTF-8)", "utf16_units": "UTF-16 units"}
ADDRESS = re.compile(r"(https?://\S+)(?: \((.+)\))?$")


@dataclass(frozen=True)
class Row:
    """One number (or list) and where it is said."""

    name: str
    value: str
    source: str
    is_number: bool = True


def kinds() -> Iterator[tuple[Adapter, list[Guide], Capabilities]]:
    """Yield what can be connected; guides of a channel that lead to the same rules stand together."""
    for adapter in registry.all_adapters().values():
        groups: list[tuple[Capabilities, list[Guide]]] = []
        for guide in adapter.guides:
            found = adapter.capabilities(Account("1", adapter.base_url(guide.settings), guide.settings))
            same = next((guides for known, guides in groups if known == found), None)
            if same is None:
                groups.append((found, [guide]))
            else:
                same.append(guide)
        for found, guides in groups:
            yield adapter, guides, found


def rows_of(value: Any, name: str, source: str) -> Iterator[Row]:
    """Yield every number below `value`, with the nearest source above it."""
    if isinstance(value, Limit):
        yield Row(name, f"{value.n:,} {UNITS[value.unit]}", value.source or source)
    elif is_dataclass(value):
        own = getattr(value, "source", "") or source
        named: Mapping[str, str] = getattr(value, "sources", {}) | OWN
        for each in fields(value):
            if each.name not in ("source", "sources", "kind"):
                yield from rows_of(getattr(value, each.name), joined(name, each.name), named.get(each.name, own))
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from rows_of(member, joined(name, key or "others"), source)
    elif isinstance(value, tuple) and value:
        yield from rows_of_list(value, name, source)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Row(name, measured(value, name), source)


def rows_of_list(value: tuple[Any, ...], name: str, source: str) -> Iterator[Row]:
    if all(isinstance(member, str) for member in value):
        yield Row(name, ", ".join(value), source, is_number=False)
        return
    for member in value:
        yield from rows_of(member, joined(name, member.kind), source)


def joined(name: str, part: str) -> str:
    words = part.removesuffix("_s") if part.endswith(("lasts_s", "lifetime_s", "age_s")) else part
    return f"{name} · {words.replace('_', ' ')}".removeprefix(" · ")


def measured(value: float, name: str) -> str:
    if name.endswith("max bytes"):
        return f"{value // 1024**2:g} MiB" if value >= 1024**2 else f"{value // 1024:g} KiB"
    if name.endswith(("lasts", "lifetime", "max age")):
        return lasting(int(value))
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def lasting(seconds: int) -> str:
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def features(found: Capabilities) -> dict[str, bool]:
    return {each.name: value for each in fields(found) if isinstance(value := getattr(found, each.name), bool)}


def comparison() -> str:
    columns = [(" / ".join(guide.title for guide in guides), features(found)) for _, guides, found in kinds()]
    lines = ["| | " + " | ".join(name for name, _ in columns) + " |", "|---|" + ":-:|" * len(columns)]
    for feature in columns[0][1]:
        marks = ("✓" if has[feature] else "–" for _, has in columns)
        lines.append(f"| {feature.replace('_', ' ')} | " + " | ".join(marks) + " |")
    return "## Side by side\n\n" + "\n".join(lines) + "\n\n"


def section(adapter: Adapter, guides: list[Guide], found: Capabilities) -> str:
    title = " / ".join(guide.title for guide in guides)
    lines = [f"## {title}", "", "| what | value | source |", "|---|---|---|"]
    lines += [f"| {row.name} | {row.value} | {linked(row.source)} |" for row in rows_of(found, "", "")]
    return "\n".join([*lines, "", ""])


def linked(source: str) -> str:
    found = ADDRESS.match(source)
    if found is None:
        return "*unconfirmed*" if source == "seen in no vendor text" else source
    page = found[1].split("?")[0].rstrip("/").rpartition("/")[2].removesuffix(".html")
    return f"[{page}]({found[1]})" + (f" ({found[2]})" if found[2] else "")


def rendered() -> str:
    """Return the page as it must read."""
    text = HEAD + comparison() + "".join(section(*kind) for kind in kinds())
    return text.rstrip("\n") + "\n"


def test_the_page_says_what_the_code_says() -> None:
    assert PAGE.read_text() == rendered(), f"run: python {Path(__file__).relative_to(PAGE.parent.parent)}"


@pytest.mark.parametrize("channel", registry.NAMES)
def test_every_number_has_a_source(channel: str) -> None:
    bare = [
        (guides[0].name, row.name)
        for adapter, guides, found in kinds()
        if adapter.name == channel
        for row in rows_of(found, "", "")
        if row.is_number and not row.source
    ]
    assert bare == []


def test_a_number_without_a_source_is_found() -> None:
    assert [row.name for row in rows_of(Limit(3), "text", "") if not row.source] == ["text"]


if __name__ == "__main__":
    PAGE.write_text(rendered())
    sys.stdout.write(f"wrote {PAGE}\n")

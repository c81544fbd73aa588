"""widget.js: the modules of the chat window, joined into the one classic script that shops load. No build step, no dependency."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./(\w+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export ", re.M)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)[ \t]*\n", re.M | re.S)
_INDENT = re.compile(r"^[ \t]+", re.M)
_EMPTY = re.compile(r"\n{2,}")


@cache
def script() -> tuple[bytes, str]:
    """Return widget.js and its entity tag."""
    body = f'(()=>{{"use strict";\n{joined("main")}}})();\n'.encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def joined(entry: str) -> str:
    """Return a module after those that it imports, each once, without comments. Their top-level names all differ: a test looks."""
    sources: dict[str, str] = {}
    _collect(entry, sources)
    return _EMPTY.sub("\n", "".join(sources.values()))


def _collect(name: str, sources: dict[str, str]) -> None:
    if name in sources:
        return
    source = (HERE / f"{name}.js").read_text()
    for needed in _IMPORT.findall(source):
        _collect(needed, sources)
    sources[name] = _INDENT.sub("", _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source))))

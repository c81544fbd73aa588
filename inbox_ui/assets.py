"""Static files with a version in their address: a changed file is fetched at once, an unchanged one never again."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

VENDORED = {
    "preact": "vendor/preact/preact.mjs",
    "preact/hooks": "vendor/preact/hooks/hooks.mjs",
    "@preact/signals": "vendor/signals/signals.mjs",
    "@preact/signals-core": "vendor/signals-core/signals-core.mjs",
    "htm": "vendor/htm/htm.mjs",
}
"""The bare names that modules import, by file."""

MEDIA_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. `version` is the start of its hash."""

    path: str
    content: bytes
    media_type: str
    version: str

    @property
    def url(self) -> str:
        return f"/static/{self.path}?v={self.version}"


def asset(path: str, content: bytes) -> Asset:
    """Return content as an asset at a path below /static."""
    suffix = Path(path).suffix
    media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Asset(path, content, media_type, hashlib.sha256(content).hexdigest()[:12])


def is_served(path: Path) -> bool:
    """Say whether a file below static/ is for browsers: declarations and tests are not."""
    name = path.name
    return path.is_file() and not name.endswith((".d.ts", ".test.js")) and path.suffix != ".toml"


@cache
def files() -> dict[str, Asset]:
    """Return every file below static/ by its path. Read once: a process serves one version."""
    found = (path for path in sorted(STATIC.rglob("*")) if is_served(path))
    return {
        path.relative_to(STATIC).as_posix(): asset(path.relative_to(STATIC).as_posix(), path.read_bytes())
        for path in found
    }


@cache
def import_map() -> dict[str, dict[str, str]]:
    """Return the import map: vendored names, and every module of ours at its versioned address.

    Relative imports are mapped after they are resolved, so modules import each other without knowing versions.
    """
    ours = {f"/static/{path}": one.url for path, one in files().items() if path.startswith("js/")}
    return {"imports": {**{name: files()[path].url for name, path in VENDORED.items()}, **ours}}


def modules(under: Iterable[str]) -> list[str]:
    """Return the addresses of all modules below the given folders, and of what they import, for `modulepreload`."""
    folders = tuple(under)
    ours = [one.url for path, one in files().items() if path.startswith(folders)]
    return [files()[path].url for path in VENDORED.values()] + ours

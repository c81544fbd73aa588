"""Fetch what `static/vendor/vendor.toml` pins with the npm client, and draw the icon sprite: `python -m inbox_ui.vendor`.

Only who refreshes the files needs npm; nobody else does.

Each package is checked against its pinned archive hash before a file of it is taken. Stored files differ from the published ones in
two ways, so that browsers and the type checker find everything here: source-map comments are dropped, and declarations are linked
(`@ts-self-types` at the head of a module, `.d.ts` at the end of relative imports).
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VENDOR = HERE / "static" / "vendor"
SPRITE = HERE / "templates" / "sprite.svg"


def manifest() -> dict[str, Any]:
    """Return vendor.toml: `package` is a list of {name, version, licence, archive_sha512, file: [{from, to, types?, sha256}]}."""
    return tomllib.loads((VENDOR / "vendor.toml").read_text())


def adapted(source: str, types: str = "") -> str:
    """Return a published module or declaration as it is stored here."""
    source = re.sub(r"\n//# sourceMappingURL=.*\n?", "\n", source)
    source = re.sub(r"""(from\s+['"])(\.\.?/[^'"]*?)(?:\.d\.ts)?(['"])""", r"\1\2.d.ts\3", source)
    return f'// @ts-self-types="{types}"\n// @ts-nocheck\n{source}' if types else source


def fetch(name: str, version: str, archive_sha512: str) -> tarfile.TarFile:
    """Download one package and return its archive; raises ValueError when it is not the pinned one."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", directory], check=True)  # noqa: S607
        content = next(Path(directory).iterdir()).read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != archive_sha512:
        raise ValueError(f"{name} {version} is not the pinned archive: {found}")
    return tarfile.open(fileobj=io.BytesIO(content), mode="r:gz")


def text_of(archive: tarfile.TarFile, path: str) -> str:
    """Return one file of a package; raises FileNotFoundError."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise FileNotFoundError(path)
    return member.read().decode()


def store(archive: tarfile.TarFile, file: dict[str, str]) -> str:
    """Write one file below static/vendor and return its sha256."""
    text = adapted(text_of(archive, file["from"]), file.get("types", ""))
    target = VENDOR / file["to"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def symbol(name: str, svg: str) -> str:
    """Return a Lucide icon as a sprite symbol: its shapes without the outer element, whose strokes come from CSS."""
    inside = svg[svg.index(">", svg.index("<svg")) + 1 :]
    shapes = re.sub(r"\s*\n\s*", "", inside)
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes.replace("</svg>", "").replace(" />", "/>")}</symbol>'


def draw_sprite(archive: tarfile.TarFile, names: list[str]) -> str:
    """Write the sprite that the shell includes: the named Lucide icons, then our own glyphs."""
    icons = [symbol(name, text_of(archive, f"icons/{name}.svg")) for name in names]
    own = (HERE / "templates" / "glyphs.svg").read_text().strip()
    licence = "<!-- Icons: Lucide, ISC licence. Channel glyphs and the seal: ours. -->"
    text = "\n".join(['<svg class="sprite" aria-hidden="true">', licence, *icons, own, "</svg>", ""])
    SPRITE.write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Fetch every package, write every file, and report hashes that differ from the manifest."""
    for package in manifest()["package"]:
        with fetch(package["name"], package["version"], package["archive_sha512"]) as archive:
            for file in package.get("file", []):
                found = store(archive, file)
                print(f"{'ok     ' if found == file['sha256'] else 'CHANGED'} {found} {file['to']}")
            if "icons" in package:
                found = draw_sprite(archive, package["icons"])
                print(f"{'ok     ' if found == package['sprite_sha256'] else 'CHANGED'} {found} sprite.svg")


if __name__ == "__main__":
    main()

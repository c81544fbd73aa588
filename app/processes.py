"""How one of our own commands is started as another process, and what keeps a command from its work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class CannotRun(Exception):
    """A command cannot do its work here and now; the text says why and what to do. The command line shows it and exits 1."""


def command_of(*words: str, data_dir: Path) -> tuple[list[str], dict[str, str]]:
    """Return arguments and added environment of `hawker WORDS…`, whatever the working directory holds of the same names."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""}  # compiling anew at each start costs seconds
    return [sys.executable, "-P", "-m", "app", *words, "--data-dir", str(data_dir)], environment

"""Finds what plugs into the laboratory by one folder: `channels/<name>/sandbox/`, and its `page/` with a part of the phone page."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import channels
from channels.sandbox.emulator import Emulator
from channels.sandbox.host import Host


def emulated_channels() -> list[str]:
    """Return the names of the channels that bring an emulator."""
    found = [module.name for module in pkgutil.iter_modules(channels.__path__) if module.ispkg]
    return [name for name in found if name != "sandbox" and importlib.util.find_spec(f"channels.{name}.sandbox")]


@cache
def page_parts() -> dict[str, Path]:
    """Return the folders of those channels that have their own part of the phone page, served at /apps/<name>/."""
    folders = {name: Path(channels.__path__[0]) / name / "sandbox" / "page" for name in emulated_channels()}
    return {name: folder for name, folder in folders.items() if folder.is_dir()}


@cache
def emulators() -> list[Callable[[Host], Emulator]]:
    """Return the emulator classes in the order of the app switcher."""
    found = [importlib.import_module(f"channels.{name}.sandbox").emulator for name in emulated_channels()]
    return sorted(found, key=lambda emulator: int(emulator.place))


def furnish(host: Host) -> Host:
    """Bring in every emulator; one without accounts gets its demo accounts."""
    host.emulators.update({emulator.name: emulator for emulator in (make(host) for make in emulators())})
    furnished = {account.channel for account in host.world.accounts.values()}
    for emulator in host.emulators.values():
        if emulator.name not in furnished:
            emulator.furnish()
            host.store.write_now(host.world)
    return host

"""One demo and one browser for all stories. A story that kills a process of it stands last in its file."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.running import Up, free_ports

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The demo as a newcomer starts it, with its scripted customers told to rest."""
    up = Up(tmp_path_factory.mktemp("story") / "data", free_ports(), "--demo")
    try:
        up.wait_ready()
        _post(f"http://127.0.0.1:{up.port + 1}/sandbox/scripts/stop")
        yield up
    finally:
        up.end()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def _post(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, data=json.dumps({}).encode(), method="POST"), timeout=10):
        pass

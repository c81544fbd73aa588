"""Logs: one line per event in the chosen form, and never what a variable held."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from app.config import Settings
from app.logs import configure_logs


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    secret = "EAAG-access-token"
    raise ValueError(f"{len(secret)} characters")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_trace_shows_no_locals(log_format: Literal["console", "json"], capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format=log_format))
    for log in (structlog.get_logger("ours").exception, logging.getLogger("theirs").exception):
        try:
            fail()
        except ValueError:
            log("it_failed")
    logged = capsys.readouterr().err
    assert logged.count("it_failed") == 2
    assert "17 characters" in logged
    assert "EAAG" not in logged.replace('secret = "EAAG-access-token"', "")


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json", log_level="warning"))
    structlog.get_logger("ours").warning("slow", took_ms=12)
    logging.getLogger("theirs").warning("%s of %s", 1, 2)
    structlog.get_logger("ours").info("below_the_level")
    ours, theirs = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (ours["event"], ours["took_ms"], ours["level"]) == ("slow", 12, "warning")
    assert (theirs["event"], theirs["logger"]) == ("1 of 2", "theirs")

"""The command line: what is wrong is said in one line, by name, with the right exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import hawker


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.parametrize(
    "words",
    [
        ("migrate", "--loudly"),
        ("worker", "--queues", "interactive,slow"),
        ("agent", "create", "mei@example.test", "--name", "Mei", "--role", "queen"),
        ("token", "create"),
        ("web", "--port", "70000"),
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2(words: tuple[str, ...], data_dir: Path) -> None:
    assert hawker(*words, data_dir=data_dir).returncode == 2


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("HAWKER_DATABASE_URL", "mysql://localhost/hawker", "postgresql://"),
        ("HAWKER_REDIS_URL", "http://localhost", "redis://"),
        ("HAWKER_BASE_URL", "chat.example.com", "https://"),
        ("HAWKER_SECRET_KEY", "short", "32"),
        ("HAWKER_PG_BIN", "/nowhere", "initdb"),
    ],
)
def test_a_bad_setting_is_named_with_what_to_write(name: str, value: str, advice: str, data_dir: Path) -> None:
    refused = hawker("migrate", data_dir=data_dir, **{name: value})
    assert refused.returncode == 1
    assert name in refused.stderr
    assert advice in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_server_that_does_not_answer_is_said_in_a_line(data_dir: Path) -> None:
    away = {"HAWKER_DATABASE_URL": "postgresql://hawker@127.0.0.1:1/hawker", "HAWKER_REDIS_URL": "redis://127.0.0.1:1"}
    refused = hawker("migrate", data_dir=data_dir, **away)
    assert refused.returncode == 1
    assert "HAWKER_DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_commands_work_alone_on_servers_of_ones_own(empty_database_url: str, redis_url: str, data_dir: Path) -> None:
    own = {
        "HAWKER_DATABASE_URL": empty_database_url,
        "HAWKER_REDIS_URL": redis_url,
        "HAWKER_SECRET_KEY": "0123456789" * 4,
    }
    before = hawker("doctor", "--json", data_dir=data_dir, **own)
    assert before.returncode == 1
    findings = {finding["name"]: finding for finding in json.loads(before.stdout)["findings"]}
    assert (findings["schema"]["state"], findings["database"]["state"]) == ("broken", "fine")
    assert "hawker migrate" in findings["schema"]["mend"]

    assert hawker("migrate", data_dir=data_dir, **own).returncode == 0
    assert hawker("doctor", data_dir=data_dir, **own).returncode == 0

    mei = ("agent", "create", "mei@example.test", "--name", "Mei", "--role", "agent", "--password-stdin")
    assert hawker(*mei, data_dir=data_dir, stdin="an-iron-kettle\n", **own).returncode == 0
    again = hawker(*mei, data_dir=data_dir, stdin="an-iron-kettle\n", **own)
    assert again.returncode == 1
    assert "exists" in again.stderr

    anew = hawker(
        "agent", "password", "Mei@example.test", "--password-stdin", data_dir=data_dir, stdin="a-clay-teapot\n", **own
    )
    assert anew.returncode == 0
    unknown = hawker(
        "agent", "password", "who@example.test", "--password-stdin", data_dir=data_dir, stdin="a-clay-teapot\n", **own
    )
    assert (unknown.returncode, "Nobody has" in unknown.stderr) == (1, True)

    made = hawker("token", "create", "shop", "--role", "admin", data_dir=data_dir, **own)
    assert made.returncode == 0
    assert len(made.stdout.split()) == 1
    assert not (data_dir / "engines.lock").exists(), "nothing embedded may start"


def test_alone_on_a_data_directory_engines_start_for_as_long_as_needed(data_dir: Path) -> None:
    assert hawker("migrate", data_dir=data_dir).returncode == 0
    assert list(data_dir.glob("postgres-*"))
    assert not (data_dir / "engines.json").exists()

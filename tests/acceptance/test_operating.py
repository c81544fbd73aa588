"""Commands beside a running `up`, and engines killed under load: nothing that was accepted is lost."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.acceptance.shop import Client, Number, Shop, until
from tests.acceptance.test_outbound import send
from tests.acceptance.test_webhooks import change, inbound, payload, stranger, text_message
from tests.running import command_lines, hawker


def test_a_token_is_printed_alone(shop: Shop) -> None:
    made = hawker("token", "create", "alone", "--role", "agent", data_dir=shop.up.data_dir)
    assert (made.returncode, made.stderr) == (0, "")
    [token] = made.stdout.splitlines()
    with shop.client(token) as client:
        assert client.ask("GET", "/me")["role"] == "agent"


def test_a_person_made_by_command_logs_in(shop: Shop) -> None:
    words = ("agent", "create", "new@example.com", "--name", "New 新", "--role", "agent", "--password-stdin")
    made = hawker(*words, data_dir=shop.up.data_dir, stdin="a long enough passphrase\n")
    assert made.returncode == 0, made.stderr
    desk = shop.log_in("new@example.com", "a long enough passphrase")
    assert (desk.me["name"], desk.me["role"]) == ("New 新", "agent")
    again = hawker(*words, data_dir=shop.up.data_dir, stdin="a long enough passphrase\n")
    assert again.returncode == 1
    assert "Traceback" not in again.stderr
    assert again.stderr.strip()


def test_the_doctor_answers_in_json(shop: Shop) -> None:
    seen = hawker("doctor", "--json", data_dir=shop.up.data_dir)
    assert seen.returncode == 0, seen.stdout
    assert json.loads(seen.stdout)["findings"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["migrate"], 0),
        (["token", "create", "x", "--role", "emperor"], 2),
        (["agent", "create", "x@example.com"], 2),
        (["fly"], 2),
        (["up"], 1),
        (["worker", "--queues", "slow"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_exit_codes(shop: Shop, words: list[str], code: int) -> None:
    done = hawker(*words, data_dir=shop.up.data_dir)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert code == 0 or done.stderr.strip()


def test_with_the_database_killed_webhooks_are_taken_and_come_back(shop: Shop, number: Number) -> None:
    phone = stranger()
    assert shop.deliver(number, payload(number, change(number, text_message(phone, "before")))).status_code == 200
    _kill(shop, "postgres")
    taken = ["before"]
    for count in range(40):
        text = f"while away {count}"
        if shop.deliver(number, payload(number, change(number, text_message(phone, text)))).status_code == 200:
            taken.append(text)
    assert len(taken) > 20, "most are taken, into the table or the spool"
    _until_ready(shop)
    until(lambda: len(inbound(shop, phone)) >= len(taken), "all that was accepted", patience_s=60)
    assert sorted(inbound(shop, phone)) == sorted(taken)


def test_with_redis_killed_webhooks_are_committed_and_sends_wait(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    phone = stranger()
    _kill(shop, "valkey")
    with shop.socket() as live:
        live.hello()
        for count in range(10):
            body = payload(number, change(number, text_message(phone, f"no redis {count}")))
            assert shop.deliver(number, body).status_code == 200
        message = send(shop, conversation_id, kind="text", text="through it all")
        live.take_until(
            lambda frame: frame["type"] == "message.created" and frame["data"]["text"] == "no redis 9", "it live"
        )
    assert len(inbound(shop, phone)) == 10
    _until_ready(shop)
    shop.settled(message, "delivered", patience_s=90)
    assert len([line for line in customer.phone_shows() if line["by"] == "business"]) == 1


def test_readiness_names_what_is_missing(shop: Shop) -> None:
    with Client(base_url=shop.url, trust_env=False, timeout=30) as client:
        _kill(shop, "valkey")
        answer = until(lambda: (one := client.get("/readyz")).status_code == 503 and one, "not ready", patience_s=20)
        assert "redis" in answer.json()["missing"]
        assert client.get("/healthz").status_code == 200
    _until_ready(shop)


def _kill(shop: Shop, engine: str) -> None:
    """Kill every process of an engine, as the kernel does when memory ends."""
    found = [pid for pid, line in command_lines(shop.up.data_dir).items() if engine in line.split(" ")[0]]
    assert found, command_lines(shop.up.data_dir)
    for pid in found:
        os.kill(pid, signal.SIGKILL)


def _until_ready(shop: Shop) -> None:
    def ready() -> bool:
        return bool(shop.plain.get("/readyz").status_code == 200)

    until(ready, "readiness", patience_s=90)


def test_a_setting_of_ones_own_is_not_overridden_by_the_running_engines(shop: Shop) -> None:
    nowhere = "postgresql://nobody:x@127.0.0.1:1/nothing"
    seen = hawker("doctor", "--json", data_dir=shop.up.data_dir, HAWKER_DATABASE_URL=nowhere)
    assert seen.returncode == 1
    states = {finding["name"]: finding["state"] for finding in json.loads(seen.stdout)["findings"]}
    assert states["database"] == "broken"


@pytest.mark.parametrize(
    ("name", "value"), [("HAWKER_LOG_FORMAT", "loud"), ("HAWKER_DATABASE_URL", "mysql://x"), ("HAWKER_REDIS_URL", "x")]
)
def test_a_bad_setting_stops_the_start_with_its_name(shop: Shop, name: str, value: str) -> None:
    done = hawker("migrate", data_dir=shop.up.data_dir, **{name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr

"""Scripted customers: they come when called, answer what is said, leave when told, and never talk over a person."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from channels.sandbox import scripts as scripts_module
from channels.sandbox.cast import CAST
from channels.sandbox.scripts import Scripts
from tests.sandbox.conftest import Lab

HIU_TUNG = "85255501847"


@pytest.fixture
def scripts(lab: Lab) -> Scripts:
    """The laboratory's scripts with people who do not wait."""
    quick: Scripts = lab.app.state.scripts
    quick._pace = 0.002
    return quick


async def start(lab: Lab, **wish: Any) -> None:
    response = await lab.http.post("/sandbox/scripts/start", json={"per_minute": 0, **wish})
    assert response.json()["running"]


async def phone(lab: Lab, customer: str = HIU_TUNG) -> list[dict[str, Any]]:
    response = await lab.http.get(f"/sandbox/customers/{customer}/messages")
    return list(response.json()) if response.status_code == 200 else []


async def wrote(lab: Lab, count: int, customer: str = HIU_TUNG) -> list[dict[str, Any]]:
    async with asyncio.timeout(30):
        while len(said := [line for line in await phone(lab, customer) if line["by"] == "customer"]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return said


async def test_the_whole_cast_writes_first(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    for persona in CAST:
        await wrote(lab, 1, persona.phone)
    kinds = {
        message["type"]
        for message in await lab.until(lambda: len(lab.business.messages()) >= 10 and lab.business.messages())
    }
    assert {"text", "image"} <= kinds


async def test_they_answer_to_the_point(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    await wrote(lab, 2)
    await lab.send({"type": "text", "text": {"body": "請問送到邊度？"}}, to=f"+{HIU_TUNG}")
    assert (await wrote(lab, 3))[-1]["view"]["kind"] == "location"


async def test_they_read_what_was_delivered(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    await wrote(lab, 2)
    scripts._pace = 0.15  # slower than the delivery that has to come before the reading
    await lab.send({"type": "text", "text": {"body": "好的"}}, to=f"+{HIU_TUNG}")
    await lab.until(lambda: [status["status"] for status in lab.business.statuses()] == ["sent", "delivered", "read"])


async def test_they_choose_what_they_like_among_buttons(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    await wrote(lab, 2)
    buttons = [
        {"type": "reply", "reply": {"id": str(n), "title": title}} for n, title in enumerate(("星期日", "星期六"))
    ]
    body = {"type": "button", "body": {"text": "幾時？"}, "action": {"buttons": buttons}}
    await lab.send({"type": "interactive", "interactive": body}, to=f"+{HIU_TUNG}")
    assert (await wrote(lab, 3))[-1]["view"]["text"] == "星期六"


async def test_they_have_said_everything_at_last(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    await wrote(lab, 2)
    for _ in range(12):
        await lab.send({"type": "text", "text": {"body": "好的"}}, to=f"+{HIU_TUNG}")
        await asyncio.sleep(0.04)
    assert len([line for line in await phone(lab) if line["by"] == "customer"]) < 8


async def test_nobody_talks_over_who_plays_them(lab: Lab, scripts: Scripts) -> None:
    await start(lab)
    await wrote(lab, 2)
    await lab.http.post(f"/sandbox/customers/{HIU_TUNG}/messages", json={"kind": "text", "text": "我自己嚟"})
    await lab.send({"type": "text", "text": {"body": "請問送到邊度？"}}, to=f"+{HIU_TUNG}")
    await asyncio.sleep(0.1)
    assert (await phone(lab))[-1]["by"] == "business"


async def test_stopped_is_stopped(lab: Lab, scripts: Scripts) -> None:
    scripts._pace = 0.05
    await start(lab)
    assert not (await lab.http.post("/sandbox/scripts/stop")).json()["running"]
    await asyncio.sleep(0.3)
    assert lab.business.messages() == []


async def test_a_run_is_bounded(lab: Lab, scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts_module, "MESSAGES_MOST", 5)
    await start(lab)
    await lab.until(lambda: not scripts.running)
    assert scripts.written == 5


async def test_the_rush_is_many_people_once(lab: Lab, scripts: Scripts) -> None:
    await lab.http.put("/sandbox/scripts", json={"rush": 40})
    messages = await lab.until(lambda: len(lab.business.messages()) >= 40 and lab.business.messages())
    assert len({message["from"] for message in messages}) == 40


@pytest.mark.parametrize("wish", [{"per_minute": 61}, {"per_minute": "many"}])
async def test_the_pace_has_bounds(lab: Lab, wish: dict[str, Any]) -> None:
    assert (await lab.http.put("/sandbox/scripts", json=wish)).status_code == 422

"""People: one human may be on several apps, and is on each of them once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Lab


async def welcome(lab: Lab, **wish: Any) -> tuple[int, dict[str, Any]]:
    response = await lab.http.post("/sandbox/customers", json=wish)
    return response.status_code, dict(response.json())


async def test_a_new_person_is_their_own_human(lab: Lab) -> None:
    assert lab.customer["person"] == lab.customer["id"]


async def test_nobody_is_twice_on_one_app(lab: Lab) -> None:
    status, answer = await welcome(lab, channel="whatsapp", person=lab.customer["id"])
    assert (status, answer["error"]["code"]) == (422, "not_possible")


async def test_who_is_not_there_installs_nothing(lab: Lab) -> None:
    assert (await welcome(lab, channel="whatsapp", person="cus_nobody"))[0] == 404


@pytest.mark.parametrize("channel", ["pigeon", ""])
async def test_an_app_has_to_be_emulated(lab: Lab, channel: str) -> None:
    assert (await welcome(lab, channel=channel, name="Mei"))[0] == 422


async def test_apps_say_what_they_offer(lab: Lab) -> None:
    apps = (await lab.http.get("/sandbox/apps")).json()
    first = apps[0]
    assert (first["name"], first["label"]) == ("whatsapp", "WhatsApp")
    assert {"kinds", "reactions", "asks", "fail_codes", "page"} <= first.keys()
    for app in apps:
        for file in app["page"]:
            assert (await lab.http.get(f"/apps/{app['name']}/{file}")).status_code == 200

"""Who comes in, and who does not."""

from __future__ import annotations

import httpx
import pytest

from app.people.service import set_password
from app.runtime import Runtime

from .conftest import PASSWORD, Add, Clients, LogIn, Person


async def test_a_right_password_opens_a_session(client: httpx.AsyncClient, add_agent: Add) -> None:
    await add_agent("Ann", role="admin")
    answer = await client.post("/api/v1/login", json={"email": " ANN@example.com ", "password": PASSWORD})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    me = (await client.get("/api/v1/me")).json()
    assert me["csrf_token"] == answer.json()["csrf_token"]
    assert answer.json()["me"] == me
    assert me["email"] == "ann@example.com"
    assert me["presence"] == {"state": "available", "online": False}
    assert me["business"]["currency"] == "HKD"
    assert "people.manage" in me["permissions"]


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.com", "wrong password"), ("nobody@example.com", PASSWORD), ("gone@example.com", PASSWORD)],
)
async def test_an_unknown_wrong_and_disabled_account_get_the_same_answer(
    client: httpx.AsyncClient, add_agent: Add, runtime: Runtime, email: str, password: str
) -> None:
    await add_agent("Ann")
    gone = await add_agent("Gone")
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE agent SET disabled_at = now() WHERE id = $1", gone)
    answer = await client.post("/api/v1/login", json={"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "credentials_wrong"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "a@b.c"}, "password"),
        ({"email": "a\x00@b.c", "password": "x"}, "body"),
        ({"email": 3, "password": "x"}, "email"),
        ({"email": "a@b.c", "password": "x", "else": 1}, "else"),
        ([], "body"),
    ],
)
async def test_a_log_in_that_cannot_be_read_says_which_field(
    client: httpx.AsyncClient, body: object, field: str
) -> None:
    answer = await client.post("/api/v1/login", json=body)
    assert answer.status_code == 422
    assert field in answer.json()["error"]["fields"]


async def test_guessing_is_slowed_down_per_account(client: httpx.AsyncClient, add_agent: Add) -> None:
    await add_agent("Ann")
    wrong = {"email": "ann@example.com", "password": "wrong password"}
    codes = [(await client.post("/api/v1/login", json=wrong)).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    right = await client.post("/api/v1/login", json={"email": "ann@example.com", "password": PASSWORD})
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


async def test_a_plain_form_is_sent_on_to_the_inbox_or_back(client: httpx.AsyncClient, add_agent: Add) -> None:
    await add_agent("Ann")
    good = await client.post("/api/v1/login", data={"email": "ann@example.com", "password": PASSWORD})
    assert (good.status_code, good.headers["location"]) == (303, "/")
    assert "hawker_session" in good.headers["set-cookie"]
    bad = await client.post("/api/v1/login", data={"email": "ann@example.com", "password": "x"})
    assert (bad.status_code, bad.headers["location"]) == (303, "/login?failed=credentials_wrong")


async def test_another_site_cannot_log_a_visitor_in(client: httpx.AsyncClient, add_agent: Add) -> None:
    await add_agent("Ann")
    body = {"email": "ann@example.com", "password": PASSWORD}
    answer = await client.post("/api/v1/login", json=body, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_a_changing_request_needs_the_csrf_token(ann: Person) -> None:
    without = await ann.client.put("/api/v1/me/presence", json={"state": "busy"})
    assert (without.status_code, without.json()["error"]["code"]) == (403, "csrf_token_wrong")
    assert (await ann.send("PUT", "/me/presence", {"state": "busy"})).json() == {"state": "busy", "online": False}


async def test_a_logged_out_cookie_is_worth_nothing(ann: Person) -> None:
    cookie = ann.client.cookies["hawker_session"]
    assert (await ann.send("POST", "/logout")).status_code == 204
    answer = await ann.client.get("/api/v1/me", headers={"Cookie": f"hawker_session={cookie}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


async def test_a_token_is_shown_once_works_and_can_be_revoked(ann: Person, clients: Clients) -> None:
    made = (await ann.send("POST", "/tokens", {"name": "till", "role": "agent"})).json()
    listed = (await ann.get("/tokens")).json()["items"]
    assert [one["name"] for one in listed] == ["till"]
    assert made["token"] not in str(listed)
    program = clients()
    program.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await program.get("/api/v1/me")).json()["role"] == "agent"
    assert (await ann.send("DELETE", f"/tokens/{made['id']}")).status_code == 204
    assert (await program.get("/api/v1/me")).status_code == 401


async def test_a_disabled_agent_is_out_at_once(ann: Person, ben: Person) -> None:
    assert (await ben.get("/me")).status_code == 200
    assert (await ann.send("PATCH", f"/agents/{ben.id}", {"disabled": True})).status_code == 200
    assert (await ben.get("/me")).status_code == 401


async def test_nobody_takes_the_last_rights_from_oneself(ann: Person) -> None:
    answer = await ann.send("PATCH", f"/agents/{ann.id}", {"role": "agent"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "own_rights")


async def test_own_settings_are_kept(ann: Person) -> None:
    assert (await ann.send("PATCH", "/me", {"theme": "dark", "language": "zh-Hant"})).status_code == 200
    me = (await ann.get("/me")).json()
    assert (me["theme"], me["language"], me["density"]) == ("dark", "zh-Hant", "comfortable")
    refused = await ann.send("PATCH", "/me", {"theme": None})
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["theme"])


async def test_an_email_address_is_taken_once(ann: Person, log_in: LogIn) -> None:
    body = {"email": "Ann@Example.com", "name": "Other", "password": PASSWORD}
    answer = await ann.send("POST", "/agents", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")


async def test_a_new_password_from_the_server_ends_every_session(
    ben: Person, client: httpx.AsyncClient, runtime: Runtime
) -> None:
    async with runtime.database.begin() as uow:
        await set_password(uow, runtime, email=" Ben@Example.com", password="a clay teapot")
    assert (await ben.get("/me")).status_code == 401
    for password, status in ((PASSWORD, 401), ("a clay teapot", 200)):
        answer = await client.post("/api/v1/login", json={"email": "ben@example.com", "password": password})
        assert answer.status_code == status

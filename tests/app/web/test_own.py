"""What people do about their own log-in: password, second factor, open sessions."""

from __future__ import annotations

import time

import httpx
import pyotp
import pytest

from .conftest import PASSWORD, Clients, Person

NEW_PASSWORD = "seven blue teapots"
PROOF = {"current_password": PASSWORD}


async def log_in(client: httpx.AsyncClient, name: str, **more: str) -> httpx.Response:
    return await client.post("/api/v1/login", json={"email": f"{name}@example.com", "password": PASSWORD} | more)


def code_of(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


async def connect(person: Person) -> tuple[str, list[str]]:
    """Connect an authenticator app; return its secret and the recovery codes."""
    made = await person.send("POST", "/me/second-factor", PROOF)
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    confirmed = await person.send("PUT", "/me/second-factor", {"code": code_of(secret, steps=-1)})
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


async def test_a_password_is_changed_by_who_knows_the_old_one(ben: Person, clients: Clients) -> None:
    other = clients()
    assert (await log_in(other, "ben")).status_code == 200
    wrong = await ben.send("POST", "/me/password", {"current_password": "not this one", "password": NEW_PASSWORD})
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (422, ["current_password"])
    assert (await ben.send("POST", "/me/password", PROOF | {"password": NEW_PASSWORD})).status_code == 204
    assert (await ben.get("/me")).status_code == 200, "this session goes on"
    assert (await other.get("/api/v1/me")).status_code == 401, "the others end"
    assert (await log_in(clients(), "ben")).status_code == 401
    assert (await log_in(clients(), "ben", password=NEW_PASSWORD)).status_code == 200


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "qwertyuiop", "benbenben1", "x" * 1001])
async def test_a_password_that_is_guessed_first_is_refused(ben: Person, password: str) -> None:
    answer = await ben.send("POST", "/me/password", PROOF | {"password": password})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["password"])


async def test_a_second_factor_is_asked_for_once_confirmed(ben: Person, clients: Clients) -> None:
    made = (await ben.send("POST", "/me/second-factor", PROOF)).json()
    assert made["uri"].startswith("otpauth://totp/")
    assert made["qr"].startswith("data:image/svg+xml")
    assert (await log_in(clients(), "ben")).status_code == 200, "not in force before a code was typed"
    refused = await ben.send("PUT", "/me/second-factor", {"code": "000000"})
    assert refused.status_code == 422
    secret, recovery = await connect(ben)
    assert len(set(recovery)) == 10
    assert (await ben.get("/me")).json()["has_second_factor"] is True
    without = await log_in(clients(), "ben")
    assert (without.status_code, without.json()["error"]["code"]) == (401, "code_required")
    wrong = await log_in(clients(), "ben", code="000000")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "code_wrong")
    assert (await log_in(clients(), "ben", code=code_of(secret))).status_code == 200


async def test_a_code_and_a_recovery_code_count_once(ben: Person, clients: Clients) -> None:
    secret, recovery = await connect(ben)
    code = code_of(secret)
    assert (await log_in(clients(), "ben", code=f"{code[:3]} {code[3:]}")).status_code == 200
    assert (await log_in(clients(), "ben", code=code)).json()["error"]["code"] == "code_wrong"
    assert (await log_in(clients(), "ben", code=recovery[0].upper())).status_code == 200
    assert (await log_in(clients(), "ben", code=recovery[0])).json()["error"]["code"] == "code_wrong"
    assert (await log_in(clients(), "ben", code=recovery[1])).status_code == 200


async def test_a_wrong_password_tells_nothing_of_the_second_factor(ben: Person, clients: Clients) -> None:
    await connect(ben)
    answer = await log_in(clients(), "ben", password="wrong password", code="000000")
    assert answer.json()["error"]["code"] == "credentials_wrong"


async def test_guessing_codes_is_slowed_down(ben: Person, clients: Clients) -> None:
    await connect(ben)
    client = clients()
    codes = [(await log_in(client, "ben", code=f"{n:06}")).status_code for n in range(11)]
    assert codes == [401] * 10 + [429]


async def test_a_second_factor_is_disconnected_by_its_person_or_an_admin(
    ann: Person, ben: Person, clients: Clients
) -> None:
    await connect(ben)
    again = await ben.send("POST", "/me/second-factor", PROOF)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "second_factor_on")
    assert (await ben.send("POST", "/me/second-factor/disconnect", {"current_password": "no"})).status_code == 422
    assert (await ben.send("POST", "/me/second-factor/disconnect", PROOF)).status_code == 204
    assert (await log_in(clients(), "ben")).status_code == 200
    await connect(ben)
    assert (await ben.send("DELETE", f"/agents/{ben.id}/second-factor")).status_code == 403
    assert (await ann.send("DELETE", f"/agents/{ben.id}/second-factor")).status_code == 204
    assert (await log_in(clients(), "ben")).status_code == 200
    acts = [entry["action"] for entry in (await ann.get("/audit")).json()["items"]]
    assert acts.count("agent.second_factor_off") == 2


async def test_sessions_are_shown_and_ended(ann: Person, ben: Person, clients: Clients) -> None:
    others = [clients(), clients()]
    for other in others:
        assert (await log_in(other, "ben")).status_code == 200
    listed = (await ben.get("/me/sessions")).json()["items"]
    assert [one["is_this"] for one in listed].count(True) == 1
    assert len(listed) == 3
    other_id = next(one["id"] for one in listed if not one["is_this"])
    assert (await ann.send("DELETE", f"/me/sessions/{other_id}")).status_code == 404, "only one's own"
    assert (await ben.send("DELETE", f"/me/sessions/{other_id}")).status_code == 204
    assert sorted([(await other.get("/api/v1/me")).status_code for other in others]) == [200, 401]
    assert (await ben.send("DELETE", "/me/sessions")).status_code == 204
    assert [(await other.get("/api/v1/me")).status_code for other in others] == [401, 401]
    assert (await ben.get("/me")).status_code == 200
    assert (await ann.send("DELETE", f"/agents/{ben.id}/sessions")).status_code == 204
    assert (await ben.get("/me")).status_code == 401


async def test_a_program_has_no_log_in_of_its_own(ann: Person, clients: Clients) -> None:
    token = (await ann.send("POST", "/tokens", {"name": "till", "role": "admin"})).json()["token"]
    program = clients()
    program.headers["Authorization"] = f"Bearer {token}"
    for method, path, body in (
        ("GET", "/me/sessions", None),
        ("POST", "/me/password", PROOF | {"password": NEW_PASSWORD}),
        ("POST", "/me/second-factor", PROOF),
    ):
        assert (await program.request(method, "/api/v1" + path, json=body)).status_code == 403, path


async def test_a_token_may_do_less_than_its_role(ann: Person, clients: Clients) -> None:
    made = await ann.send("POST", "/tokens", {"name": "till", "role": "agent", "permissions": ["contacts.read"]})
    assert made.json()["permissions"] == ["contacts.read"]
    program = clients()
    program.headers["Authorization"] = f"Bearer {made.json()['token']}"
    assert (await program.get("/api/v1/me")).json()["permissions"] == ["contacts.read"]
    assert (await program.get("/api/v1/contacts")).status_code == 200
    assert (await program.get("/api/v1/conversations")).status_code == 403
    beyond = await ann.send("POST", "/tokens", {"name": "x", "role": "agent", "permissions": ["people.manage"]})
    assert (beyond.status_code, list(beyond.json()["error"]["fields"])) == (422, ["permissions"])

"""Makes the demo shop: people through their service, the sandbox's accounts through the JSON API, as an administrator would."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import httpx

from app.channel_accounts.service import account_view
from app.db import UnitOfWork
from app.demo.cast import ANSWERS, BUSINESS, PEOPLE, QR_CODES, TAGS, TEAMS, Person
from app.ids import uuid7
from app.outbound.service import run
from app.people.service import NewAgent, create_agent, create_team, create_token
from app.processes import CannotRun
from app.runtime import Runtime
from channels.contract import SendError, Subscribe

ACCOUNTS_AT_MOST = 2
"""Of each channel: who opens more in the sandbox connects them by hand."""


class DemoFailed(CannotRun):
    """The demo shop could not be furnished; the text says which request was refused and how."""


async def furnish(runtime: Runtime, *, web_url: str, sandbox_url: str) -> None:
    """Make what is missing of the demo shop, and point its accounts at where web and sandbox are now. Raises DemoFailed."""
    async with runtime.database.begin() as uow:
        await _name_business(uow)
        teams = {name: await _team(uow, name) for name in TEAMS}
        for person in PEOPLE:
            await _person(uow, person, teams)
        for name, hue in TAGS:
            await _tag(uow, name, hue)
        token_id, token = await create_token(uow, runtime, name="Demo shop", role="admin")
    try:
        for account in await _connect_accounts(web_url=web_url, sandbox_url=sandbox_url, token=token):
            await _subscribe(runtime, UUID(account["id"]), web_url + account["webhook_path"])
    finally:
        async with runtime.database.begin() as uow:
            await uow.conn.execute("UPDATE api_token SET revoked_at = now() WHERE id = $1", token_id)


async def _name_business(uow: UnitOfWork) -> None:
    await uow.conn.execute(
        """INSERT INTO brand (id, name, is_default) VALUES ($1, $2, true)
        ON CONFLICT (is_default) WHERE is_default DO UPDATE SET name = excluded.name""",
        uuid7(),
        BUSINESS,
    )


async def _team(uow: UnitOfWork, name: str) -> UUID:
    found: UUID | None = await uow.conn.fetchval("SELECT id FROM team WHERE name = $1 AND archived_at IS NULL", name)
    return found or await create_team(uow, name=name)


async def _person(uow: UnitOfWork, person: Person, teams: dict[str, UUID]) -> None:
    if await uow.conn.fetchval("SELECT true FROM agent WHERE email = $1", person.email):
        return
    await create_agent(
        uow,
        NewAgent(
            email=person.email,
            name=person.name,
            role=person.role,
            password=person.password,
            team_ids=[teams[name] for name in person.teams],
            languages=person.languages,
        ),
    )


async def _tag(uow: UnitOfWork, name: str, hue: int) -> None:
    await uow.conn.execute(
        "INSERT INTO tag (id, name, folded_name, hue) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        uuid7(),
        name,
        name.casefold(),
        hue,
    )


async def _connect_accounts(*, web_url: str, sandbox_url: str, token: str) -> list[dict[str, Any]]:
    """Connect the sandbox's accounts as an administrator would, or point those that are connected at the sandbox."""
    async with httpx.AsyncClient(
        base_url=f"{web_url}/api/v1", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
    ) as client:
        offered = _first_of_each_channel(_checked(await client.get(f"{sandbox_url}/sandbox/accounts")))
        connected = {
            account["external_id"]: account for account in _checked(await client.get("/channel-accounts"))["items"]
        }
        accounts = []
        for each in offered:
            account = await _connect(client, each, connected.get(each["external_id"]), sandbox_url)
            callback = {"webhook_url": web_url + account["webhook_path"]}
            _checked(await client.patch(f"{sandbox_url}/sandbox/accounts/{each['id']}", json=callback))
            accounts.append(account)
        return accounts


def _first_of_each_channel(offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_channel: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for account in offered:
        by_channel[account["channel"]].append(account)
    return [account for accounts in by_channel.values() for account in accounts[:ACCOUNTS_AT_MOST]]


async def _connect(
    client: httpx.AsyncClient, offered: dict[str, Any], connected: dict[str, Any] | None, sandbox_url: str
) -> dict[str, Any]:
    settings = {"automatic_answers": ANSWERS, **offered["hawker_settings"], "api_base_url": sandbox_url}
    if connected:
        answer = await client.patch(f"/channel-accounts/{connected['id']}", json={"settings": settings})
    else:
        members = {name: offered[name] for name in ("channel", "name", "external_id", "credentials")}
        answer = await client.post("/channel-accounts", json=members | {"settings": settings})
    account: dict[str, Any] = _checked(answer)
    if not connected and account["capabilities"]["qr_scene"]:
        for scene, name in QR_CODES:
            path = f"/channel-accounts/{account['id']}/qr-codes"
            _checked(await client.post(path, json={"scene": scene, "name": name}))
    return account


async def _subscribe(runtime: Runtime, account_id: UUID, callback_url: str) -> None:
    """Have the sandbox deliver the account's events to us, where the platform is asked for that; else the address is enough."""
    account = await account_view(runtime, account_id)
    intent = Subscribe(callback_url=callback_url, verify_token=account.credentials.get("verify_token", ""))
    try:
        await run(runtime, account, intent)
    except SendError as error:
        if error.code == "intent_unsupported":
            return
        raise DemoFailed(f"The sandbox refused to deliver to {callback_url}: {error}") from error


def _checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise DemoFailed(
            f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text[:500]}"
        )
    return answer.json()

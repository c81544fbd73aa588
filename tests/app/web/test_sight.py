"""Who sees which conversation: asked of the database and of live events, the answer is the same, and it is the intended one."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest

from app.people.models import ROLES, VISIBILITIES
from app.people.permissions import Actor, Rights, may_see, restrict
from app.runtime import Runtime
from app.where import Where

from .conftest import Add, Person, Shop

Scope = tuple[UUID | None, UUID | None]
"""A conversation's team and assignee."""


@pytest.fixture
async def scopes(shop: Shop, ann: Person, ben: Person, add_team: Add) -> dict[str, Scope]:
    """What a conversation may be to Ann, by name: whose team, then whose own."""
    teams = {"no team": None, "her team": await add_team("Sales"), "other team": await add_team("Repairs")}
    people = {"nobody": None, "her": ann.id, "other": ben.id}
    return {f"{t} / {p}": (teams[t], people[p]) for t, p in product(teams, people)}


async def found(runtime: Runtime, actor: Actor) -> set[Scope]:
    where = Where()
    restrict(where, actor)
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(f"SELECT team_id, assignee_id FROM conversation c WHERE {where.sql}", *where.params)
    return {(row["team_id"], row["assignee_id"]) for row in rows}


async def test_the_database_and_live_events_agree_for_everyone(
    runtime: Runtime, shop: Shop, ann: Person, scopes: dict[str, Scope]
) -> None:
    for team_id, assignee_id in scopes.values():
        await shop.conversation("a", team_id=team_id, assignee_id=assignee_id)
    her_team, _ = scopes["her team / nobody"]
    assert her_team is not None
    teams = (frozenset[UUID](), frozenset({her_team}))
    for role, visibility, team_ids, agent_id in product(ROLES, VISIBILITIES, teams, (ann.id, None)):
        actor = Actor(Rights(role, visibility, team_ids), agent_id=agent_id)
        told = {scope for scope in scopes.values() if may_see(actor, team_id=scope[0], assignee_id=scope[1])}
        assert await found(runtime, actor) == told, (role, visibility, team_ids, agent_id)


_FREE = {"no team / nobody"}
_OWN = {"no team / her", "her team / her", "other team / her"}
_TEAMS = {"her team / nobody", "her team / her", "her team / other"}


@pytest.mark.parametrize(
    ("role", "visibility", "in_team", "seen"),
    [
        ("agent", "own", True, _OWN),
        ("agent", "team", False, _OWN | _FREE),
        ("agent", "team", True, _OWN | _FREE | _TEAMS),
        ("marketer", "own", False, _OWN),
        ("marketer", "team", True, _OWN | _FREE | _TEAMS),
        ("agent", "all", False, None),
        ("supervisor", "own", False, None),
        ("admin", "team", False, None),
    ],
)
async def test_a_role_and_a_visibility_show_what_they_should(
    ann: Person, scopes: dict[str, Scope], role: str, visibility: str, in_team: bool, seen: set[str] | None
) -> None:
    team_id, _ = scopes["her team / nobody"]
    assert team_id is not None
    actor = Actor(Rights(role, visibility, frozenset({team_id} if in_team else ())), agent_id=ann.id)
    told = {name for name, (team, assignee) in scopes.items() if may_see(actor, team_id=team, assignee_id=assignee)}
    assert told == (set(scopes) if seen is None else seen)

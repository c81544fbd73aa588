"""Rights: the one place that says what a role may do and which conversations a person may see.

Who sees a conversation is asked in two languages, of the database (`restrict`) and of live events (`may_see`); a test holds
the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from app.errors import NotAllowed
from app.where import Where

Permission = Literal[
    "conversations.read",
    "conversations.write",
    "contacts.read",
    "contacts.write",
    "contacts.export",
    "contacts.erase",
    "tags.write",
    "accounts.read",
    "accounts.manage",
    "people.read",
    "people.manage",
    "tokens.manage",
    "audit.read",
    "campaigns.manage",
    "templates.manage",
]

_READ: frozenset[Permission] = frozenset({"conversations.read", "contacts.read", "accounts.read", "people.read"})
_AGENT: frozenset[Permission] = _READ | {"conversations.write", "contacts.write", "tags.write"}
_CAMPAIGNS: frozenset[Permission] = frozenset({"campaigns.manage", "templates.manage", "contacts.export"})
PERMISSIONS: dict[str, frozenset[Permission]] = {
    "admin": _AGENT
    | _CAMPAIGNS
    | {"accounts.manage", "people.manage", "tokens.manage", "audit.read", "contacts.erase"},
    "supervisor": _AGENT | _CAMPAIGNS | {"contacts.erase"},
    "agent": _AGENT,
    "marketer": _READ | _CAMPAIGNS | {"contacts.write", "tags.write"},
}
_SEE_ALL = frozenset({"admin", "supervisor"})


@dataclass(frozen=True, slots=True)
class Rights:
    """What someone may do and see: a role, `all`, `team` or `own` conversations, and the teams."""

    role: str
    visibility: str
    team_ids: frozenset[UUID] = frozenset()
    only: frozenset[str] | None = None
    """What a token was restricted to; None = all that the role may do."""

    @property
    def sees(self) -> str:
        """Which conversations: a role may widen what the person is set to."""
        return "all" if self.role in _SEE_ALL else self.visibility


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an agent with a browser session, or a program with an API token (then `agent_id` is None)."""

    rights: Rights
    agent_id: UUID | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None
    name: str = ""
    language: str = "en"
    csrf_token: str = field(default="", repr=False)

    @property
    def role(self) -> str:
        return self.rights.role

    @property
    def key(self) -> str:
        """Name the actor among agents and tokens."""
        return f"agent:{self.agent_id}" if self.agent_id else f"token:{self.token_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        of_role, only = PERMISSIONS[self.role], self.rights.only
        return of_role if only is None else of_role & only

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotAllowed."""
        if not self.may(permission):
            raise NotAllowed(f"Your role, {self.role}, may not do this. Ask an administrator.")


def may_see(actor: Actor, *, team_id: UUID | None, assignee_id: UUID | None) -> bool:
    """Say whether the actor sees a conversation of this team and assignee.

    `team` sees its teams' conversations, those that belong to no team and nobody, and one's own.
    """
    if actor.rights.sees == "all":
        return True
    if assignee_id is not None and assignee_id == actor.agent_id:
        return True
    if actor.rights.sees == "own":
        return False
    return team_id in actor.rights.team_ids if team_id is not None else assignee_id is None


def restrict(where: Where, actor: Actor, *, conversation: str = "c") -> None:
    """Add the condition that `may_see` states, for the table alias of a conversation."""
    if actor.rights.sees == "all":
        return
    if actor.rights.sees == "own":
        where.add(f"{conversation}.assignee_id = {{}}", actor.agent_id)
    else:
        where.add(
            f"{conversation}.assignee_id = {{}} OR {conversation}.team_id = ANY({{}}::uuid[]) "
            f"OR ({conversation}.team_id IS NULL AND {conversation}.assignee_id IS NULL)",
            actor.agent_id,
            sorted(actor.rights.team_ids),
        )

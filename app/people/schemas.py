"""What the API takes about people."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.api import Input
from app.errors import Invalid
from app.people.permissions import Permission

Role = Literal["admin", "supervisor", "agent", "marketer"]
Visibility = Literal["all", "team", "own"]
Language = Literal["en", "zh-Hant", "zh-Hans"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^\s*[^@\s]+@[^@\s]+\s*$")]
Password = Annotated[str, Field(max_length=1000)]
Capacity = Annotated[
    float, Field(ge=0, le=10_000, description="Load units; a chat weighs 1 unless a rule says otherwise.")
]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=100)]
TeamIds = Annotated[list[UUID], Field(max_length=200)]


class LogIn(Input):
    email: Annotated[str, Field(max_length=254)]
    password: Password
    code: Annotated[str | None, Field(max_length=20)] = None


class Proof(Input):
    """Oneself, once more: for what a stranger at an open screen must not do."""

    current_password: Password


class PasswordPost(Proof):
    password: Password


class CodePost(Input):
    code: Annotated[str, Field(min_length=6, max_length=20)]


class ForgottenPost(Input):
    email: Annotated[str, Field(max_length=254)]


class PasswordLinkPost(Input):
    mail: bool = True


class LinkedPasswordPost(Input):
    password: Password


class MePatch(Input):
    name: Name | None = None
    language: Language | None = None
    theme: Literal["system", "light", "dark"] | None = None
    density: Literal["comfortable", "compact"] | None = None


class PresencePut(Input):
    state: Literal["available", "busy", "away", "offline"]


class AgentPost(Input):
    email: Email
    name: Name
    password: Annotated[
        Password | None, Field(description="Left out: the person sets one by the invitation's link.")
    ] = None
    role: Role = "agent"
    capacity: Capacity = 15
    visibility: Visibility = "all"
    team_ids: TeamIds = Field(default_factory=list)
    skills: Words = Field(default_factory=list)
    languages: Words = Field(default_factory=list)


class AgentPatch(Input):
    name: Name | None = None
    password: Password | None = None
    role: Role | None = None
    capacity: Capacity | None = None
    visibility: Visibility | None = None
    team_ids: TeamIds | None = None
    skills: Words | None = None
    languages: Words | None = None
    disabled: bool | None = None


class TeamPost(Input):
    name: Name


class TokenPost(Input):
    name: Name
    role: Role = "agent"
    permissions: Annotated[
        list[Permission] | None, Field(description="All that it may do, out of its role's. Left out: all of them.")
    ] = None


def given(body: Input) -> dict[str, Any]:
    """Return what was sent; null is refused where there is nothing to clear."""
    sent = body.model_dump(exclude_unset=True)
    empty = {name: "leave it out, or write a value" for name, value in sent.items() if value is None}
    if empty:
        raise Invalid("Some of this cannot be cleared: see `fields`.", fields=empty)
    return sent

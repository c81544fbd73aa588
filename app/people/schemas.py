"""What the API takes about people."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.api import Input

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
    password: Password
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

"""What the API takes about channel accounts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api import Input

Credentials = Annotated[dict[str, Annotated[str, Field(max_length=4000)]], Field(max_length=30)]
Settings = Annotated[dict[str, Any], Field(max_length=50)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class ChannelAccountPost(Input):
    channel: Annotated[str, Field(max_length=40)]
    name: Name
    external_id: Annotated[str, Field(max_length=200, description="Left out where the account is our own")] = ""
    credentials: Credentials = Field(default_factory=dict)
    settings: Settings = Field(default_factory=dict)


class ChannelAccountPatch(Input):
    """Credentials and settings: a member that is absent stays; null in settings clears it."""

    name: Name | None = None
    state: Literal["active", "paused"] | None = None
    credentials: Credentials | None = None
    settings: Settings | None = None

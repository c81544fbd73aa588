"""What the API takes about contacts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.api import Input

Name = Annotated[str, Field(max_length=200)]
Phone = Annotated[
    str, Field(max_length=40, description="As people write it; without a country code, of the default region")
]
Email = Annotated[str, Field(max_length=254, pattern=r"^\s*[^@\s]+@[^@\s]+\s*$")]
Language = Annotated[
    str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$", description="BCP 47, such as zh-Hant")
]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)]


class ContactPatch(Input):
    """Absent = unchanged, null = cleared. `tags` are all that it shall have; `attributes` are merged, null clears one."""

    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    language: Language | None = None
    birthday: date | None = None
    gender: Annotated[str, Field(max_length=40)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    tags: Tags | None = None
    attributes: Annotated[dict[Annotated[str, Field(max_length=100)], Any], Field(max_length=200)] | None = None


class ContactPost(ContactPatch):
    name: Name


class MergePost(Input):
    """`contact_id` becomes part of the contact in the path. `choices`: whose value of a field is taken, by contact id."""

    contact_id: UUID
    choices: Annotated[dict[Annotated[str, Field(max_length=120)], UUID], Field(max_length=300, default_factory=dict)]

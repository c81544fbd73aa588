"""What the API takes about templates."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.api import Input
from app.templates.check import Draft

Components = Annotated[
    list[dict[str, Any]], Field(max_length=20, description="In order: header, body, footer, buttons, carousel …")
]
Word = Annotated[str, Field(max_length=40)]
Defaults = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=200)]],
    Field(max_length=100, description="variable → contact.first_name, agent.name, text:… and so on"),
]
Values = Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=200)]


class _Written(Input):
    language: Word
    category: Word
    parameter_format: Word = "positional"
    components: Components

    def draft(self, name: str) -> Draft:
        return Draft(
            name=name,
            language=self.language,
            category=self.category,
            parameter_format=self.parameter_format,
            components=self.components,
        )


class TemplateCheckPost(_Written):
    channel_account_id: UUID
    name: Annotated[str, Field(max_length=600)]


class TemplatePost(TemplateCheckPost):
    """A new template, or another language of one that has this name."""

    title: Annotated[str, Field(max_length=200)] = ""
    defaults: Defaults = Field(default_factory=dict)
    submit: Annotated[bool, Field(description="Hand it in for approval at once")] = False


class VersionPatch(Input):
    """Absent = unchanged."""

    category: Word | None = None
    parameter_format: Word | None = None
    components: Components | None = None
    submit: bool = False


class TemplatePatch(Input):
    """What is ours alone. Absent = unchanged."""

    title: Annotated[str | None, Field(max_length=200)] = None
    default_language: Word | None = None
    defaults: Defaults | None = None


class SyncPost(Input):
    channel_account_id: UUID


class PreviewPost(Input):
    conversation_id: UUID
    language: Word | None = None
    variables: Values = Field(default_factory=dict)

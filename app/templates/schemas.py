"""What the API takes about templates."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api import Input, check_storable
from app.templates.check import Draft

Word = Annotated[str, Field(max_length=40)]


class _Open(BaseModel):
    """What we read has the right shape; what a platform has besides is kept as it came."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        check_storable(value)
        return value


Short = Annotated[str, Field(max_length=4000)]


class TemplateButton(_Open):
    kind: Word
    text: Short | None = None
    url: Short | None = None
    phone_number: Short | None = None
    example: Short | None = None


class Component(_Open):
    type: Word
    format: Word | None = None
    text: Annotated[str | None, Field(max_length=10_000)] = None
    examples: dict[str, Short] | None = None
    example: Short | None = None
    media_id: UUID | None = None
    buttons: Annotated[list[TemplateButton] | None, Field(max_length=20)] = None
    cards: Annotated[list[TemplateCard] | None, Field(max_length=20)] = None
    expires: bool | None = None
    expires_minutes: Annotated[int | None, Field(ge=1, le=90)] = None
    security: bool | None = None


class TemplateCard(_Open):
    components: Annotated[list[Component], Field(max_length=10)]


Components = Annotated[
    list[Component], Field(max_length=20, description="In order: header, body, footer, buttons, carousel …")
]


def plain(components: list[Component]) -> list[dict[str, Any]]:
    """Return components as they are stored."""
    return [one.model_dump(mode="json", exclude_none=True) for one in components]


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
            components=plain(self.components),
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

    def changes(self) -> dict[str, Any]:
        given = self.model_dump(exclude_unset=True, exclude={"submit", "components"})
        return given | ({"components": plain(self.components)} if self.components is not None else {})


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

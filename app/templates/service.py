"""The public verbs about templates: write, change, archive; find the version that a send uses, and fill it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.channel_accounts.directory import AccountView
from app.conversations.present import Json
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.events import TemplateUpdated, record_all
from app.ids import uuid7
from app.templates import check as checking
from app.templates.check import Draft, Problem, check
from app.templates.filling import WORDS as FILLING_WORDS
from app.templates.filling import Facts, file_ids, problems_of, send_components, with_defaults
from app.templates.languages import best_language
from app.templates.parts import body_text, files_of
from app.templates.queries import templates_by_id
from app.words import Gettext, _
from channels.contract import TemplateRules

_OWNED = "coalesce(t.platform_account_id, t.channel_account_id) = $1"
_VERSION = """
SELECT v.*, t.name, t.default_language, t.defaults, t.channel, coalesce(t.platform_account_id, t.channel_account_id) AS owner_id
FROM template_version v JOIN template t ON t.id = v.template_id
"""
_FACTS = """
SELECT contact.name, contact.phone, contact.email, contact.language, contact.attributes,
    (SELECT agent.name FROM agent WHERE agent.id = $2) AS agent_name,
    (SELECT brand.name FROM brand WHERE brand.is_default) AS business_name
FROM contact WHERE contact.id = $1
"""
USABLE = frozenset(("approved",))
"""A version in another status is refused by the platform."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A version with its values: what to send, and what the customer will read."""

    template_id: UUID
    version_id: UUID
    name: str
    language: str
    category: str
    text: str
    components: list[Json]
    shown: list[Json]
    values: dict[str, Any]
    files: list[UUID]

    def content(self) -> Json:
        """Return `message.content`: `components` is for the platform, `shown` and `values` are for the eye."""
        return {
            "template_id": str(self.template_id),
            "version_id": str(self.version_id),
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "components": self.components,
            "shown": self.shown,
            "values": self.values,
        }


def rules_of(account: AccountView) -> TemplateRules:
    """Raises Invalid for a channel without templates."""
    if account.capabilities.templates is None:
        message = _("This channel has no templates.")
        raise Invalid(message, code="templates_unsupported", fields={"channel_account_id": message})
    return account.capabilities.templates


def owner_of(account: AccountView) -> tuple[str, UUID]:
    """Return the column and id of what this account's templates belong to."""
    if rules_of(account).owner == "platform" and account.platform_account_id is not None:
        return "platform_account_id", account.platform_account_id
    return "channel_account_id", account.id


def no_template() -> NotFound:
    return NotFound("No template has this id.")


async def write_draft(
    uow: UnitOfWork,
    account: AccountView,
    draft: Draft,
    *,
    title: str = "",
    defaults: Mapping[str, str] | None = None,
    gettext: Gettext = _,
) -> UUID:
    """Keep a new language of a template as a draft, and the template with it if the name is new; return the version's id.

    Raises Invalid with what the platform would refuse, and Conflict when the template has this language.
    """
    rules = rules_of(account)
    if not rules.makes:
        raise Invalid(
            "Make this channel's templates in its own console, then sync.",
            code="templates_made_elsewhere",
            fields={"channel_account_id": "make it in the platform's console"},
        )
    refuse(check(draft, rules), checking.WORDS, gettext)
    column, owner = owner_of(account)
    template_id: UUID | None = await uow.conn.fetchval(
        f"SELECT t.id FROM template t WHERE {_OWNED} AND t.name = $2 AND t.archived_at IS NULL FOR UPDATE",
        owner,
        draft.name,
    )
    if template_id is None:
        template_id = uuid7()
        await uow.conn.execute(
            f"""INSERT INTO template (id, channel, {column}, name, title, default_language, defaults)
            VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            template_id,
            account.channel,
            owner,
            draft.name,
            title,
            draft.language,
            _json(defaults or {}),
        )
    version_id = uuid7()
    written = await uow.conn.execute(
        """INSERT INTO template_version (id, template_id, language, category, parameter_format, components)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING""",
        version_id,
        template_id,
        draft.language,
        draft.category,
        draft.parameter_format,
        _json(draft.components),
    )
    if written.endswith("0"):
        raise Conflict("This template has that language already: change it there.", code="language_exists")
    await keep_files(uow, version_id, draft.components)
    await announce(uow, [template_id])
    return version_id


async def rewrite(
    uow: UnitOfWork, account: AccountView, version_id: UUID, changes: Mapping[str, Any], *, gettext: Gettext = _
) -> asyncpg.Record:
    """Change a version's category or components, and return it. One that the platform has goes into review again by `submit`.

    Raises NotFound, Invalid, and Conflict for a status in which the platform lets nobody change it.
    """
    row = await version_of(uow, version_id)
    rules = rules_of(account)
    if row["status"] not in ("draft", *rules.edits):
        raise Conflict(
            "The platform lets nobody change a template in this state. Wait until it is reviewed.",
            code="template_locked",
        )
    draft = Draft(
        name=row["name"],
        language=row["language"],
        category=changes.get("category") or row["category"],
        parameter_format=changes.get("parameter_format") or row["parameter_format"],
        components=changes["components"] if changes.get("components") is not None else row["components"],
    )
    refuse(check(draft, rules), checking.WORDS, gettext)
    await uow.conn.execute(
        """UPDATE template_version SET category = $2, parameter_format = $3, components = $4, error = NULL, updated_at = now()
        WHERE id = $1""",
        version_id,
        draft.category,
        draft.parameter_format,
        _json(draft.components),
    )
    await uow.conn.execute("DELETE FROM template_file WHERE version_id = $1", version_id)
    await keep_files(uow, version_id, draft.components)
    await announce(uow, [row["template_id"]])
    return await version_of(uow, version_id)


async def keep_files(uow: UnitOfWork, version_id: UUID, components: Sequence[Json]) -> None:
    """Keep the samples for as long as the version shows them. Raises Invalid for a file that is not there."""
    for media_id in files_of(components):
        written = await uow.conn.execute(
            """INSERT INTO template_file (version_id, media_id) SELECT $1, id FROM media WHERE id::text = $2 AND state = 'ready'
            ON CONFLICT DO NOTHING""",
            version_id,
            media_id,
        )
        if written.endswith(" 0"):
            raise Invalid("Upload the sample file again.", code="media_missing", fields={"header": "upload it again"})


async def change_template(uow: UnitOfWork, template_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change what is ours alone: title, default language, where variables are filled from. Raises NotFound, Invalid."""
    languages = await uow.conn.fetchval(
        """SELECT array_agg(v.language) FROM template t JOIN template_version v ON v.template_id = t.id AND v.archived_at IS NULL
        WHERE t.id = $1 AND t.archived_at IS NULL""",
        template_id,
    )
    if languages is None:
        raise no_template()
    if changes.get("default_language") and changes["default_language"] not in languages:
        message = "Name a language that this template has."
        raise Invalid(message, fields={"default_language": message})
    await uow.conn.execute(
        """UPDATE template SET title = coalesce($2, title), default_language = coalesce($3, default_language),
            defaults = coalesce($4, defaults) WHERE id = $1""",
        template_id,
        changes.get("title"),
        changes.get("default_language"),
        None if changes.get("defaults") is None else _json(changes["defaults"]),
    )
    await announce(uow, [template_id])


async def archive_versions(uow: UnitOfWork, version_ids: Iterable[UUID]) -> None:
    """Take versions away, and templates that have no other: what was sent keeps its words."""
    template_ids = [
        row["template_id"]
        for row in await uow.conn.fetch(
            """UPDATE template_version SET archived_at = now(), updated_at = now(), status = 'deleted'
            WHERE id = ANY($1::uuid[]) AND archived_at IS NULL RETURNING template_id""",
            sorted(version_ids),
        )
    ]
    await uow.conn.execute(
        """UPDATE template t SET archived_at = now() WHERE t.id = ANY($1::uuid[]) AND t.archived_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM template_version v WHERE v.template_id = t.id AND v.archived_at IS NULL)""",
        template_ids,
    )
    await announce(uow, template_ids)


async def version_of(uow: UnitOfWork, version_id: UUID) -> asyncpg.Record:
    """Return a live version with its template's columns, locked. Raises NotFound."""
    row = await uow.conn.fetchrow(
        _VERSION + "WHERE v.id = $1 AND v.archived_at IS NULL AND t.archived_at IS NULL FOR UPDATE OF v", version_id
    )
    if row is None:
        raise no_template()
    return row


async def versions_of(uow: UnitOfWork, template_id: UUID) -> list[asyncpg.Record]:
    """Return the live versions of a template by language. Raises NotFound when there is none."""
    rows: list[asyncpg.Record] = await uow.conn.fetch(
        _VERSION + "WHERE t.id = $1 AND v.archived_at IS NULL AND t.archived_at IS NULL ORDER BY v.language",
        template_id,
    )
    if not rows:
        raise no_template()
    return rows


async def choose(
    uow: UnitOfWork, account: AccountView, template_id: UUID, *, language: str | None, contact_language: str | None
) -> asyncpg.Record:
    """Return the version to send on `account`: in `language`, else in the contact's, else in the default one.

    Raises NotFound, and Invalid for a template of another account, one without that language, and one that is not approved.
    """
    rows = await versions_of(uow, template_id)
    if rows[0]["owner_id"] != owner_of(account)[1]:
        raise _refused("template_id", "template_elsewhere", _("This template belongs to another account."))
    usable = {row["language"]: row for row in rows if row["status"] in USABLE}
    if language is not None:
        if language not in {row["language"] for row in rows}:
            raise _refused("language", "template_language_missing", _("This template has no such language."))
        usable = {known: row for known, row in usable.items() if known == language}
    best = best_language(list(usable), contact_language, rows[0]["default_language"])
    if best is None:
        raise _refused("template_id", "template_not_approved", _("The platform has not approved this template."))
    return usable[best]


async def facts_of(uow: UnitOfWork, contact_id: UUID, agent_id: UUID | None) -> tuple[Facts, str | None]:
    """Return what defaults are taken from, and the contact's language. Raises NotFound."""
    row = await uow.conn.fetchrow(_FACTS, contact_id, agent_id)
    if row is None:
        raise NotFound("There is no such contact.")
    facts = Facts(dict(row), agent_name=row["agent_name"] or "", business_name=row["business_name"] or "")
    return facts, row["language"]


async def fill(
    uow: UnitOfWork,
    account: AccountView,
    *,
    template_id: UUID,
    language: str | None,
    values: Mapping[str, Any],
    contact_id: UUID,
    agent_id: UUID | None,
) -> Filled:
    """Return the template filled for a contact. Raises NotFound, and Invalid with `variables.<key>` for what is missing."""
    facts, contact_language = await facts_of(uow, contact_id, agent_id)
    row = await choose(uow, account, template_id, language=language, contact_language=contact_language)
    found = with_defaults(row["components"], values, row["defaults"], facts)
    problems = problems_of(row["components"], found, rules_of(account))
    refuse([Problem(f"variables.{one.place}", one.code, one.params) for one in problems], FILLING_WORDS)
    return Filled(
        template_id=row["template_id"],
        version_id=row["id"],
        name=row["name"],
        language=row["language"],
        category=row["category"],
        text=body_text(row["components"], found),
        components=send_components(row["components"], found, named=row["parameter_format"] == "named"),
        shown=row["components"],
        values=found,
        files=file_ids(row["components"], found),
    )


def refuse(problems: Sequence[Problem], words: Mapping[str, str], gettext: Gettext = _) -> None:
    """Raises Invalid with the first problem's code and the words of all, if there are any."""
    if problems:
        fields: dict[str, str] = {}
        for one in problems:
            fields.setdefault(one.place, one.text(words, gettext))
        raise Invalid(gettext(_("The platform would refuse this: see `fields`.")), code=problems[0].code, fields=fields)


def _refused(place: str, code: str, message: str) -> Invalid:
    return Invalid(message, code=code, fields={place: message})


async def announce(uow: UnitOfWork, template_ids: Iterable[UUID]) -> None:
    """Tell all live readers what these templates are now."""
    templates = await templates_by_id(uow.conn, sorted(set(template_ids)))
    await record_all(uow, [TemplateUpdated(data=template) for template in templates])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()

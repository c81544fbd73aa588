"""Templates as the platform has them: the whole list now and then, and what it says of single ones in between.

What it says last counts. An event is older than what is known when its time is, and then changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import orjson
import structlog

from app.channel_accounts.directory import AccountView
from app.conversations.present import time_json
from app.db import UnitOfWork
from app.ids import uuid7
from app.outbound.service import run
from app.runtime import Runtime
from app.templates.service import announce, archive_versions, owner_of
from channels.contract import Json, SendError, SyncTemplates, TemplateChanged, TemplateSeen, TemplatesSeen

_GONE = frozenset(("deleted", "pending_deletion"))
_TEMPLATES = """
INSERT INTO template (id, channel, {column}, name, default_language)
SELECT new.id, $2, $1, new.name, new.language FROM unnest($3::uuid[], $4::text[], $5::text[]) AS new(id, name, language)
WHERE NOT EXISTS (SELECT 1 FROM template t WHERE coalesce(t.platform_account_id, t.channel_account_id) = $1
    AND t.name = new.name AND t.archived_at IS NULL)
"""
_KNOWN = """
SELECT t.id, t.name FROM template t
WHERE coalesce(t.platform_account_id, t.channel_account_id) = $1 AND t.archived_at IS NULL ORDER BY t.id FOR UPDATE
"""
_VERSIONS = """
INSERT INTO template_version AS v (id, template_id, language, external_id, category, status, quality, rejected_reason,
    parameter_format, components, told_at)
SELECT uuid(r.id), uuid(r.template_id), r.language, r.external_id, r.category, r.status, r.quality, r.rejected_reason,
    r.parameter_format, r.components, $2
FROM jsonb_to_recordset($1) AS r(id text, template_id text, language text, external_id text, category text, status text,
    quality text, rejected_reason text, parameter_format text, components jsonb)
ON CONFLICT (template_id, language) WHERE archived_at IS NULL DO UPDATE SET
    external_id = excluded.external_id, category = excluded.category, status = excluded.status,
    quality = CASE WHEN excluded.quality = '' THEN v.quality ELSE excluded.quality END,
    rejected_reason = excluded.rejected_reason, parameter_format = excluded.parameter_format, components = excluded.components,
    error = NULL, told_at = excluded.told_at, updated_at = now()
WHERE (v.external_id, v.category, v.status, v.quality, v.rejected_reason, v.parameter_format, v.components) IS DISTINCT FROM
    (excluded.external_id, excluded.category, excluded.status, excluded.quality, excluded.rejected_reason, excluded.parameter_format,
    excluded.components)
RETURNING v.template_id
"""
_MISSING = """
SELECT v.id FROM template_version v JOIN template t ON t.id = v.template_id
WHERE coalesce(t.platform_account_id, t.channel_account_id) = $1 AND v.archived_at IS NULL AND v.external_id IS NOT NULL
    AND coalesce(v.submitted_at, v.created_at) < $3 AND v.external_id <> ALL($2::text[]) FOR UPDATE OF v
"""
_CLOCKS = timedelta(seconds=5)
"""Platforms tell whole seconds, by clocks of their own: an event is not older than the list because of that."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Synced:
    """How many versions the platform has, and how many of ours it has no longer."""

    seen: int
    gone: int


async def sync_templates(runtime: Runtime, account: AccountView) -> Synced:
    """Ask the platform for all templates of the account and keep them. Raises SendError, Invalid."""
    asked_at = datetime.now(UTC)
    result = await run(runtime, account, SyncTemplates())
    assert isinstance(result, TemplatesSeen), "an adapter answers SyncTemplates with TemplatesSeen"
    async with runtime.database.begin() as uow:
        return await keep(uow, account, result.templates, asked_at=asked_at)


async def keep(uow: UnitOfWork, account: AccountView, seen: Sequence[TemplateSeen], *, asked_at: datetime) -> Synced:
    """Make ours what the platform said at `asked_at`; what it did not name, and had before, is gone."""
    column, owner = owner_of(account)
    live = [one for one in seen if one.status not in _GONE and one.external_id]
    first_languages = {one.name: one.language for one in reversed(live)}
    names = sorted(first_languages)
    await uow.conn.execute(
        _TEMPLATES.format(column=column),
        owner,
        account.channel,
        [uuid7() for _ in names],
        names,
        [first_languages[name] for name in names],
    )
    ids = {row["name"]: row["id"] for row in await uow.conn.fetch(_KNOWN, owner)}
    told = _json(dict.fromkeys(("status", "quality", "category"), time_json(asked_at - _CLOCKS)))
    rows = [
        _row(one, ids[one.name], await _samples(uow, one)) for one in {(o.name, o.language): o for o in live}.values()
    ]
    changed = [row["template_id"] for row in await uow.conn.fetch(_VERSIONS, _json(rows), told)]
    gone = [row["id"] for row in await uow.conn.fetch(_MISSING, owner, [one.external_id for one in live], asked_at)]
    if changed:
        await announce(uow, changed)
    if gone:
        await archive_versions(uow, gone)
    return Synced(len(rows), len(gone))


def _row(one: TemplateSeen, template_id: UUID, media_ids: Mapping[str, str]) -> Json:
    return {
        "id": str(uuid7()),
        "template_id": str(template_id),
        "language": one.language,
        "external_id": one.external_id,
        "category": one.category,
        "status": one.status,
        "quality": one.quality,
        "rejected_reason": one.rejected_reason,
        "parameter_format": one.parameter_format,
        "components": _with_samples(one.components, media_ids, ""),
    }


async def _samples(uow: UnitOfWork, one: TemplateSeen) -> dict[str, str]:
    """Return {place: media id} of the sample files that were uploaded here: the platform's own addresses of them end soon."""
    components = await uow.conn.fetchval(
        "SELECT components FROM template_version WHERE external_id = $1 AND archived_at IS NULL LIMIT 1",
        one.external_id,
    )
    found: dict[str, str] = {}

    def look(parts: Sequence[Json], prefix: str) -> None:
        for part in parts:
            if part.get("type") == "header" and part.get("media_id"):
                found[prefix] = part["media_id"]
            for n, card in enumerate(part.get("cards") or []):
                look(card.get("components") or [], f"{prefix}card.{n}.")

    look(components or [], "")
    return found


def _with_samples(components: Sequence[Json], media_ids: Mapping[str, str], prefix: str) -> list[Json]:
    found = []
    for part in components:
        if part.get("type") == "header" and prefix in media_ids:
            part = {**part, "media_id": media_ids[prefix]}
        if part.get("cards"):
            cards = [
                {**card, "components": _with_samples(card.get("components") or [], media_ids, f"{prefix}card.{n}.")}
                for n, card in enumerate(part["cards"])
            ]
            part = {**part, "cards": cards}
        found.append(part)
    return found


_CHANGE = """
UPDATE template_version v SET {columns}, told_at = v.told_at || jsonb_build_object($3::text, $4::text), updated_at = now()
FROM template t
WHERE t.id = v.template_id AND coalesce(t.platform_account_id, t.channel_account_id) = $1 AND v.archived_at IS NULL
    AND (v.external_id = $2 OR ($2 = '' AND t.name = $5 AND v.language = $6))
    AND coalesce(v.told_at->>$3, '') <= $4
RETURNING v.template_id, v.id
"""
_COLUMNS = {
    "status": "status = $7, rejected_reason = $8",
    "quality": "quality = $7 || left($8, 0)",
    "category": "category = $7 || left($8, 0)",
}
_IS_KNOWN = """
SELECT true FROM template_version v JOIN template t ON t.id = v.template_id
WHERE coalesce(t.platform_account_id, t.channel_account_id) = $1 AND (v.external_id = $2 OR (t.name = $3 AND v.language = $4)) LIMIT 1
"""


async def apply_changes(uow: UnitOfWork, changes: Sequence[tuple[AccountView, TemplateChanged]]) -> None:
    """Keep what platforms told of single templates; what they did not spell out, or is not known yet, is asked for by a job."""
    changed: set[UUID] = set()
    gone: set[UUID] = set()
    for account, event in sorted(
        changes, key=lambda one: (str(owner_of(one[0])[1]), one[1].external_id, one[1].occurred_at)
    ):
        owner = owner_of(account)[1]
        rows = await _apply(uow, owner, event)
        changed |= {row["template_id"] for row in rows}
        if event.change == "status" and event.value in _GONE:
            gone |= {row["id"] for row in rows}
        elif event.change == "components" or (not rows and not await _is_known(uow, owner, event)):
            uow.enqueue("sync_templates", str(account.id))
    if gone:
        await archive_versions(uow, gone)
    if changed:
        await announce(uow, changed)


async def _apply(uow: UnitOfWork, owner: UUID, event: TemplateChanged) -> list[asyncpg.Record]:
    columns = _COLUMNS.get(event.change)
    if columns is None or (event.change == "category" and event.reason == "impending"):
        return []
    rows: list[asyncpg.Record] = await uow.conn.fetch(
        _CHANGE.format(columns=columns),
        owner,
        event.external_id,
        event.change,
        time_json(event.occurred_at),
        event.name,
        event.language,
        event.value,
        event.reason,
    )
    return rows


async def _is_known(uow: UnitOfWork, owner: UUID, event: TemplateChanged) -> bool:
    found = await uow.conn.fetchval(_IS_KNOWN, owner, event.external_id, event.name, event.language)
    return bool(found) or event.value in _GONE


async def sync_all(runtime: Runtime) -> None:
    """Ask each platform object once, by one of its accounts that works. One that cannot be asked is asked the next time."""
    asked: set[UUID] = set()
    for account in await runtime.accounts.all():
        if account.capabilities.templates is None or account.state != "active" or account.sending_stopped_reason:
            continue
        owner = owner_of(account)[1]
        if owner in asked:
            continue
        asked.add(owner)
        try:
            await sync_templates(runtime, account)
        except SendError as error:
            _log.warning("templates_not_synced", channel_account_id=str(account.id), code=error.code)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()

"""Hand templates in at the platform, and take them away there: the call is made between two transactions, never within one."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import orjson

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.errors import Conflict
from app.outbound.service import run
from app.runtime import Runtime
from app.templates.parts import files_of
from app.templates.service import announce, archive_versions, rules_of, version_of, versions_of
from channels.contract import DeleteTemplate, MediaHandle, SendError, SubmitTemplate, TemplateSubmitted

_FILES = "SELECT id, mime, filename, size_bytes, sha256 FROM media WHERE id = ANY($1::uuid[]) AND state = 'ready'"
_SUBMITTED = """
UPDATE template_version SET external_id = $2, status = CASE WHEN $3 = '' THEN 'pending' ELSE $3 END,
    category = coalesce(nullif($4, ''), category), rejected_reason = '', error = NULL, submitted_at = now(), updated_at = now()
WHERE id = $1
"""


async def submit(runtime: Runtime, account: AccountView, version_id: UUID) -> None:
    """Hand a version in. A refusal is kept as the version's `error`, and the version stays what it was.

    Raises NotFound, Invalid, and Conflict for a status in which the platform takes no new wording.
    """
    async with runtime.database.begin() as uow:
        row = await version_of(uow, version_id)
        if row["status"] not in ("draft", *rules_of(account).edits):
            raise Conflict("This template is at the platform already.", code="template_locked")
        intent = SubmitTemplate(
            name=row["name"],
            language=row["language"],
            category=row["category"],
            components=tuple(row["components"]),
            parameter_format=row["parameter_format"],
            external_id=row["external_id"] or "",
            samples=await _samples(uow, row),
        )
    try:
        result = await run(runtime, account, intent)
    except SendError as error:
        await _keep_refusal(runtime, row, error)
        return
    assert isinstance(result, TemplateSubmitted), "an adapter answers SubmitTemplate with TemplateSubmitted"
    async with runtime.database.begin() as uow:
        await uow.conn.execute(_SUBMITTED, version_id, result.external_id, result.status, result.category)
        await announce(uow, [row["template_id"]])


async def _samples(uow: UnitOfWork, row: asyncpg.Record) -> tuple[MediaHandle, ...]:
    files = await uow.conn.fetch(_FILES, [UUID(media_id) for media_id in files_of(row["components"])])
    return tuple(
        MediaHandle(str(file["id"]), file["mime"], file["size_bytes"] or 0, file["filename"], file["sha256"])
        for file in files
    )


async def _keep_refusal(runtime: Runtime, row: asyncpg.Record, error: SendError) -> None:
    told = {"code": error.code, "external_code": error.external_code, "external_text": error.text[:1000], "params": {}}
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "UPDATE template_version SET error = $2, updated_at = now() WHERE id = $1",
            row["id"],
            orjson.dumps(told).decode(),
        )
        await announce(uow, [row["template_id"]])


async def delete(runtime: Runtime, account: AccountView, template_id: UUID, version_id: UUID | None = None) -> None:
    """Delete a template, or one language of it, at the platform and here. Raises NotFound, SendError."""
    async with runtime.database.begin() as uow:
        rows = [row for row in await versions_of(uow, template_id) if version_id in (None, row["id"])]
        if version_id is not None and not rows:
            await version_of(uow, version_id)
    for row in rows:
        if row["external_id"] and rules_of(account).makes:
            await run(runtime, account, DeleteTemplate(row["name"], row["external_id"]))
        async with runtime.database.begin() as uow:
            await archive_versions(uow, [row["id"]])

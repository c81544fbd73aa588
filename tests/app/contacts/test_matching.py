"""Who may be whom: what platforms vouch for joins by itself, what was typed is suggested, what was dismissed stays so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.contacts.dismissals import dismiss_pair
from app.contacts.matching import match_contacts
from app.contacts.service import Pair, merge_contacts, request_matches, undo_merge
from app.db import UnitOfWork
from app.runtime import Runtime

from .conftest import People

UNION = ("op-1", "unionid", "u1")
PHONE = ("world", "phone", "85291234567")
BSUID = ("waba-1", "bsuid", "HK.1")


async def suggested(uow: UnitOfWork) -> list[tuple[set[UUID], Any]]:
    rows = await uow.conn.fetch("SELECT * FROM contact_suggestion WHERE dismissed_at IS NULL ORDER BY id")
    return [({row["one_id"], row["other_id"]}, row["evidence"]) for row in rows]


async def merged(uow: UnitOfWork) -> list[tuple[UUID, UUID, str]]:
    rows = await uow.conn.fetch("SELECT * FROM contact_merge WHERE undone_at IS NULL ORDER BY merged_at")
    return [(row["stays_id"], row["goes_id"], row["reason"]) for row in rows]


@pytest.mark.parametrize(
    ("one", "other", "evidence"),
    [
        ({"phone": "+85291234567"}, {"phone": "+85291234567"}, {"same_phone": "+85291234567"}),
        ({"email": "ann@example.com"}, {"email": "ann@example.com"}, {"same_email": "ann@example.com"}),
        ({"phone": "+525512345678"}, {"phone": "+5215512345678"}, {"same_phone": "+525512345678"}),
        ({"phone": "+5491123456789"}, {"phone": "+541123456789"}, {"same_phone": "+541123456789"}),
        ({"phone": "+85291234567"}, {"phone": "+85291234568"}, None),
        ({"email": "ann@example.com"}, {}, None),
    ],
)
async def test_what_was_typed_is_only_suggested(
    runtime: Runtime, people: People, one: Any, other: Any, evidence: Any
) -> None:
    async with runtime.database.begin() as uow:
        ids = {await people.contact(uow, **one), await people.contact(uow, **other)}
        await request_matches(uow, ids)
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await suggested(uow) == ([(ids, evidence)] if evidence else [])
        assert await merged(uow) == []
        assert await uow.conn.fetchval("SELECT count(*) FROM match_request") == 0


async def test_a_typed_number_meets_one_that_a_platform_vouches_for(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        writer, typed = await people.contact(uow), await people.contact(uow, phone="+85291234567")
        await people.identity(uow, writer, keys=[PHONE])
        await request_matches(uow, [writer])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await suggested(uow) == [({writer, typed}, {"same_phone": "+85291234567"})]


@pytest.mark.parametrize(
    ("keys", "reason"), [([UNION], "same_unionid"), ([PHONE], "same_phone"), ([PHONE, UNION], "same_unionid")]
)
async def test_what_platforms_vouch_for_joins_by_itself(
    runtime: Runtime, people: People, keys: Any, reason: str
) -> None:
    async with runtime.database.begin() as uow:
        older, younger = await people.contact(uow, "Old"), await people.contact(uow, "New")
        await uow.conn.execute("UPDATE contact SET created_at = now() - interval '1 day' WHERE id = $1", older)
        await people.identity(uow, younger, keys=keys)
        await people.identity(uow, older, "messenger", keys=keys)
        await request_matches(uow, [younger, older])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await merged(uow) == [(older, younger, reason)]
        merge_id = await uow.conn.fetchval("SELECT id FROM contact_merge")
        audit = await uow.conn.fetchrow("SELECT * FROM audit_entry WHERE action = 'contact.merged'")
        assert (audit["actor_kind"], audit["subject_id"]) == ("system", older)
        await undo_merge(uow, merge_id, actor=None)
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await merged(uow) == []
        assert await suggested(uow) == []


async def test_a_number_that_went_to_another_person_joins_nobody(runtime: Runtime, people: People) -> None:
    """Both have the platform's own id, and not the same: the telephone has a new owner."""
    async with runtime.database.begin() as uow:
        before, now = await people.contact(uow), await people.contact(uow)
        await people.identity(uow, before, keys=[PHONE, BSUID])
        await people.identity(uow, now, "messenger", keys=[PHONE, (*BSUID[:2], "HK.2")])
        await request_matches(uow, [before, now])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert (await merged(uow), await suggested(uow)) == ([], [])


async def test_the_number_of_an_office_says_nothing(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        await request_matches(uow, [await people.contact(uow, phone="+85221234567") for _ in range(6)])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await suggested(uow) == []


async def test_a_dismissed_pair_does_not_come_back_whatever_it_becomes_part_of(
    runtime: Runtime, people: People
) -> None:
    async with runtime.database.begin() as uow:
        ann, other, third = [await people.contact(uow, email="a@example.com") for _ in range(3)]
        await dismiss_pair(uow, ann, other, actor=None)
        await request_matches(uow, [ann, other, third])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert [pair for pair, _ in await suggested(uow)] == [{ann, third}, {other, third}]
        await merge_contacts(uow, Pair(third, ann), actor=None, reason="by_hand")
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await suggested(uow) == []


async def test_a_suggestion_goes_when_its_reason_goes(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        ann, other = [await people.contact(uow, email="a@example.com") for _ in range(2)]
        await request_matches(uow, [ann, other])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert len(await suggested(uow)) == 1
        await uow.conn.execute("UPDATE contact SET email = NULL WHERE id = $1", ann)
        await request_matches(uow, [ann])
    await match_contacts(runtime)
    async with runtime.database.begin() as uow:
        assert await suggested(uow) == []

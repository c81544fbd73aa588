"""Merging and undoing: everything moves, everything comes back, whatever came between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contacts.dismissals import is_dismissed
from app.contacts.merging import Pair, merge_contacts
from app.contacts.service import join_identities, undo_merge
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.ids import uuid7
from app.runtime import Runtime

from .conftest import NOW, People


async def test_what_hangs_on_a_contact_moves_and_comes_back(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        ann = await people.contact(uow, "Ann", phone="+85291234567", tags=["VIP"])
        other = await people.contact(uow, "Ann Lee", email="ann@example.com", tags=["Tea"], attributes={"size": "M"})
        await people.identity(uow, ann)
        moving = await people.identity(uow, other, "messenger")
        await people.consent(uow, other, "marketing", granted=True)
    async with runtime.database.begin() as uow:
        before = await people.all(uow)
        merge_id = await merge_contacts(uow, Pair(ann, other), actor=None, reason="by_hand")
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow("SELECT * FROM contact WHERE id = $1", ann)
        assert (row["name"], row["phone"], row["email"]) == ("Ann", "+85291234567", "ann@example.com")
        assert row["attributes"] == {"size": "M"}
        assert await tags_of(uow, ann) == {"VIP", "Tea"}
        for table in ("identity", "conversation", "consent"):
            assert await uow.conn.fetchval(f"SELECT count(*) FROM {table} WHERE contact_id = $1", other) == 0
        assert await uow.conn.fetchval("SELECT merged_into_id FROM contact WHERE id = $1", other) == ann
        lines = await uow.conn.fetch("SELECT content FROM message WHERE direction = 'activity'")
        assert [line["content"]["code"] for line in lines] == ["contact_merged"] * 2
        later = await people.identity(uow, ann, thread=False)
        await people.thread(uow, await people.identity(uow, ann, "messenger", thread=False), ann, "messenger")
    async with runtime.database.begin() as uow:
        assert await undo_merge(uow, merge_id, actor=None) == (ann, other)
    async with runtime.database.begin() as uow:
        after = await people.all(uow)
        assert (after["contact"], after["tags"], after["consent"]) == (
            before["contact"],
            before["tags"],
            before["consent"],
        )
        assert await contact_of(uow, moving) == other
        assert await contact_of(uow, later) == ann
        with pytest.raises(Conflict) as refused:
            await undo_merge(uow, merge_id, actor=None)
        assert refused.value.code == "already_undone"


async def test_a_thread_that_began_after_the_merge_goes_back_with_its_identity(
    runtime: Runtime, people: People
) -> None:
    async with runtime.database.begin() as uow:
        ann, other = await people.contact(uow, "Ann"), await people.contact(uow, "Other")
        moving = await people.identity(uow, other, thread=False)
        merge_id = await merge_contacts(uow, Pair(ann, other), actor=None, reason="by_hand")
        thread = await people.thread(uow, moving, ann)
        await undo_merge(uow, merge_id, actor=None)
        assert await uow.conn.fetchval("SELECT contact_id FROM conversation WHERE id = $1", thread) == other


async def test_a_withdrawn_consent_is_withdrawn_for_both_after_undoing(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        ann, other = await people.contact(uow, "Ann"), await people.contact(uow, "Other")
        await people.consent(uow, ann, "marketing", granted=True)
        await people.consent(uow, other, "service", granted=False)
        merge_id = await merge_contacts(uow, Pair(ann, other), actor=None, reason="by_hand")
        await people.consent(uow, ann, "marketing", granted=False, at=NOW + timedelta(hours=1))
        await undo_merge(uow, merge_id, actor=None)
        for contact_id in (ann, other):
            newest = await uow.conn.fetch(
                """SELECT DISTINCT ON (purpose) purpose, granted FROM consent WHERE contact_id = $1
                ORDER BY purpose, occurred_at DESC, id DESC""",
                contact_id,
            )
            assert {row["purpose"]: row["granted"] for row in newest} == {"marketing": False, "service": False}


async def test_what_cannot_be_merged(runtime: Runtime, people: People) -> None:
    async with runtime.database.begin() as uow:
        ann, ben, cat = [await people.contact(uow, name) for name in ("Ann", "Ben", "Cat")]
        first = await merge_contacts(uow, Pair(ann, ben), actor=None, reason="by_hand")
        for pair in (Pair(ben, cat), Pair(cat, ben)):
            with pytest.raises(Conflict) as refused:
                await merge_contacts(uow, pair, actor=None, reason="by_hand")
            assert refused.value.code == "already_merged"
        await merge_contacts(uow, Pair(cat, ann), actor=None, reason="by_hand")
        with pytest.raises(Conflict) as refused:
            await undo_merge(uow, first, actor=None)
        assert refused.value.code == "merged_since"
        with pytest.raises(NotFound):
            await merge_contacts(uow, Pair(cat, uuid7()), actor=None, reason="by_hand")
        with pytest.raises(NotFound):
            await undo_merge(uow, uuid7(), actor=None)
    with pytest.raises(Invalid):
        Pair(ann, ann)


async def test_identities_are_joined_into_the_older_contact_unless_a_person_said_otherwise(
    runtime: Runtime, people: People
) -> None:
    async with runtime.database.begin() as uow:
        old = await people.contact(uow, "Old", created_at=NOW)
        new = await people.contact(uow, "New", created_at=NOW + timedelta(hours=1))
        one, two = await people.identity(uow, new), await people.identity(uow, old, "messenger")
        merge_id = await join_identities(uow, one, two, reason="hand_over", evidence={"channel": "whatsapp"})
        assert merge_id is not None
        assert await contact_of(uow, one) == old
        assert await join_identities(uow, one, two, reason="hand_over") is None
        await undo_merge(uow, merge_id, actor=None)
        assert await is_dismissed(uow.conn, new, old)
        assert await join_identities(uow, two, one, reason="hand_over") is None
        assert await contact_of(uow, one) == new
        with pytest.raises(NotFound):
            await join_identities(uow, one, uuid7(), reason="hand_over")


class RolledBack(Exception):
    """Ends an example without leaving a trace."""


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Ann", "Ben"]),
        "phone": st.sampled_from(["+85291234567", "+85290000000"]),
        "named_by": st.sampled_from(["agent", "platform"]),
        "tags": st.lists(st.sampled_from(["VIP", "Tea"]), unique=True),
        "attributes": st.dictionaries(st.sampled_from(["size", "colour"]), st.sampled_from(["M", ""])),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(VALUES, min_size=2, max_size=5),
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6),
    order=st.randoms(),
)
async def test_merges_undone_in_any_order_leave_no_trace(
    runtime: Runtime, people: People, values: Any, pairs: Any, order: Any
) -> None:
    """Whatever was merged into whatever: undone in any possible order, every row is as it was."""

    async def example(uow: UnitOfWork) -> None:
        ids = [await people.contact(uow, **one) for one in values]
        for number, contact_id in enumerate(ids):
            await people.identity(uow, contact_id, ("whatsapp", "messenger")[number % 2])
            await people.consent(uow, contact_id, "marketing", granted=True)
        before = await people.all(uow)
        merges = []
        for one, other in pairs:
            if one % len(ids) != other % len(ids):
                merges += await _unless_conflict(
                    lambda one=one, other=other: merge_contacts(
                        uow, Pair(ids[one % len(ids)], ids[other % len(ids)]), actor=None, reason="by_hand"
                    )
                )
        while merges:
            chosen = order.choice(merges)
            if await _unless_conflict(lambda chosen=chosen: undo_merge(uow, chosen, actor=None)):
                merges.remove(chosen)
        assert await people.all(uow) == before
        raise RolledBack

    with pytest.raises(RolledBack):
        async with runtime.database.begin() as uow:
            await example(uow)


async def _unless_conflict(verb: Callable[[], Any]) -> list[Any]:
    try:
        return [await verb()]
    except Conflict:
        return []


async def contact_of(uow: UnitOfWork, identity_id: UUID) -> UUID:
    return await uow.conn.fetchval("SELECT contact_id FROM identity WHERE id = $1", identity_id)


async def tags_of(uow: UnitOfWork, contact_id: UUID) -> set[str]:
    rows = await uow.conn.fetch(
        "SELECT t.name FROM contact_tag c JOIN tag t ON t.id = c.tag_id WHERE contact_id = $1", contact_id
    )
    return {row["name"] for row in rows}

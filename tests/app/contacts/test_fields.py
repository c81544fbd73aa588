"""What values become: merges of values undone in any order leave what would be without them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.fields import Step, combine, conflicts, undo

ANN = {"name": "Ann", "named_by": "platform", "phone": "+85291234567"}


@pytest.mark.parametrize(
    ("stays", "goes", "choices", "became"),
    [
        (ANN, {}, {}, ANN),
        ({}, ANN, {}, ANN),
        (ANN, {"email": "ann@example.com"}, {}, ANN | {"email": "ann@example.com"}),
        (ANN, {"phone": "+85290000000"}, {}, ANN),
        (ANN, {"phone": "+85290000000"}, {"phone": "goes"}, ANN | {"phone": "+85290000000"}),
        (ANN, {"name": "Ann Lee", "named_by": "agent"}, {}, ANN | {"name": "Ann Lee", "named_by": "agent"}),
        (ANN, {"name": "Ann Lee", "named_by": "agent"}, {"name": "stays"}, ANN),
        (ANN, {"named_by": "agent"}, {}, ANN),
        ({"tags.a": True}, {"tags.b": True}, {}, {"tags.a": True, "tags.b": True}),
        ({"attributes.x": 0}, {"attributes.x": 1, "attributes.y": ""}, {}, {"attributes.x": 0, "attributes.y": ""}),
        ({"archived_at": "2026"}, {}, {}, {}),
        ({}, {"archived_at": "2026"}, {}, {}),
        ({"archived_at": "2025"}, {"archived_at": "2026"}, {}, {"archived_at": "2026"}),
        ({}, {"blocked_at": "2026"}, {}, {"blocked_at": "2026"}),
    ],
)
def test_what_two_contacts_become(
    stays: dict[str, Any], goes: dict[str, Any], choices: Any, became: dict[str, Any]
) -> None:
    assert combine(stays, goes, choices) == became


def test_a_conflict_is_what_both_have_differently() -> None:
    other = {
        "name": "Ann",
        "named_by": "agent",
        "phone": "+85290000000",
        "email": "a@example.com",
        "blocked_at": "2026",
    }
    assert conflicts(ANN | {"blocked_at": "2025"}, other) == ["phone"]


FIELDS = ("name", "phone", "attributes.size", "tags.vip", "blocked_at", "archived_at")
VALUES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b", "c"])).map(
    lambda values: values | {"named_by": "agent" if values.get("name") == "b" else "platform"}
)
CHOICES = st.dictionaries(st.sampled_from(["name", "phone", "attributes.size"]), st.sampled_from(["stays", "goes"]))


@given(start=VALUES, others=st.lists(st.tuples(VALUES, CHOICES), min_size=1, max_size=4), order=st.randoms())
def test_merges_undone_in_any_order_are_as_if_they_had_never_been(start: Any, others: Any, order: Any) -> None:
    """After each undoing the contact is what the merges that are left would have made of it."""
    now, left, steps = start, list(others), []
    for goes, choices in others:
        steps.append(Step.of(now, goes, choices))
        now = steps[-1].became
    while steps:
        number = order.randrange(len(steps))
        now, later = undo(steps, number, now)
        steps = steps[:number] + later
        del left[number]
        expected = start
        for goes, choices in left:
            expected = combine(expected, goes, choices)
        assert now == expected


@given(start=VALUES, goes=VALUES, choices=CHOICES, edits=VALUES, more=VALUES)
def test_what_was_changed_by_hand_stays(start: Any, goes: Any, choices: Any, edits: Any, more: Any) -> None:
    """Changes after the merge, and between two merges, survive its undoing."""
    first = Step.of(start, goes, choices)
    changed = {
        field: value
        for field, value in edits.items()
        if field not in ("named_by", "name") and value != first.became.get(field)
    }
    second = Step.of({**first.became, **changed}, more, {})
    now, _ = undo([first, second], 0, second.became)
    for field, value in changed.items():
        if second.became.get(field) == value:
            assert now[field] == value

"""What two contacts become when they are merged, and what the one that stayed becomes when a merge is undone: pure.

A contact's values are one flat mapping: its columns, `attributes.<name>` for each attribute and `tags.<id>` for each tag.
An absent or empty value gives way; where both have one, the contact that stays keeps its own unless the other's was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Values = Mapping[str, Any]
Side = Literal["stays", "goes"]
Choices = Mapping[str, Side]

COLUMNS = (
    *("name", "named_by", "phone", "email", "language", "birthday", "gender", "time_zone", "country"),
    *("avatar_media_id", "source", "blocked_at", "archived_at"),
)
ATTRIBUTE, TAG = "attributes.", "tags."
_EMPTY: tuple[Any, ...] = (None, "", {})
_FOLLOWS = {"named_by": "name"}
"""What is no matter of its own, but goes with another value."""
_NO_CHOICE = ("named_by", "source", "blocked_at", "archived_at")


@dataclass(frozen=True, slots=True)
class Step:
    """One merge: both contacts' values before it, what was chosen, and what the one that stayed became."""

    stays: Values
    goes: Values
    choices: Choices
    became: Values

    @classmethod
    def of(cls, stays: Values, goes: Values, choices: Choices) -> Step:
        return cls(stays, goes, choices, combine(stays, goes, choices))


def flatten(row: Mapping[str, Any], tag_ids: Sequence[str]) -> dict[str, Any]:
    """Return the values of a contact, given as JSON of its row."""
    values = {name: row[name] for name in COLUMNS if row[name] not in _EMPTY}
    attributes = {ATTRIBUTE + name: value for name, value in row["attributes"].items()}
    return values | attributes | {TAG + tag_id: True for tag_id in tag_ids}


def may_be_chosen(field: str) -> bool:
    """May a person choose whose value of this field is taken?"""
    return (field in COLUMNS and field not in _NO_CHOICE) or field.startswith(ATTRIBUTE)


def unflatten(values: Values) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of a contact's row, as JSON, and its tags' ids."""
    columns = {name: values.get(name) for name in COLUMNS} | {
        "name": values.get("name", ""),
        "source": values.get("source", {}),
    }
    named = {field.removeprefix(ATTRIBUTE): value for field, value in values.items() if field.startswith(ATTRIBUTE)}
    return columns | {"attributes": named}, [
        field.removeprefix(TAG) for field in sorted(values) if field.startswith(TAG)
    ]


def combine(stays: Values, goes: Values, choices: Choices) -> dict[str, Any]:
    """Return what the contact that stays becomes."""
    became = {}
    for field in sorted(stays.keys() | goes.keys()):
        source = goes if taken_from(field, stays, goes, choices) == "goes" else stays
        if field in source:
            became[field] = source[field]
    return became


def taken_from(field: str, stays: Values, goes: Values, choices: Choices) -> Side:
    """Say whose value of a field is taken."""
    lead = _FOLLOWS.get(field, field)
    if lead == "archived_at":  # archived only if both were
        return "stays" if lead not in stays else "goes"
    if lead not in goes:
        return "stays"
    if lead not in stays:
        return "goes"
    if chosen := choices.get(lead):
        return chosen
    given_by_a_person = lead == "name" and (stays.get("named_by"), goes.get("named_by")) == ("platform", "agent")
    return "goes" if given_by_a_person else "stays"


def conflicts(stays: Values, goes: Values) -> list[str]:
    """Return the fields in which both have a value, not the same one: a person may choose."""
    both = stays.keys() & goes.keys() - set(_NO_CHOICE)
    return sorted(field for field in both if stays[field] != goes[field])


def undo(steps: Sequence[Step], undone: int, now: Values) -> tuple[dict[str, Any], list[Step]]:
    """Return what the contact becomes when step `undone` never was, and the later steps as they then were.

    `steps` are all merges in force into this contact, in their order; `now` are its values. What was changed by hand between
    the steps or after them stays.
    """
    history, fiction = dict(steps[0].stays), dict(steps[0].stays)
    later: list[Step] = []
    for number, step in enumerate(steps):
        fiction = _with_changes(fiction, history, step.stays)
        if number > undone:
            later.append(Step.of(fiction, step.goes, step.choices))
        if number != undone:
            fiction = combine(fiction, step.goes, step.choices)
        history = dict(step.became)
    return _with_changes(fiction, history, now), later


def _with_changes(values: Values, before: Values, after: Values) -> dict[str, Any]:
    """Return `values` with what changed by hand between `before` and `after`."""
    changed = {field for field in before.keys() | after.keys() if before.get(field) != after.get(field)}
    changed |= {follower for follower, lead in _FOLLOWS.items() if lead in changed}
    changed |= {lead for follower, lead in _FOLLOWS.items() if follower in changed}
    return {field: value for field, value in values.items() if field not in changed} | {
        field: after[field] for field in changed if field in after
    }

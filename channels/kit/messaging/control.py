"""Turn into events who may write in a thread, and what the platform itself allows or forbids us.

Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_handovers (24 Sep 2025).
Examples: tests/channels/messenger/fixtures/thread_control.json, policies.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from channels.contract import AccountChanged, ControlChanged, InboundEvent, Json
from channels.kit.messaging.envelope import Item, ItemReader
from channels.kit.tolerant import identifier, kept, obj, text

Severity = Literal["info", "warning", "error"]


def _control(change: Literal["passed", "taken", "requested"], member: str) -> ItemReader:
    """Read `{"previous_owner_app_id", "new_owner_app_id", "metadata"}`; either id may be null, a number or a string."""

    def read(item: Item) -> Iterator[InboundEvent]:
        control = item.raw.get(member)
        if isinstance(control, dict) and item.person:
            owner = control.get("requested_owner_app_id" if change == "requested" else "new_owner_app_id")
            yield ControlChanged(
                **item.unnamed(member, kept(control)),
                person=item.person,
                change=change,
                owner=identifier(owner),
                previous=identifier(control.get("previous_owner_app_id")),
                note=text(control.get("metadata")),
            )

    return read


def _app_roles(item: Item) -> Iterator[InboundEvent]:
    """Read which app plays which role: `{"<app id>": ["primary_receiver"]}`."""
    roles = obj(item.raw.get("app_roles"))
    if roles:
        yield _account(item, "app_roles", "", kept(roles), "info")


def _policy(item: Item) -> Iterator[InboundEvent]:
    """Read `{"action": "block", "reason"}`: the platform warns us, stops us, or lets us go on."""
    policy = obj(item.raw.get("policy_enforcement"))
    action = text(policy.get("action")).lower()
    if action:
        yield _account(item, "policy_enforcement", action, kept(policy), _POLICIES.get(action, "warning"))


def _account(item: Item, field: str, value: str, data: Json, severity: Severity) -> AccountChanged:
    return AccountChanged(
        **item.unnamed(field, data),
        field=field,
        value=value,
        severity=severity,
        platform_account=item.account,
        data=data,
    )


_POLICIES: Mapping[str, Severity] = {"warning": "warning", "block": "error", "unblock": "info"}

READERS: Mapping[str, ItemReader] = {
    "pass_thread_control": _control("passed", "pass_thread_control"),
    "take_thread_control": _control("taken", "take_thread_control"),
    "request_thread_control": _control("requested", "request_thread_control"),
    "app_roles": _app_roles,
    "policy_enforcement": _policy,
}

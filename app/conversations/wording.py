"""Activity lines and failures in the reader's language, for API answers only: what is stored, and the live event, are code and parameters.

The English sentences are the keys of the pages' catalogs, which the wiring hands over; without one, English is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from starlette.requests import Request

from app.conversations.present import Json
from app.outbound.words import failure_text
from app.people.permissions import Actor
from app.words import Gettext
from channels import registry

_AGENTS = ("agent_id", "by_agent_id")

_REASONS = {
    "least_loaded": "fewest open chats",
    "previous_agent": "answered this customer before",
    "capacity": "had room for it",
    "agent_offline": "the agent went offline",
}


def gettext_for(request: Request, actor: Actor) -> Gettext:
    """Return what puts English into the reader's language."""
    translations = getattr(request.app.state, "translations", None)
    if translations is None:
        return lambda english: english
    gettext: Gettext = translations(actor.language).gettext
    return gettext


async def put_into_words(conn: asyncpg.Connection, messages: Sequence[Json], gettext: Gettext) -> None:
    """Set `text` of the activities among `messages`, and of the errors."""
    await _put_failures(conn, [message for message in messages if message["error"]], gettext)
    lines = [message for message in messages if message["direction"] == "activity"]
    if not lines:
        return
    names = await _names(conn, (line["content"].get("params") or {} for line in lines))
    for line in lines:
        line["text"] = activity_text(line["content"], names, gettext)


_CHANNELS = """
SELECT c.id, a.channel FROM conversation c JOIN channel_account a ON a.id = c.channel_account_id WHERE c.id = ANY($1::uuid[])
"""


async def _put_failures(conn: asyncpg.Connection, failed: Sequence[Json], gettext: Gettext) -> None:
    if not failed:
        return
    ids = sorted({UUID(message["conversation_id"]) for message in failed})
    labels = {str(row["id"]): registry.get(row["channel"]).label for row in await conn.fetch(_CHANNELS, ids)}
    for message in failed:
        words = failure_text(message["error"]["code"], gettext, channel=labels[message["conversation_id"]])
        message["error"] = {**message["error"], "text": words}


async def _names(conn: asyncpg.Connection, params: Iterable[Json]) -> dict[str, str]:
    ids = {given[key] for given in params for key in _AGENTS if given.get(key)}
    if not ids:
        return {}
    rows = await conn.fetch("SELECT id, name FROM agent WHERE id = ANY($1::uuid[])", sorted(map(UUID, ids)))
    return {str(row["id"]): row["name"] for row in rows}


def activity_text(content: Json, names: dict[str, str], gettext: Gettext) -> str:
    """Return one line; a code that nobody knows is shown as words of its own."""
    code, params = str(content.get("code", "")), content.get("params") or {}
    by = names.get(params.get("by_agent_id") or "", "")
    template = _template(code, params, by)
    if template is None:
        return code.replace("_", " ")
    name = names.get(params.get("agent_id") or "", "")
    reason = _reason(params, by, gettext)
    filled = {**params, "by": by or gettext("Hawker"), "name": name, "reason": reason, "when": params.get("until", "")}
    return _fill(gettext(template), filled)


def _template(code: str, params: Json, by: str) -> str | None:
    """Return the English sentence with its {gaps}."""
    if code == "assigned":
        return _assigned(params)
    if code == "reopened" and not by:
        ended = (params.get("reason") or {}).get("code") == "snooze_ended"
        return "Opened again: the snooze ended" if ended else "Opened again: the customer wrote"
    if code == "identity_changed" and params.get("code") == "logged_in":
        return "The customer logged in to the shop"
    if code == "consent_changed" and params.get("purpose") == "service" and params.get("granted"):
        return "The customer agreed to the chat’s terms"
    if code == "consent_changed":
        return "The customer allows promotions" if params.get("granted") else "The customer wants no more promotions"
    by_someone, by_nobody = {
        "unassigned": ("{by} took the assignment back", "Nobody is assigned now"),
        "closed": ("Closed by {by}", "Closed"),
        "reopened": ("Opened again by {by}", ""),
        "snoozed": ("{by} snoozed it until {when}",) * 2,
        "tagged": ("{by} added the tag {tag}",) * 2,
        "untagged": ("{by} took away the tag {tag}",) * 2,
        "identity_changed": ("The customer’s number changed from {before} to {after}",) * 2,
        "chat_opened": ("The customer opened the chat",) * 2,
        "followed": ("The customer follows this account now",) * 2,
        "qr_scanned": ("The customer scanned a QR code",) * 2,
        "menu_clicked": ("The customer chose from the menu",) * 2,
        "menu_scanned": ("The customer scanned a QR code",) * 2,
        "thread_taken": ("Another app or inbox took this conversation over at the platform",) * 2,
        "thread_passed": ("This conversation is Hawker’s to answer again",) * 2,
        "reachability_changed": ("The customer can no longer be written to",) * 2,
        "contact_merged": ("{by} merged {contact} into this contact", "{contact} is the same person: merged by Hawker"),
        "contact_unmerged": ("{by} undid the merge with {contact}",) * 2,
        "contact_blocked": ("{by} blocked this contact",) * 2,
        "contact_unblocked": ("{by} unblocked this contact",) * 2,
        "called": ("The customer called",) * 2,
    }.get(code, (None, None))
    return by_someone if by else by_nobody


def _assigned(params: Json) -> str:
    by = params.get("by_agent_id")
    if by and by == params.get("agent_id"):
        return "{name} took this conversation"
    known = by or (params.get("reason") or {}).get("code") in _REASONS
    return "Assigned to {name} · {reason}" if known else "Assigned to {name}"


def _reason(params: Json, by: str, gettext: Gettext) -> str:
    if by:
        return _fill(gettext("by {name}"), {"name": by})
    return gettext(_REASONS.get((params.get("reason") or {}).get("code", ""), "")) if params.get("reason") else ""


def _fill(template: str, values: dict[str, Any]) -> str:
    for key, value in values.items():
        template = template.replace("{" + key + "}", _plain(value))
    return template


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("external_id") or value.get("phone") or "…"
    return str(value)

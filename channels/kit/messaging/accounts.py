"""Ask a Page or an Instagram account how it is, and have its events delivered.

Source: https://developers.facebook.com/docs/messenger-platform/webhooks (5 May 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from channels.contract import Call, Checked, CheckItem, Done, Json, PlatformResponse, SendError
from channels.kit.checks import ask, refused
from channels.kit.graph import Graph
from channels.kit.token_check import look_at_token
from channels.kit.tolerant import identifier, items, objects, text, without_empty

AnswerOf = Callable[[PlatformResponse], Json]


def check(
    graph: Graph,
    node: str,
    subscribed: str,
    *,
    external_id: str,
    fields: str,
    wanted: Sequence[str],
    answer_of: AnswerOf,
    permissions: Sequence[str] = (),
) -> Call:
    """Return one line per thing that can be wrong. A refusal is a line; a platform that is down or too busy raises.

    `node` is asked for `fields`, `subscribed` for its subscriptions. An id other than `external_id` is a pasted token of another account.
    `permissions` are those that the token needs, where the host tells them.
    """
    info = yield from ask(graph.get(node, fields=fields), answer_of)
    if isinstance(info, SendError):
        return Checked((refused("token", info),))
    apps = yield from ask(graph.get(subscribed, "subscribed_apps"), answer_of)
    lines = [CheckItem("token", "ok"), _account(info, external_id), _subscription(apps, wanted)]
    facts: Json = {name: text(info.get(name)) for name in ("name", "username", "account_type")}
    if permissions:
        line, told = yield from look_at_token(graph, permissions, answer_of)
        lines.append(line)
        facts |= told
    return Checked(tuple(lines), without_empty(facts))


def subscribe(graph: Graph, node: str, *, fields: Sequence[str], answer_of: AnswerOf) -> Call:
    """Have events of these fields delivered. The address itself belongs to the app and is set in its dashboard.

    What is named replaces what was named before, and one Page may serve Messenger and Instagram: the fields that are there stay.
    """
    there = _fields(answer_of((yield graph.get(node, "subscribed_apps"))))
    wanted = ",".join([*fields, *sorted(there.difference(fields))])
    answer_of((yield graph.post(node, "subscribed_apps", json={}, query={"subscribed_fields": wanted})))
    return Done()


def unsubscribe(graph: Graph, node: str, *, answer_of: AnswerOf) -> Call:
    answer_of((yield graph.delete(node, "subscribed_apps")))
    return Done()


def leave(graph: Graph, node: str, *, fields: Sequence[str], answer_of: AnswerOf) -> Call:
    """Unsubscribe a Page for an account behind it, unless more than the account's own fields show that the Page is used itself."""
    there = _fields(answer_of((yield graph.get(node, "subscribed_apps"))))
    if there.difference(fields):
        return Done()
    return (yield from unsubscribe(graph, node, answer_of=answer_of))


def _fields(apps: Json) -> set[str]:
    """Return the fields of all apps together: which of them is ours is not told."""
    return {text(field) for app in objects(apps.get("data")) for field in items(app.get("subscribed_fields"))}


def _account(info: Json, external_id: str) -> CheckItem:
    found = identifier(info.get("user_id")) or identifier(info.get("id"))
    state: Literal["ok", "error"] = "ok" if found == external_id else "error"
    return CheckItem("account", state, without_empty({"id": found, "name": text(info.get("name"))}))


def _subscription(apps: Json | SendError, wanted: Sequence[str]) -> CheckItem:
    """Say which fields no app gets; several apps may be installed and only the sum is told apart."""
    if isinstance(apps, SendError):
        return refused("subscription", apps)
    installed = objects(apps.get("data"))
    fields = _fields(apps)
    missing = [field for field in wanted if field not in fields]
    if not installed:
        return CheckItem("subscription", "error")
    return CheckItem("subscription", "warning" if missing else "ok", {"missing": missing} if missing else {})

"""Turn a Page's `changes[]` into events: comments and posts, mentions, utility templates, and the rest of a Page's life.

Source: https://developers.facebook.com/docs/graph-api/webhooks/reference/page (May 2026).
Examples: tests/channels/messenger/fixtures/feed.json, templates.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from channels.contract import (
    AccountChanged,
    Body,
    InboundEvent,
    Json,
    MessageDeleted,
    MessageEdited,
    Person,
)
from channels.kit.messaging.comments import Comment, author, comment_received
from channels.kit.messaging.envelope import Change, ChangeReader
from channels.kit.template_events import template_event
from channels.kit.tolerant import identifier, kept, moment, obj, text, without_empty

_POSTS = frozenset(("post", "status", "photo", "video", "share", "album", "link"))
_APPLAUSE = frozenset(("reaction", "like"))


def _feed(change: Change) -> Iterator[InboundEvent]:
    """Read what happened on the Page. What the Page itself wrote, and likes, are no messages to it."""
    value = change.value
    item, person = text(value.get("item")), author(change, "commenter")
    if item in _APPLAUSE or (person and person.keys[0].value == change.account):
        yield _noted(change, item)
        return
    comment = _comment(change, item)
    if comment is None or person is None:
        yield _noted(change, item)
        return
    yield from _verbs(change, comment, person)


def _verbs(change: Change, comment: Comment, person: Person) -> Iterator[InboundEvent]:
    verb = text(change.value.get("verb"))
    key = change.key(verb, comment.external_id, comment.said)
    if verb in ("add", ""):
        yield from comment_received(change, comment, person)
    elif verb in ("edited", "edit"):
        yield MessageEdited(
            account=change.account,
            occurred_at=comment.occurred_at,
            event_key=key,
            target=comment.external_id,
            body=Body("comment", comment.said, {"comment": {"id": comment.external_id, "kind": comment.kind}}),
            person=person,
        )
    elif verb in ("remove", "delete"):
        yield MessageDeleted(
            account=change.account,
            occurred_at=comment.occurred_at,
            event_key=key,
            target=comment.external_id,
            person=person,
        )
    else:
        yield _noted(change, text(change.value.get("item")))


def _comment(change: Change, item: str) -> Comment | None:
    value = change.value
    post_id, comment_id = identifier(value.get("post_id")), identifier(value.get("comment_id"))
    external_id = comment_id if item == "comment" else post_id if item in _POSTS else ""
    if not external_id:
        return None
    about = {
        "parent_id": _parent(value, post_id),
        "post_id": post_id,
        "url": text(obj(value.get("post")).get("permalink_url")) or text(value.get("link")),
    }
    kind = "mention" if change.field == "mention" else "comment" if item == "comment" else "post"
    occurred_at = moment(value.get("created_time"), change.occurred_at)
    return Comment(external_id, kind, text(value.get("message")), without_empty(about), occurred_at)


def _parent(value: Json, post_id: str) -> str:
    """Return the comment that this one answers; the parent of a first comment is the post."""
    parent = identifier(value.get("parent_id"))
    return "" if parent == post_id else parent


def _noted(change: Change, item: str) -> AccountChanged:
    verb = text(change.value.get("verb"))
    return _account(change, "_".join(part for part in (item, verb) if part))


def _page(change: Change) -> Iterator[InboundEvent]:
    yield _account(change, text(change.value.get("leadgen_id")) or text(change.value.get("action")))


def _account(change: Change, value: str) -> AccountChanged:
    return AccountChanged(
        account=change.account,
        occurred_at=change.occurred_at,
        event_key=change.key(kept(change.value)),
        field=change.field,
        value=value,
        severity="warning" if change.field.endswith("_failed") else "info",
        platform_account=change.account,
        data=kept(change.value),
    )


def _template(change: Change) -> Iterator[InboundEvent]:
    found = template_event(
        change.value,
        account=change.account,
        platform_account=change.account,
        occurred_at=change.occurred_at,
        event_key=change.key(kept(change.value)),
    )
    if found:
        yield found


CHANGES: Mapping[str, ChangeReader] = {
    "feed": _feed,
    "mention": _feed,
    "message_template_status_update": _template,
    "messenger_template_status_update": _template,
    **dict.fromkeys(
        ("leadgen", "inbox_labels", "marketing_message_delivery_failed", "marketing_message_echoes"), _page
    ),
}

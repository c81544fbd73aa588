"""Turn `changes[]` of an Instagram account into events: comments, live comments, mentions.

Source: https://developers.facebook.com/docs/instagram-platform/webhooks/examples (2026).
Examples: tests/channels/instagram/fixtures/comments.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from channels.contract import AccountChanged, InboundEvent, Json
from channels.kit.messaging.comments import Comment, author, comment_received
from channels.kit.messaging.envelope import Change, ChangeReader
from channels.kit.tolerant import identifier, kept, moment, obj, text, without_empty


def _comments(change: Change) -> Iterator[InboundEvent]:
    """Read a comment: its id is `comment_id` by Facebook Login, `id` by Instagram Login. The account's own are no messages to it."""
    value, person = change.value, author(change, "igsid")
    external_id = identifier(value.get("comment_id")) or identifier(value.get("id"))
    if not external_id or person is None:
        return
    if person.keys[0].value == change.account:
        yield _noted(change)
        return
    kind = "live_comment" if change.field == "live_comments" else "comment"
    occurred_at = moment(value.get("created_time") or value.get("timestamp"), change.occurred_at)
    yield from comment_received(
        change, Comment(external_id, kind, text(value.get("text")), _about(value), occurred_at), person
    )


def _about(value: Json) -> Json:
    media = obj(value.get("media"))
    return without_empty(
        {
            "parent_id": identifier(value.get("parent_id")),
            "post_id": identifier(media.get("id")),
            "media_kind": text(media.get("media_product_type")).lower(),
            "ad_id": identifier(media.get("ad_id")),
            "ad_title": text(media.get("ad_title")),
        }
    )


def _noted(change: Change) -> AccountChanged:
    """Keep what happened to the account and addresses nobody: a mention names no person to answer."""
    return AccountChanged(
        account=change.account,
        occurred_at=change.occurred_at,
        event_key=change.key(kept(change.value)),
        field=change.field,
        value=identifier(change.value.get("comment_id")) or identifier(change.value.get("media_id")),
        platform_account=change.account,
        data=kept(change.value),
    )


def _account(change: Change) -> Iterator[InboundEvent]:
    yield _noted(change)


CHANGES: Mapping[str, ChangeReader] = {
    "comments": _comments,
    "live_comments": _comments,
    "mentions": _account,
    "story_insights": _account,
}

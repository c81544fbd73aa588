"""What only people on Instagram can send: stories answered and mentioned, posts and reels, hearts, pictures that vanish.

Source: Meta's "Instagram Platform Webhook Notification Examples" (2026).
"""

from __future__ import annotations

from collections.abc import Mapping

from channels.sandbox.graph.errors import Json
from channels.sandbox.host import numeric_id
from channels.sandbox.messaging.content import COMMON, Builder, Content, Desk, attach, shared
from channels.sandbox.messaging.files import STORY_LIVES_S


def story_reply(desk: Desk, wish: Json) -> Content:
    """Answer a story of the shop's; the story's address lives as long as the story."""
    said = str(wish.get("text") or "好靚！幾錢？")
    picture, part = attach(desk, "image", {}, lives_s=STORY_LIVES_S)
    story = {"url": part["payload"]["url"], "id": f"18{numeric_id(15)}"}
    view = {"kind": "story_reply", "text": said, "story": picture}
    return Content({"text": said, "reply_to": {"story": story}}, view)


def story_mention(desk: Desk, wish: Json) -> Content:
    """Name the shop in a story of one's own."""
    picture, part = attach(desk, "image", wish, lives_s=STORY_LIVES_S)
    part["type"] = "story_mention"
    return Content({"attachments": [part]}, {"kind": "story_mention", "story": picture})


def heart(desk: Desk, wish: Json) -> Content:
    return Content({"attachments": [{"type": "like_heart"}]}, {"kind": "text", "text": "❤️", "big": True})


def ephemeral(desk: Desk, wish: Json) -> Content:
    """A picture that may be seen once; the business gets nothing of it."""
    return Content({"attachments": [{"type": "ephemeral"}]}, {"kind": "notice", "notice": "ephemeral"})


def unsupported(desk: Desk, wish: Json) -> Content:
    return Content(
        {"is_unsupported": True}, {"kind": "notice", "notice": "unsupported", "detail": str(wish.get("type") or "GIF")}
    )


BUILDERS: Mapping[str, Builder] = {
    **COMMON,
    "story_reply": story_reply,
    "story_mention": story_mention,
    "post": shared("ig_post", "post", id="17900800700600501", title="秋茶到埗 #tieguanyin"),
    "old_post": shared("share", "post"),
    "reel": shared("ig_reel", "reel", reel_video_id="17900800700600502", title="How we fire our oolong"),
    "story": shared("ig_story", "story", id="17900800700600503"),
    "heart": heart,
    "ephemeral": ephemeral,
    "unsupported": unsupported,
}

"""What the page's menu offers to send on Instagram, with a ready sample each."""

from __future__ import annotations

from channels.sandbox.emulator import Kind

KINDS: tuple[Kind, ...] = (
    Kind("image", "image", "send", {"kind": "image"}),
    Kind("album", "image", "send", {"kind": "album"}),
    Kind("video", "video", "send", {"kind": "video"}),
    Kind("voice", "mic", "send", {"kind": "voice"}),
    Kind("story_reply", "reply", "send", {"kind": "story_reply"}, ("text",)),
    Kind("story_mention", "at-sign", "send", {"kind": "story_mention"}),
    Kind("comment", "message-circle", "send", {"kind": "comment"}, ("text",)),
    Kind("post", "image", "send", {"kind": "post"}),
    Kind("reel", "play", "send", {"kind": "reel"}),
    Kind("story", "eye", "send", {"kind": "story"}),
    Kind("heart", "heart", "send", {"kind": "heart"}),
    Kind("product", "package", "send", {"kind": "product"}, ("text",)),
    Kind("ad", "megaphone", "send", {"kind": "ad"}, ("text",)),
    Kind("ice_breaker", "zap", "change", {"kind": "postback", "title": "Where is the shop?", "id": "ICE_WHERE"}),
    Kind("referral", "external-link", "change", {"kind": "referral"}),
    Kind("edit", "square-pen", "change", {"kind": "edit"}, ("text",)),
    Kind("revoke", "x", "change", {"kind": "revoke"}),
    Kind("username_change", "at-sign", "change", {"kind": "username_change"}),
    Kind("comment_ad", "megaphone", "rare", {"kind": "comment", "ad": True}, ("text",)),
    Kind("live_comment", "video", "rare", {"kind": "comment", "live": True}, ("text",)),
    Kind("mention", "at-sign", "rare", {"kind": "mention"}),
    Kind("echo", "monitor", "rare", {"kind": "echo"}, ("text",)),
    Kind("handover", "forward", "rare", {"kind": "handover"}),
    Kind("handback", "undo-2", "rare", {"kind": "handover", "to": "app"}),
    Kind("old_post", "receipt", "rare", {"kind": "old_post"}),
    Kind("ephemeral", "eye", "rare", {"kind": "ephemeral"}),
    Kind("unsupported", "circle-help", "rare", {"kind": "unsupported"}),
    Kind("edit_unseen", "circle-help", "rare", {"kind": "edit_unseen"}),
    Kind("unsend_unknown", "circle-help", "rare", {"kind": "unsend_unknown"}),
    Kind("unknown", "circle-help", "rare", {"kind": "unknown"}),
)

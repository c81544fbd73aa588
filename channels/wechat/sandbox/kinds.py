"""What the page's menu offers to send or do, with a ready sample each."""

from __future__ import annotations

from channels.sandbox.emulator import Kind

KINDS: tuple[Kind, ...] = (
    Kind("image", "image", "send", {"kind": "image"}),
    Kind("voice", "mic", "send", {"kind": "voice"}, ("text",)),
    Kind("video", "video", "send", {"kind": "video"}),
    Kind("location", "map-pin", "send", {"kind": "location"}),
    Kind("link", "external-link", "send", {"kind": "link"}),
    Kind("mini_program", "package", "send", {"kind": "mini_program"}),
    Kind("document", "file-text", "send", {"kind": "document"}),
    Kind("product", "shopping-cart", "send", {"kind": "product"}),
    Kind("business_card", "user", "send", {"kind": "business_card"}),
    Kind("sticker", "smile", "send", {"kind": "sticker"}),
    Kind("follow", "plus", "change", {"kind": "follow"}),
    Kind("unfollow", "x", "change", {"kind": "unfollow"}),
    Kind("ticks", "bell", "change", {"kind": "ticks"}),
    Kind("coupon", "megaphone", "change", {"kind": "coupon"}),
    Kind("enter", "message-circle", "change", {"kind": "enter"}),
    Kind("revoke", "x", "change", {"kind": "revoke"}),
    Kind("refuse", "bell-off", "change", {"kind": "refuse"}),
    Kind("shortvideo", "video", "rare", {"kind": "shortvideo"}),
    Kind("location_report", "map-pin", "rare", {"kind": "location_report"}),
    Kind("unsupported", "circle-help", "rare", {"kind": "unsupported"}),
    Kind("echo", "monitor", "rare", {"kind": "echo"}, ("text",)),
)

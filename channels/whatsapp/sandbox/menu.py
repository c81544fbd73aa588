"""What the page's menu offers to send, with a ready sample each."""

from __future__ import annotations

from channels.sandbox.emulator import Kind

KINDS: tuple[Kind, ...] = (
    Kind("image", "image", "send", {"kind": "image"}, ("caption",)),
    Kind("video", "video", "send", {"kind": "video"}, ("caption",)),
    Kind("voice", "mic", "send", {"kind": "voice"}),
    Kind("document", "file-text", "send", {"kind": "document"}, ("caption",)),
    Kind("sticker", "smile", "send", {"kind": "sticker"}),
    Kind("location", "map-pin", "send", {"kind": "location"}),
    Kind("contacts", "user", "send", {"kind": "contacts"}),
    Kind("order", "shopping-cart", "send", {"kind": "order"}, ("text",)),
    Kind("form_reply", "list-checks", "send", {"kind": "form_reply"}),
    Kind("address_reply", "map-pin", "send", {"kind": "address_reply"}),
    Kind(
        "ad",
        "megaphone",
        "send",
        {"kind": "text", "text": "你好，我喺 Facebook 見到你哋嘅秋茶。", "referral": True},
        ("text",),
    ),
    Kind(
        "forwarded",
        "reply",
        "send",
        {"kind": "text", "text": "幫朋友問：禮盒可以刻字嗎？", "forwarded": True},
        ("text",),
    ),
    Kind(
        "product",
        "package",
        "send",
        {"kind": "text", "text": "呢隻蓋碗仲有貨嗎？", "referred_product": True},
        ("text",),
    ),
    Kind("edit", "square-pen", "change", {"kind": "edit"}, ("text",)),
    Kind("revoke", "x", "change", {"kind": "revoke"}),
    Kind("preference_stop", "bell-off", "change", {"kind": "preference", "value": "stop"}),
    Kind("preference_resume", "bell", "change", {"kind": "preference", "value": "resume"}),
    Kind("number_change", "phone", "change", {"kind": "number_change"}),
    Kind("user_id_change", "at-sign", "change", {"kind": "user_id_change"}),
    Kind("identity_change", "key-round", "change", {"kind": "identity_change"}),
    Kind("request_welcome", "message-circle", "rare", {"kind": "request_welcome"}),
    Kind("call_permission_reply", "phone", "rare", {"kind": "call_permission_reply"}),
    Kind("unsupported", "circle-help", "rare", {"kind": "unsupported"}),
    Kind("interactive_empty", "circle-alert", "rare", {"kind": "interactive_empty"}),
    Kind("too_big", "circle-alert", "rare", {"kind": "too_big"}),
    Kind("echo", "monitor", "rare", {"kind": "echo"}, ("text",)),
)

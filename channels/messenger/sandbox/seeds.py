"""What the demo Page owns on its first day: posts to comment on, and utility templates that are approved."""

from __future__ import annotations

from channels.sandbox.graph.errors import Json
from channels.sandbox.host import numeric_id

POSTS = (
    ("冬至圍爐茶禮盒 2026 · 四款茶，HK$428。今個星期訂，冬至前送到。", "gift"),
    ("New in: celadon gaiwans from a small kiln in Longquan. Comment “gaiwan” and we will write to you.", "cup"),
)

TEXTS = {
    "en": ("Hello {{1}}, your order {{2}} has left our shop.", "Track the parcel"),
    "zh_HK": ("你好 {{1}}，訂單 {{2}} 已經寄出。", "追蹤包裹"),
    "zh_CN": ("您好 {{1}}，订单 {{2}} 已发货。", "查看物流"),
}


def templates() -> list[Json]:
    """Return the seeded templates with their ids."""
    return [
        {
            "id": numeric_id(16),
            "name": "order_shipped",
            "language": language,
            "category": "UTILITY",
            "status": "APPROVED",
            "parameter_format": "POSITIONAL",
            "components": [
                {"type": "BODY", "text": text, "example": {"body_text": [["Mei", "TK-2048"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": button, "url": "https://tinkettle.example/t"}]},
            ],
        }
        for language, (text, button) in TEXTS.items()
    ]

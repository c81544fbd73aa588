"""What the demo business owns on its first day: two numbers, and templates that Meta has already approved."""

from __future__ import annotations

from channels.whatsapp.sandbox.fields import Json

NUMBERS = (
    {"name": "Tin Kettle 錫壺", "phone": "85255500100", "place": "Hong Kong"},
    {"name": "Tin Kettle 錫壺 Taipei", "phone": "886255500200", "place": "Taipei"},
)


def templates() -> list[Json]:
    """Return the seeded templates, without ids."""
    return [
        *_order_update(),
        *_winter_gift(),
        *_delivery_day(),
        *_back_soon(),
    ]


def _template(name: str, language: str, category: str, components: list[Json], *, named: bool = False) -> Json:
    return {
        "name": name,
        "language": language,
        "category": category,
        "status": "APPROVED",
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "quality_score": {"score": "GREEN", "date": 1763000000},
        "components": components,
    }


def _order_update() -> list[Json]:
    texts = {
        "en": (
            "Hello {{1}}, your order {{2}} has left our shop and should reach you by {{3}}.",
            "Track the parcel", ["Mei", "TK-2048", "Saturday"],
        ),
        "zh_HK": ("你好 {{1}}，訂單 {{2}} 已經寄出，預計 {{3}} 送到。", "追蹤包裹", ["曉彤", "TK-2048", "星期六"]),
        "zh_CN": ("您好 {{1}}，订单 {{2}} 已发货，预计 {{3}} 送达。", "查看物流", ["思远", "TK-2048", "周六"]),
    }  # fmt: skip
    return [
        _template(
            "order_update",
            language,
            "UTILITY",
            [
                {"type": "BODY", "text": text, "example": {"body_text": [sample]}},
                {"type": "FOOTER", "text": "Tin Kettle 錫壺"},
                {
                    "type": "BUTTONS",
                    "buttons": [
                        {
                            "type": "URL",
                            "text": button,
                            "url": "https://tinkettle.example/t/{{1}}",
                            "example": ["https://tinkettle.example/t/TK-2048"],
                        }
                    ],
                },
            ],
        )
        for language, (text, button, sample) in texts.items()
    ]


def _winter_gift() -> list[Json]:
    texts = {
        "en": (
            "Hello {{first_name}}, the winter tea gift box is here: {{price}} until Sunday.",
            "Show me",
            "Stop offers",
        ),
        "zh_HK": ("你好 {{first_name}}，冬至圍爐茶禮盒已經到貨，星期日前 {{price}}。", "睇吓禮盒", "停止推廣"),
        "zh_CN": ("您好 {{first_name}}，冬至围炉茶礼盒到货了，周日前 {{price}}。", "看看礼盒", "停止推广"),
    }
    return [
        _template(
            "winter_gift_box",
            language,
            "MARKETING",
            [
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
                {
                    "type": "BODY",
                    "text": text,
                    "example": {
                        "body_text_named_params": [
                            {"param_name": "first_name", "example": "Mei"},
                            {"param_name": "price", "example": "HK$428"},
                        ]
                    },
                },
                {
                    "type": "BUTTONS",
                    "buttons": [{"type": "QUICK_REPLY", "text": show}, {"type": "QUICK_REPLY", "text": stop}],
                },
            ],
            named=True,
        )
        for language, (text, show, stop) in texts.items()
    ]


def _delivery_day() -> list[Json]:
    texts = {
        "en": ("When should we bring your order {{1}}?", ["Saturday", "Sunday", "Another day"]),
        "zh_HK": ("訂單 {{1}} 想幾時送到？", ["星期六", "星期日", "改日"]),
        "zh_CN": ("订单 {{1}} 希望哪天送到？", ["周六", "周日", "改天"]),
    }
    return [
        _template(
            "delivery_day",
            language,
            "UTILITY",
            [
                {"type": "BODY", "text": text, "example": {"body_text": [["TK-2048"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": day} for day in days]},
            ],
        )
        for language, (text, days) in texts.items()
    ]


def _back_soon() -> list[Json]:
    texts = {
        "en": "Thank you for writing. May we answer here about your question?",
        "zh_HK": "多謝你的查詢，可以在這裡回覆你嗎？",
        "zh_CN": "感谢您的咨询，可以在这里回复您吗？",
    }
    return [
        _template("may_we_answer", language, "UTILITY", [{"type": "BODY", "text": text}])
        for language, text in texts.items()
    ]

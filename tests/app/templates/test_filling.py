"""A template's variables: what there is to fill in, from where, what is wrong, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from app.ids import uuid7
from app.templates import filling
from app.templates.filling import Facts, file_ids, problems_of, send_components, with_defaults
from app.templates.languages import best_language
from app.templates.parts import body_text, variables_of
from channels.contract import Account, TemplateRules
from channels.registry import get

Json = dict[str, Any]
MEDIA_ID = str(uuid7())


def rules_of(channel: str) -> TemplateRules:
    rules = get(channel).capabilities(Account("1", "https://platform.test")).templates
    assert rules is not None
    return rules


WHATSAPP, WECHAT = rules_of("whatsapp"), rules_of("wechat")
ORDER: list[Json] = [
    {"type": "header", "format": "text", "text": "Order {{1}}", "examples": {"1": "9"}},
    {"type": "limited_time_offer", "text": "Soon", "expires": True},
    {"type": "body", "text": "Hello {{1}}, on {{2}}.", "examples": {"1": "Mei", "2": "Sunday"}},
    {
        "type": "buttons",
        "buttons": [
            {"kind": "quick_reply", "text": "Yes"},
            {"kind": "url", "text": "Track", "url": "https://s.test/t/{{1}}", "example": "https://s.test/t/9"},
            {"kind": "copy_code", "example": "SAVE"},
        ],
    },
]
CAROUSEL: list[Json] = [
    {"type": "body", "text": "Look"},
    {
        "type": "carousel",
        "cards": [
            {"components": [{"type": "header", "format": "image", "media_id": MEDIA_ID}, {"type": "body", "text": "For {{1}} here"}]},
            {"components": [{"type": "header", "format": "image", "example": "https://cdn.test/x"}, {"type": "body", "text": "None"}]},
        ],
    },
]  # fmt: skip
VALUES: Json = {
    "header.1": "TK-1",
    "offer": "2026-12-01T00:00:00Z",
    "1": "Mei",
    "2": "Friday",
    "button.1": "TK-1",
    "button.2": "SAVE20",
}


def test_variables_are_named_by_where_they_stand() -> None:
    assert [(one.key, one.kind, one.example) for one in variables_of(ORDER)] == [
        ("header.1", "text", "9"),
        ("offer", "time", ""),
        ("1", "text", "Mei"),
        ("2", "text", "Sunday"),
        ("button.1", "link", "9"),
        ("button.2", "code", "SAVE"),
    ]
    assert [(one.key, one.kind) for one in variables_of(CAROUSEL)] == [
        ("card.0.header", "image"),
        ("card.0.1", "text"),
        ("card.1.header", "image"),
    ]


def test_a_filled_template_is_sent_as_the_platform_wants_it() -> None:
    assert problems_of(ORDER, VALUES, WHATSAPP) == []
    assert body_text(ORDER, VALUES) == "Hello Mei, on Friday."
    assert send_components(ORDER, VALUES, named=False) == [
        {"type": "header", "parameters": [{"type": "text", "text": "TK-1"}]},
        {
            "type": "limited_time_offer",
            "parameters": [
                {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_796_083_200_000}}
            ],
        },
        {"type": "body", "parameters": [{"type": "text", "text": "Mei"}, {"type": "text", "text": "Friday"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "TK-1"}]},
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "2",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
        },
    ]


def test_a_carousel_shows_the_sample_where_nothing_else_was_chosen() -> None:
    values = with_defaults(CAROUSEL, {"card.0.1": "you", "card.1.header": "https://s.test/b.png"}, {}, Facts({}))
    assert problems_of(CAROUSEL, values, WHATSAPP) == []
    assert [str(one) for one in file_ids(CAROUSEL, values)] == [MEDIA_ID]
    (carousel,) = send_components(CAROUSEL, values, named=False)
    assert carousel["cards"] == [
        {
            "card_index": 0,
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"media_id": MEDIA_ID}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "you"}]},
            ],
        },
        {
            "card_index": 1,
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://s.test/b.png"}}]}
            ],
        },
    ]


def test_a_code_is_said_once_and_stands_in_text_and_button() -> None:
    components: list[Json] = [
        {"type": "body", "text": "*{{1}}* is your code."},
        {"type": "buttons", "buttons": [{"kind": "otp", "text": "Copy", "otp_type": "copy_code"}]},
    ]
    assert [one.key for one in variables_of(components)] == ["1"]
    assert send_components(components, {"1": "4711"}, named=False) == [
        {"type": "body", "parameters": [{"type": "text", "text": "4711"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "4711"}]},
    ]


def test_positions_are_filled_in_their_order_wherever_they_stand() -> None:
    components: list[Json] = [{"type": "body", "text": "On {{2}}, dear {{1}}, it comes."}]
    (sent,) = send_components(components, {"1": "Mei", "2": "Friday"}, named=False)
    assert [one["text"] for one in sent["parameters"]] == ["Mei", "Friday"]


def test_named_variables_carry_their_names_and_a_link_of_the_send() -> None:
    components: list[Json] = [{"type": "body", "text": "{{thing1}} costs {{amount2}}"}]
    values = {"thing1": "Tea", "amount2": "¥9", "link": "https://s.test/o/1"}
    assert problems_of(components, values, WECHAT) == []
    assert send_components(components, values, named=True) == [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "thing1", "text": "Tea"},
                {"type": "text", "parameter_name": "amount2", "text": "¥9"},
            ],
        },
        {"type": "button", "url": "https://s.test/o/1"},
    ]


@pytest.mark.parametrize(
    ("rules", "components", "changes", "place", "code"),
    [
        (WHATSAPP, ORDER, {"1": " "}, "1", "variable_missing"),
        (WHATSAPP, ORDER, {"1": 7}, "1", "variable_missing"),
        (WHATSAPP, ORDER, {"1": "two\nlines"}, "1", "variable_lines"),
        (WHATSAPP, ORDER, {"1": "wide     gap"}, "1", "variable_lines"),
        (WHATSAPP, ORDER, {"button.2": "x" * 16}, "button.2", "variable_too_long"),
        (WHATSAPP, ORDER, {"offer": "tomorrow"}, "offer", "variable_time"),
        (WHATSAPP, ORDER, {"offer": "2026-12-01T00:00:00"}, "offer", "variable_time"),
        (WHATSAPP, ORDER, {"99": "x"}, "99", "variable_unknown"),
        (WHATSAPP, ORDER, {"1": "x" * 1025}, "text", "filled_too_long"),
        (WHATSAPP, CAROUSEL, {}, "card.0.header", "variable_file"),
        (
            WHATSAPP,
            [{"type": "header", "format": "location"}],
            {"header": {"latitude": 91, "longitude": 0}},
            "header",
            "variable_place",
        ),
        (WHATSAPP, [{"type": "header", "format": "product"}], {"header": "SKU"}, "header", "variable_product"),
        (WECHAT, [{"type": "body", "text": "{{thing1}}"}], {"thing1": "x" * 21}, "thing1", "variable_too_long"),
        (WHATSAPP, ORDER, {"link": "https://s.test"}, "link", "variable_unknown"),
    ],
)
def test_what_cannot_be_sent_says_which_variable(
    rules: TemplateRules, components: list[Json], changes: Json, place: str, code: str
) -> None:
    base = VALUES if components is ORDER else {}
    problems = problems_of(components, base | changes, rules)
    assert (place, code) in [(one.place, one.code) for one in problems]
    assert all("{" not in one.text(filling.WORDS) for one in problems)


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("first_name", "", "Mei"),
        ("customer_name", "", "Mei Chan"),
        ("1", "", None),
        ("1", "contact.first_name", "Mei"),
        ("1", "contact.email", "mei@shop.test"),
        ("1", "contact.attribute.size", "L"),
        ("1", "contact.attribute.shoe", None),
        ("1", "agent.name", "Kelvin"),
        ("shop_name", "", "Tin Kettle"),
        ("1", "text:Sunday", "Sunday"),
        ("1", "nonsense", None),
    ],
)
def test_a_variable_is_filled_from_where_the_template_says(name: str, source: str, expected: str | None) -> None:
    contact = {"name": "Mei Chan", "email": "mei@shop.test", "attributes": {"size": "L"}}
    facts = Facts(contact, agent_name="Kelvin", business_name="Tin Kettle")
    components: list[Json] = [{"type": "body", "text": f"Dear {{{{{name}}}}}, hello"}]
    found = with_defaults(components, {}, {name: source} if source else {}, facts)
    assert found.get(name) == expected
    assert with_defaults(components, {name: "given"}, {name: source}, facts)[name] == "given"


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        (["en", "zh_HK", "zh_CN"], "zh-Hant", "zh_HK"),
        (["en", "zh_HK", "zh_CN"], "zh-Hans", "zh_CN"),
        (["en", "zh_HK", "zh_CN"], "zh-TW", "zh_HK"),
        (["en", "zh_HK", "zh_CN"], "zh", "zh_CN"),
        (["en", "zh_CN"], "zh-Hant", "en"),
        (["en_US", "en_GB"], "en-GB", "en_GB"),
        (["en_US", "en_GB"], "en", "en_US"),
        (["en", "fr"], "de", "en"),
        (["en", "fr"], None, "en"),
        (["fr"], None, "fr"),
        ([], "en", None),
    ],
)
def test_the_language_that_the_contact_reads_is_chosen(
    offered: list[str], wanted: str | None, expected: str | None
) -> None:
    assert best_language(offered, wanted, "en") == expected

"""What the platforms would refuse of a template is found before they see it."""

from __future__ import annotations

from typing import Any

import pytest

from app.templates import check as checking
from app.templates.check import Draft, check
from channels.contract import Account, TemplateRules
from channels.registry import get

Json = dict[str, Any]


def rules_of(channel: str) -> TemplateRules:
    rules = get(channel).capabilities(Account("1", "https://platform.test")).templates
    assert rules is not None
    return rules


WHATSAPP, MESSENGER, WECHAT = rules_of("whatsapp"), rules_of("messenger"), rules_of("wechat")

BODY: Json = {
    "type": "body",
    "text": "Hello {{1}}, your order {{2}} is on its way.",
    "examples": {"1": "Mei", "2": "TK-1"},
}
IMAGE: Json = {"type": "header", "format": "image", "example": "https://shop.test/a.png"}
QUICK: Json = {"kind": "quick_reply", "text": "Yes"}
URL: Json = {"kind": "url", "text": "Track", "url": "https://shop.test/t/{{1}}", "example": "https://shop.test/t/9"}
PHONE: Json = {"kind": "phone_number", "text": "Call", "phone_number": "+852 5550 0100"}
TWO: Json = {"type": "header", "format": "text", "text": "{{1}} {{2}}", "examples": {"1": "a", "2": "b"}}
CODE: Json = {"kind": "copy_code", "example": "SAVE20"}
CARD: Json = {"components": [IMAGE, {"type": "body", "text": "A kettle"}, {"type": "buttons", "buttons": [QUICK]}]}
FOOT: Json = {"components": [{"type": "footer", "text": "x"}]}
OTP: Json = {"type": "buttons", "buttons": [{"kind": "otp", "otp_type": "copy_code", "text": "Copy"}]}


def buttons(*given: Json) -> Json:
    return {"type": "buttons", "buttons": list(given)}


def body(text: str, **examples: str) -> Json:
    return {"type": "body", "text": text, "examples": examples}


def draft(*components: Json, **fields: Any) -> Draft:
    return Draft(
        **{"name": "order_update", "language": "en", "category": "utility", "components": components, **fields}
    )


GOOD: list[tuple[str, TemplateRules, Draft]] = [
    ("text", WHATSAPP, draft(BODY)),
    ("all parts", WHATSAPP, draft(IMAGE, BODY, {"type": "footer", "text": "Bye"}, buttons(QUICK, URL), category="marketing")),
    ("named", WHATSAPP, draft(body("Dear {{first_name}}, thanks.", first_name="Mei"), parameter_format="named")),
    ("Chinese counts as words", WHATSAPP, draft(body("你好 {{1}}，訂單已寄出。", **{"1": "曉彤"}))),
    ("header text", WHATSAPP, draft({"type": "header", "format": "text", "text": "Order {{1}}", "examples": {"1": "9"}}, BODY)),
    ("location header", WHATSAPP, draft({"type": "header", "format": "location"}, BODY)),
    ("every button", WHATSAPP, draft(BODY, buttons(QUICK, QUICK, URL, PHONE, CODE))),
    ("carousel", WHATSAPP, draft(BODY, {"type": "carousel", "cards": [CARD, CARD]}, category="marketing")),
    ("offer", WHATSAPP, draft({"type": "limited_time_offer", "text": "Ends soon", "expires": True}, BODY, buttons(CODE, URL), category="marketing")),
    ("code", WHATSAPP, draft({"type": "body", "security": True}, {"type": "footer", "expires_minutes": 10}, OTP, category="authentication")),
    ("utility", MESSENGER, draft(BODY, buttons({**URL, "text": "Track it"}))),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "given"), [case[1:] for case in GOOD], ids=[case[0] for case in GOOD])
def test_a_good_template_has_no_problem(rules: TemplateRules, given: Draft) -> None:
    assert check(given, rules) == []


BAD: list[tuple[TemplateRules, Draft, str, str]] = [
    (WHATSAPP, draft(BODY, name="Order Update"), "name", "name_invalid"),
    (WHATSAPP, draft(BODY, name="x" * 513), "name", "name_invalid"),
    (WHATSAPP, draft(BODY, language="English"), "language", "language_invalid"),
    (WHATSAPP, draft(BODY, category="news"), "category", "category_invalid"),
    (MESSENGER, draft(BODY, category="marketing"), "category", "category_invalid"),
    (WECHAT, draft(BODY, language="zh_CN", category="template"), "parameter_format", "format_invalid"),
    (WHATSAPP, draft(IMAGE), "body", "body_missing"),
    (WHATSAPP, draft(BODY, BODY), "body", "component_twice"),
    (WHATSAPP, draft({"type": "body", "text": " "}), "body", "text_missing"),
    (WHATSAPP, draft({"type": "body", "text": "x" * 1025}), "body", "text_too_long"),
    (WHATSAPP, draft(body("{{1}} is on its way", **{"1": "9"})), "body", "variable_at_edge"),
    (WHATSAPP, draft(body("On its way: {{1}}", **{"1": "9"})), "body", "variable_at_edge"),
    (WHATSAPP, draft(body("Dear {{1}} {{2}}, hello to you and all", **{"1": "a", "2": "b"})), "body", "variables_beside"),
    (WHATSAPP, draft(body("a {{1}} b {{2}} {{3}} c", **{"1": "a", "2": "b", "3": "c"})), "body", "variables_too_many"),
    (WHATSAPP, draft(body("Dear {{2}}, hello.", **{"2": "a"})), "body", "variables_out_of_order"),
    (WHATSAPP, draft(body("Dear {{Name}}, hello.", Name="a"), parameter_format="named"), "body", "variable_name_invalid"),
    (WHATSAPP, draft(body("Dear {{1}}, hello.")), "body.examples.1", "example_missing"),
    (WHATSAPP, draft(TWO, BODY), "header", "header_variables"),
    (WHATSAPP, draft({"type": "header", "format": "text", "text": "x" * 61}, BODY), "header", "text_too_long"),
    (WHATSAPP, draft({"type": "header", "format": "image"}, BODY), "header", "sample_missing"),
    (MESSENGER, draft({"type": "header", "format": "video", "example": "x"}, BODY), "header", "header_unsupported"),
    (WHATSAPP, draft(BODY, {"type": "footer", "text": "x" * 61}), "footer", "text_too_long"),
    (MESSENGER, draft(BODY, {"type": "footer", "text": "x"}), "footer", "component_unsupported"),
    (MESSENGER, draft(BODY, {"type": "carousel", "cards": [CARD, CARD]}), "carousel", "component_unsupported"),
    (WHATSAPP, draft(BODY, {"type": "poem"}), "poem", "component_unsupported"),
    (WHATSAPP, draft(BODY, buttons()), "buttons", "buttons_count"),
    (WHATSAPP, draft(BODY, buttons(*[QUICK] * 11)), "buttons", "buttons_count"),
    (WHATSAPP, draft(BODY, buttons(URL, URL, URL)), "buttons", "button_too_often"),
    (WHATSAPP, draft(BODY, buttons(QUICK, URL, QUICK)), "buttons", "buttons_mixed"),
    (WHATSAPP, draft(BODY, buttons({**QUICK, "text": "x" * 26})), "buttons.0.text", "text_too_long"),
    (WHATSAPP, draft(BODY, buttons({"kind": "dance"})), "buttons.0", "button_unsupported"),
    (MESSENGER, draft(BODY, buttons(CODE)), "buttons.0", "button_unsupported"),
    (WHATSAPP, draft(BODY, buttons({**URL, "url": "ftp://x"})), "buttons.0.url", "url_invalid"),
    (WHATSAPP, draft(BODY, buttons({**URL, "url": "https://x.test/{{1}}/y"})), "buttons.0.url", "url_invalid"),
    (WHATSAPP, draft(BODY, buttons({**URL, "url": "https://x.test/" + "y" * 2000})), "buttons.0.url", "target_too_long"),
    (WHATSAPP, draft(BODY, buttons({**URL, "example": ""})), "buttons.0.example", "example_missing"),
    (WHATSAPP, draft(BODY, buttons({**PHONE, "phone_number": "shop"})), "buttons.0.phone_number", "phone_invalid"),
    (WHATSAPP, draft(BODY, buttons({"kind": "copy_code"})), "buttons.0.example", "example_missing"),
    (WHATSAPP, draft(BODY, buttons({"kind": "copy_code", "example": "x" * 16})), "buttons.0.example", "target_too_long"),
    (WHATSAPP, draft(BODY, {"type": "carousel", "cards": [CARD]}), "carousel", "cards_count"),
    (WHATSAPP, draft(BODY, {"type": "carousel", "cards": [CARD, {"components": [IMAGE]}]}), "carousel", "cards_unlike"),
    (WHATSAPP, draft(BODY, {"type": "carousel", "cards": [FOOT, FOOT]}), "carousel.0", "component_unsupported"),
    (WHATSAPP, draft({"type": "limited_time_offer", "text": "x" * 17}, BODY, buttons(URL)), "limited_time_offer", "text_too_long"),
    (WHATSAPP, draft({"type": "limited_time_offer", "text": "Ends"}, BODY, buttons(QUICK)), "limited_time_offer", "offer_buttons"),
    (WHATSAPP, draft({"type": "limited_time_offer", "text": "Ends"}, body("x" * 601), buttons(URL)), "body", "text_too_long"),
    (WHATSAPP, draft({"type": "body"}, IMAGE, OTP, category="authentication"), "body", "authentication_parts"),
    (WHATSAPP, draft({"type": "body"}, buttons(QUICK), category="authentication"), "buttons", "authentication_button"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "given", "place", "code"), BAD, ids=[f"{case[2]}-{case[3]}-{n}" for n, case in enumerate(BAD)]
)
def test_a_bad_template_says_where_and_what(rules: TemplateRules, given: Draft, place: str, code: str) -> None:
    problems = check(given, rules)
    assert (place, code) in [(one.place, one.code) for one in problems]
    assert all("{" not in one.text(checking.WORDS) for one in problems), "every gap is filled"


def test_every_problem_that_has_words_is_one_that_is_found() -> None:
    assert {case[3] for case in BAD} == set(checking.WORDS)

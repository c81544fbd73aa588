"""Checks interactive messages: buttons, lists, links, products, carousels, flows.

Source: Meta's interactive message pages of the WhatsApp Business Platform (Dec 2025 – Mar 2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Part

MEDIA_HEADERS = ("image", "video", "document")


def check_interactive(part: Part) -> None:
    """Check header, body, footer and the action that `type` asks for."""
    kind = part.one_of("type", ACTIONS)
    part.only("type", "header", "body", "footer", "action")
    headers, body_most, body_needed, check_action = ACTIONS[kind]
    _header(part, headers, kind)
    if body_needed or part.has("body"):
        body = part.part("body")
        body.only("text")
        body.text("text", most=body_most)
    if footer := part.optional_part("footer"):
        footer.only("text")
        footer.text("text", most=60)
    check_action(part.part("action"))
    if kind == "product_list" and not part.has("header"):
        raise GraphError(131008, "Parameter interactive['header'] is mandatory for type 'product_list'")


def _header(part: Part, allowed: tuple[str, ...], kind: str) -> None:
    header = part.optional_part("header")
    if header is None:
        return
    if not allowed:
        raise GraphError(131009, f"Interactive messages of type '{kind}' have no header.")
    chosen = header.one_of("type", allowed)
    header.only("type", chosen, "sub_text")
    if chosen == "text":
        header.text("text", most=60)
        return
    media = header.part(chosen)
    media.only("id", "link", "filename", "caption", "provider")
    if not media.has("id") and not media.has("link"):
        raise GraphError(131008, f"{media.path} takes either 'id' or 'link'.")


def _buttons(action: Part) -> None:
    action.only("buttons")
    buttons = action.parts("buttons", most=3)
    ids, titles = set(), set()
    for button in buttons:
        button.only("type", "reply")
        button.fixed("type", "reply")
        reply = button.part("reply")
        reply.only("id", "title")
        ids.add(reply.text("id", most=256))
        titles.add(reply.text("title", most=20))
    if len(ids) < len(buttons) or len(titles) < len(buttons):
        raise GraphError(131009, "Button ids and titles must be unique.")


def _list(action: Part) -> None:
    action.only("button", "sections")
    action.text("button", most=20)
    sections = action.parts("sections", most=10)
    ids: list[str] = []
    for section in sections:
        section.only("title", "rows")
        if len(sections) > 1:
            section.text("title", most=24)
        else:
            section.optional_text("title", most=24)
        for row in section.parts("rows", most=10):
            row.only("id", "title", "description")
            ids.append(row.text("id", most=200))
            row.text("title", most=24)
            row.optional_text("description", most=72)
    if len(ids) > 10:
        raise GraphError(131009, "Total row count exceeds the maximum of 10.")
    if len(set(ids)) < len(ids):
        raise GraphError(131009, "Row ids must be unique.")


def _parameters(name: str, check: Callable[[Part], None]) -> Callable[[Part], None]:
    def run(action: Part) -> None:
        action.only("name", "parameters")
        action.fixed("name", name)
        check(action.part("parameters"))

    return run


def _bare(name: str) -> Callable[[Part], None]:
    def run(action: Part) -> None:
        action.only("name", "parameters")
        action.fixed("name", name)

    return run


def _cta_url(parameters: Part) -> None:
    parameters.only("display_text", "url")
    parameters.text("display_text", most=20)
    if not parameters.text("url", most=2000).startswith(("http://", "https://")):
        raise GraphError(131009, "Param parameters['url'] is not a valid URL.")


def _product(action: Part) -> None:
    action.only("catalog_id", "product_retailer_id")
    action.text("catalog_id", most=64)
    action.text("product_retailer_id", most=100)


def _product_list(action: Part) -> None:
    action.only("catalog_id", "sections")
    action.text("catalog_id", most=64)
    sections = action.parts("sections", most=10)
    products = 0
    for section in sections:
        section.only("title", "product_items")
        if len(sections) > 1:
            section.text("title", most=24)
        for item in section.parts("product_items", most=30):
            item.text("product_retailer_id", most=100)
            products += 1
    if products > 30:
        raise GraphError(131009, "Total product count exceeds the maximum of 30.")


def _catalog(action: Part) -> None:
    action.only("name", "parameters")
    action.fixed("name", "catalog_message")
    if parameters := action.optional_part("parameters"):
        parameters.only("thumbnail_product_retailer_id")


def _carousel(action: Part) -> None:
    action.only("cards")
    shapes = set()
    for index, card in enumerate(action.parts("cards", least=2, most=10)):
        card.only("card_index", "type", "header", "body", "action")
        if card.number("card_index", least=0, most=9) != index:
            raise GraphError(131009, "card_index must count from 0.")
        kind = card.one_of("type", ("cta_url", "product"))
        if kind == "cta_url":
            _header(card, ("image", "video"), "carousel card")
        if body := card.optional_part("body"):
            text = body.text("text", most=160)
            if text.count("\n") > 2:
                raise GraphError(131009, "A card body has at most 2 line breaks.")
        act = card.part("action")
        if act.has("buttons"):
            for button in act.parts("buttons", most=2):
                reply = button.part("quick_reply")
                reply.text("id", most=20)
                reply.text("title", most=20)
        elif kind == "cta_url":
            _parameters("cta_url", _cta_url)(act)
        else:
            _product(act)
        shapes.add((kind, card.has("body"), act.has("buttons")))
    if len(shapes) > 1:
        raise GraphError(131009, "All cards must have the same shape.")


def _address(parameters: Part) -> None:
    parameters.only("country", "values", "saved_addresses", "validation_errors")
    parameters.one_of("country", ("IN",))


def _flow(parameters: Part) -> None:
    parameters.only(
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "flow_token",
        "mode",
        "flow_action",
        "flow_action_payload",
    )
    parameters.fixed("flow_message_version", "3")
    if parameters.has("flow_id") == parameters.has("flow_name"):
        raise GraphError(131009, "A flow is named by either flow_id or flow_name.")
    parameters.text("flow_cta", most=30)
    if parameters.has("flow_action"):
        parameters.one_of("flow_action", ("navigate", "data_exchange"))
    if parameters.has("mode"):
        parameters.one_of("mode", ("draft", "published"))


def _order_details(parameters: Part) -> None:
    reference = parameters.text("reference_id", most=60)
    if not all(char.isalnum() or char in "_.-" for char in reference):
        raise GraphError(131009, "reference_id takes letters, digits, '_', '.' and '-'.")
    parameters.one_of("type", ("digital-goods", "physical-goods"))
    currency = parameters.one_of("currency", ("BRL", "INR"))
    total, order = parameters.part("total_amount"), parameters.part("order")
    items = sum(
        _minor(item.part("amount")) * int(item.number("quantity", least=1, most=99_999))
        for item in order.parts("items", most=999)
    )
    subtotal = _minor(order.part("subtotal"))
    extras = sum(
        _minor(order.part(key)) * sign
        for key, sign in (("tax", 1), ("shipping", 1), ("discount", -1))
        if order.has(key)
    )
    if items != subtotal or subtotal + extras != _minor(total):
        raise GraphError(131009, f"Amounts in {currency} do not add up to total_amount.")


def _minor(amount: Part) -> int:
    if amount.number("offset", least=1, most=10_000) != 100:
        raise GraphError(131009, f"Param {amount.path}['offset'] must be 100.")
    return int(amount.number("value", least=0, most=10**12))


def _order_status(parameters: Part) -> None:
    parameters.text("reference_id", most=60)
    order = parameters.part("order")
    order.one_of(
        "status",
        ("pending", "processing", "partially-shipped", "partially_shipped", "shipped", "completed", "canceled"),
    )
    order.optional_text("description", most=120)


Action = Callable[[Part], None]

ACTIONS: dict[str, tuple[tuple[str, ...], int, bool, Action]] = {
    "button": (("text", *MEDIA_HEADERS), 1024, True, _buttons),
    "list": (("text",), 4096, True, _list),
    "cta_url": (("text", *MEDIA_HEADERS), 1024, True, _parameters("cta_url", _cta_url)),
    "product": ((), 1024, False, _product),
    "product_list": (("text",), 1024, True, _product_list),
    "catalog_message": ((), 1024, True, _catalog),
    "carousel": ((), 1024, True, _carousel),
    "location_request_message": ((), 1024, True, _bare("send_location")),
    "address_message": (("text", *MEDIA_HEADERS), 1024, True, _parameters("address_message", _address)),
    "flow": (("text", *MEDIA_HEADERS), 1024, True, _parameters("flow", _flow)),
    "request_contact_info": ((), 1024, True, _bare("request_contact_info")),
    "call_permission_request": ((), 1024, False, _bare("call_permission_request")),
    "voice_call": (("text", *MEDIA_HEADERS), 1024, True, _bare("voice_call")),
    "order_details": (MEDIA_HEADERS, 1024, True, _parameters("review_and_pay", _order_details)),
    "order_status": ((), 1024, True, _parameters("review_order", _order_status)),
}
"""By type: header kinds allowed, longest body, whether a body is needed, and the check of the action."""

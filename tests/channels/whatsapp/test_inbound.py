"""Every kind of delivery that WhatsApp documents, and what it becomes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    AccountChanged,
    Body,
    CallChanged,
    ConsentChanged,
    ContactSynced,
    Delivery,
    ErrorReported,
    Event,
    Failure,
    HttpAnswer,
    IdentityChanged,
    InboundEvent,
    InboundKind,
    Key,
    MediaRef,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    PayloadMalformed,
    PaymentChanged,
    Person,
    ReactionChanged,
    SignatureInvalid,
    StatusChanged,
    TemplateChanged,
    Unrecognised,
    WindowOpened,
)
from channels.whatsapp import ADAPTER
from tests.channels.harness import APP_SECRET, RECEIVED_AT, VERIFY_TOKEN, at, events_in, handshake, signed

FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNT, WABA = "700100200300400", "900100200300400"
SHA = "ZqYrUb1v0sQk5gY5H3Ff0oXcDqZ2mQb0lWm3kq0v4aE="
OUT, IN_1, IN_2, IN_3 = "wamid.HBgMOUT0009", "wamid.HBgMTEST0001", "wamid.HBgMTEST0002", "wamid.HBgMTEST0003"

ANA_BSUID, ANA_PHONE = Key("portfolio", "bsuid", "PT.90210044556677"), Key("world", "phone", "351900000001")
ANA = Person((ANA_BSUID, ANA_PHONE), "Ana Pires", country="PT")
ANA_UNNAMED = Person(ANA.keys, country="PT")
BEN = Person(
    (Key("portfolio", "bsuid", "GB.77210044550000"), Key("portfolio", "parent_bsuid", "GB.ENT.5566")),
    "Ben Okafor",
    "ben.okafor",
    country="GB",
)
BEN_UNNAMED = Person(BEN.keys, country="GB")


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def raw(name: str, *path: str | int) -> Any:
    """Return a piece of a fixture."""
    found = json.loads(fixture(name))
    entry = next(entry for entry in found["entry"] if isinstance(entry, dict))
    found = entry["changes"]
    for step in path:
        found = found[step]
    return found


def raw_message(name: str, index: int = 0) -> Any:
    return raw(name, 0, "value", "messages", index)


def received(body: Body | str, external_id: str = IN_1, sender: Person = ANA, **fields: Any) -> MessageReceived:
    base: dict[str, Any] = {"account": ACCOUNT, "occurred_at": at(1763770000)}
    said = Body("text", body) if isinstance(body, str) else body
    return MessageReceived(external_id=external_id, sender=sender, body=said, **{**base, **fields})


def media(kind: InboundKind, text: str = "", **fields: Any) -> Body:
    return Body(kind, text, media=(MediaRef(**{"sha256": SHA, **fields}),))


def unsupported(name: str, index: int, kind: str, code: str = "") -> Body:
    return Body("unsupported", content={"kind": kind, "code": code, "raw": raw_message(name, index)})


def order(
    items: list[tuple[str, int | None, int | None, str]], total: int | None, currency: str, text: str = ""
) -> Body:
    lines = [{"product_id": i, "quantity": q, "price": money(p, c)} for i, q, p, c in items]
    return Body("order", text, {"catalog_id": "600100200300", "items": lines, "total": money(total, currency)})


def money(amount_minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if amount_minor is None else {"amount_minor": amount_minor, "currency": currency}


def ticked(
    external_id: str, status: str, second: int = 0, recipient: Person | None = ANA_UNNAMED, **fields: Any
) -> Event:
    moment = at(1763771000 + second)
    return StatusChanged(
        account=ACCOUNT, occurred_at=moment, external_id=external_id, status=status, recipient=recipient, **fields
    )


def template(change: str, value: str, reason: str, index: int) -> TemplateChanged:
    return TemplateChanged(
        account="",
        occurred_at=at(1763772000),
        change=change,  # type: ignore[arg-type]
        external_id="1689556908129832",
        name="spring_sale",
        language="pt_PT",
        value=value,
        reason=reason,
        platform_account=WABA,
        data=raw("templates", index, "value"),
    )


def account(field: str, value: str, severity: str, index: int) -> AccountChanged:
    return AccountChanged(
        account="",
        occurred_at=at(1763772000),
        field=field,
        value=value,
        severity=severity,  # type: ignore[arg-type]
        platform_account=WABA,
        data=raw("account", index, "value"),
    )


def unknown(field: str, value: Any, account: str = ACCOUNT, occurred_at: datetime = RECEIVED_AT) -> Unrecognised:
    return Unrecognised(account=account, occurred_at=occurred_at, field=field, raw=value)


def echoed(external_id: str, body: Body, **fields: Any) -> MessageEchoed:
    base: dict[str, Any] = {"account": ACCOUNT, "occurred_at": at(1763770000), "recipient": ANA_UNNAMED}
    return MessageEchoed(external_id=external_id, body=body, **{**base, **fields})


BASE: dict[str, Any] = {"account": ACCOUNT, "occurred_at": at(1763770000)}
REFERRAL = {
    "source_url": "https://fb.me/3cr4Wqqkv",
    "source_id": "120226305854810726",
    "source_type": "ad",
    "headline": "Spring sale",
    "body": "20% off",
    "media_type": "image",
    "thumbnail_url": "https://scontent.example/thumb.jpg",
    "media_url": "https://scontent.example/ad.jpg",
    "click_id": "Aff-n8ZTODiE79d22KtAwQKj9e",
    "welcome_text": "Hi! How can we help?",
}
IMAGE_URL = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=500100201&ext=1763770300&hash=ARm"
RUI = {
    "name": "Rui Costa",
    "phones": [{"phone": "+351 900 000 002", "wa_id": "351900000002", "type": "CELL"}],
    "emails": ["rui@example.com"],
    "org": "Manager, Sales, Costa Lda",
    "urls": ["https://costa.example"],
    "addresses": ["Rua Nova 7, Porto, 4000-001, Portugal"],
    "birthday": "1980-04-02",
}
VCARD = {
    "name": "",
    "phones": [{"phone": "+351900000001", "wa_id": "351900000001"}],
    "vcard": "BEGIN:VCARD\nVERSION:3.0\nTEL:+351900000001\nEND:VCARD",
}
CASES: list[tuple[str, str, list[Event]]] = [
    ("a text", "text", [received("Olá")]),
    ("an answer to our message", "text_reply", [received("Yes, the blue one", reply_to=OUT)]),
    (
        "forwarded, and forwarded often",
        "text_forwarded",
        [
            received(Body("text", "Look at this", {"forwarded": "once"})),
            received(Body("text", "Everybody has seen it", {"forwarded": "often"}), IN_2),
        ],
    ),
    ("from an advertisement", "text_from_ad", [received(Body("text", "Is it still on sale?", {"referral": REFERRAL}))]),
    (
        "from a product's page",
        "text_from_product",
        [
            received(
                Body(
                    "text", "Do you have it in M?", {"product": {"catalog_id": "600100200300", "product_id": "SKU-7"}}
                ),
                reply_to=OUT,
            )
        ],
    ),
    ("a text without text", "text_empty", [received(unsupported("text_empty", 0, "text"))]),
    (
        "an image with caption and address",
        "image",
        [received(media("image", "This one", external_id="500100201", mime="image/jpeg", url=IMAGE_URL))],
    ),
    ("a video", "video", [received(media("video", external_id="500100202", mime="video/mp4"))]),
    (
        "a voice note",
        "voice",
        [received(media("audio", external_id="500100203", mime="audio/ogg; codecs=opus", voice=True))],
    ),
    (
        "a document",
        "document",
        [
            received(
                media(
                    "document",
                    "Our invoice",
                    external_id="500100204",
                    mime="application/pdf",
                    filename="Invoice 7.pdf",
                )
            )
        ],
    ),
    (
        "an animated sticker",
        "sticker",
        [received(media("sticker", external_id="500100205", mime="image/webp", animated=True))],
    ),
    (
        "a place, and a bare position in odd types",
        "location",
        [
            received(
                Body(
                    "location",
                    content={
                        "latitude": 38.7139,
                        "longitude": -9.1394,
                        "name": "Castelo de São Jorge",
                        "address": "R. de Santa Cruz do Castelo, Lisboa",
                        "url": "https://castelodesaojorge.pt",
                    },
                )
            ),
            received(Body("location", content={"latitude": 38.5, "longitude": -9.0}), IN_2),
        ],
    ),
    ("contact cards", "contacts", [received(Body("contacts", content={"contacts": [RUI, {"name": "Eva Lima"}]}))]),
    (
        "the own card that we asked for",
        "contacts_requested",
        [received(Body("contacts", content={"contacts": [VCARD], "origin": "contact_request"}))],
    ),
    ("a reaction", "reaction", [ReactionChanged(**BASE, target=OUT, emoji="❤️", person=ANA, external_id=IN_1)]),
    (
        "a reaction taken back, in both spellings",
        "reaction_removed",
        [
            ReactionChanged(**BASE, target=OUT, emoji=None, person=ANA, external_id=external_id)
            for external_id in (IN_1, IN_2)
        ],
    ),
    (
        "a tap on a template's button, with and without context",
        "button",
        [
            received(
                Body("button_reply", "No more offers", {"id": "STOP_42", "title": "No more offers"}), reply_to=OUT
            ),
            received(Body("button_reply", "Yes", {"id": "YES", "title": "Yes"}), IN_2),
        ],
    ),
    (
        "a tap on a button",
        "button_reply",
        [received(Body("button_reply", "M", {"id": "size-m", "title": "M"}), reply_to=OUT)],
    ),
    (
        "a choice from a list",
        "list_reply",
        [
            received(
                Body("list_reply", "Tomorrow", {"id": "row-2", "title": "Tomorrow", "description": "9 to 12"}),
                reply_to=OUT,
            )
        ],
    ),
    (
        "a form, an address, and a form with half an answer",
        "form_reply",
        [
            received(
                Body("form_reply", "Sent", {"name": "flow", "values": {"flow_token": "ft-77", "size": "M"}}),
                reply_to=OUT,
            ),
            received(
                Body(
                    "form_reply",
                    "Asha, 12 MG Road, Bengaluru",
                    {
                        "name": "address_message",
                        "values": {
                            "saved_address_id": "a1",
                            "values": {"name": "Asha", "in_pin_code": "560001", "city": "Bengaluru"},
                        },
                    },
                ),
                IN_2,
            ),
            received(Body("form_reply", "Sent", {"name": "flow", "values": {"value": "{half"}}), IN_3),
        ],
    ),
    (
        "leave to call given, and refused by itself",
        "call_permission",
        [
            received(
                Body(
                    "system",
                    content={
                        "code": "call_permission_accepted",
                        "params": {"expires_at": "2025-11-29T00:06:40Z", "source": "user_action", "permanent": False},
                    },
                ),
                reply_to=OUT,
            ),
            ConsentChanged(**BASE, person=ANA, purpose="calls", granted=True, source="whatsapp", detail="user_action"),
            received(
                Body(
                    "system",
                    content={
                        "code": "call_permission_rejected",
                        "params": {"source": "automatic", "permanent": True},
                    },
                ),
                IN_2,
                opens_window=False,
            ),
            ConsentChanged(**BASE, person=ANA, purpose="calls", granted=False, source="whatsapp", detail="automatic"),
        ],
    ),
    (
        "an order",
        "order",
        [received(order([("SKU-7", 2, 1990, "EUR"), ("SKU-9", 1, 7, "EUR")], 3987, "EUR", "Gift wrap please"))],
    ),
    (
        "orders in currencies of no, three and several decimals",
        "order_currencies",
        [
            received(order([("SKU-7", 3, 1980, "JPY")], 5940, "JPY")),
            received(order([("SKU-7", 1, 1255, "KWD")], 1255, "KWD"), IN_2),
            received(order([("SKU-7", 1, 820, "HKD"), ("SKU-9", 2, 500, "USD")], None, ""), IN_3),
        ],
    ),
    (
        "orders with unreadable parts",
        "order_broken",
        [
            received(order([("SKU-7", None, 1990, "EUR"), ("SKU-9", 1, None, "EUR")], None, "")),
            received(unsupported("order_broken", 1, "order"), IN_2),
        ],
    ),
    (
        "a new number",
        "number_changed",
        [
            IdentityChanged(
                **BASE,
                before=Person((ANA_PHONE,)),
                after=Person(
                    (
                        Key("portfolio", "bsuid", "PT.11110044556677"),
                        Key("world", "phone", "351900000077"),
                        Key("portfolio", "parent_bsuid", "PT.ENT.1122334455"),
                    ),
                    country="PT",
                ),
                code="user_changed_number",
                external_id=IN_1,
            )
        ],
    ),
    (
        "a new BSUID of a hidden phone",
        "bsuid_changed",
        [
            IdentityChanged(
                **BASE,
                before=Person((ANA_BSUID,), country="PT"),
                after=Person((Key("portfolio", "bsuid", "PT.11110044556677"),), country="PT"),
                code="user_changed_user_id",
                external_id=IN_1,
            )
        ],
    ),
    (
        "other system messages",
        "system_other",
        [
            received(
                Body(
                    "system",
                    content={"code": "customer_identity_changed", "params": {"text": "Security code changed"}},
                ),
                opens_window=False,
            ),
            received(Body("system", content={"code": "unknown", "params": {}}), IN_2, opens_window=False),
        ],
    ),
    ("the chat is opened", "welcome", [WindowOpened(**BASE, person=ANA, code="chat_opened", external_id=IN_1)]),
    (
        "an edit",
        "edit",
        [
            MessageEdited(
                **BASE,
                target="wamid.HBgMTEST0000",
                body=media("image", "The right one", external_id="500100299", mime="image/png"),
                person=ANA,
                external_id=IN_1,
            )
        ],
    ),
    ("an edit without content", "edit_broken", [received(unsupported("edit_broken", 0, "edit"))]),
    ("a deletion", "revoke", [MessageDeleted(**BASE, target="wamid.HBgMTEST0000", person=ANA, external_id=IN_1)]),
    (
        "what the API does not carry",
        "unsupported",
        [
            received(unsupported("unsupported", 0, "poll", "131051")),
            received(unsupported("unsupported", 1, "unknown", "131051"), IN_2),
        ],
    ),
    ("too large a file", "media_too_large", [received(unsupported("media_too_large", 0, "unsupported", "131052"))]),
    ("a type nobody knows", "type_of_tomorrow", [received(unsupported("type_of_tomorrow", 0, "hologram"))]),
    (
        "an interactive message without its object",
        "interactive_without_body",
        [received(unsupported("interactive_without_body", 0, "interactive", "131000"))],
    ),
    ("a person without a phone number", "hidden_phone", [received("Hello", sender=BEN)]),
    ("no contacts beside the message", "without_contacts", [received("Olá", sender=ANA_UNNAMED)]),
    (
        "contacts in another order than messages",
        "people_out_of_order",
        [
            received("I am Ana"),
            received("I am Ben", IN_2, BEN, occurred_at=at(1763770001)),
            received("Ana by phone alone", IN_3, occurred_at=at(1763770002)),
        ],
    ),
    ("a group", "group", [received("Hi all", group="HBgLGroup==")]),
    (
        "all ticks",
        "statuses",
        [
            ticked(
                "wamid.HBgMOUT0001",
                "sent",
                recipient=ANA,
                callback="0193b5c0-0000-7000-8000-000000000001",
                pricing={
                    "billable": True,
                    "model": "PMP",
                    "type": "regular",
                    "category": "authentication_international",
                    "conversation": {"id": "c0ffee", "origin": "service", "expires_at": "2025-11-23T00:23:20Z"},
                },
            ),
            ticked(
                "wamid.HBgMOUT0001",
                "delivered",
                1,
                ANA,
                pricing={"model": "PMP", "type": "free_customer_service", "category": "service"},
            ),
            ticked("wamid.HBgMOUT0001", "read", 2, ANA),
            ticked("wamid.HBgMOUT0001", "played", 3, ANA),
        ],
    ),
    (
        "failures with a reason, without, and with consent withdrawn",
        "status_failed",
        [
            ticked(
                "wamid.HBgMOUT0002",
                "failed",
                failure=Failure(
                    "marketing_capped",
                    "131049",
                    "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
                ),
            ),
            ticked("wamid.HBgMOUT0003", "failed", failure=Failure("rejected")),
            ticked("wamid.HBgMOUT0004", "failed", failure=Failure("contact_opted_out", "131050", "User stopped")),
        ],
    ),
    (
        "three spellings of the parent",
        "status_parents",
        [ticked(f"wamid.HBgMOUT000{n}", "sent", recipient=BEN_UNNAMED) for n in (1, 2, 3)],
    ),
    ("a tick in a group", "status_group", [ticked("wamid.HBgMOUT0001", "delivered")]),
    (
        "ticks nobody knows",
        "status_unknown",
        [
            unknown("statuses", raw("status_unknown", 0, "value", "statuses", n), occurred_at=at(1763771000))
            for n in (0, 1)
        ],
    ),
    (
        "a payment",
        "status_payment",
        [
            PaymentChanged(
                account=ACCOUNT,
                occurred_at=at(1763771000),
                external_id="wamid.HBgMOUT0005",
                reference="order-77",
                status="captured",
                person=Person((Key("world", "phone", "919000000001"),)),
                amount_minor=21050,
                currency="INR",
                transaction_id="txn-1",
                data=raw("status_payment", 0, "value", "statuses", 0, "payment"),
            )
        ],
    ),
    (
        "an error of the account",
        "errors",
        [
            ErrorReported(
                account=ACCOUNT,
                occurred_at=RECEIVED_AT,
                failure=Failure(
                    "throttled",
                    "130429",
                    "Message failed to send because there were too many messages sent from this phone number",
                ),
            )
        ],
    ),
    (
        "templates",
        "templates",
        [
            template("status", "rejected", "invalid_format", 0),
            template("status", "approved", "", 1),
            template("status", "paused", "", 2),
            template("quality", "yellow", "", 3),
            template("components", "", "", 4),
            template("category", "marketing", "impending", 5),
            template("category", "marketing", "", 6),
        ],
    ),
    (
        "the account",
        "account",
        [
            account("phone_number_quality_update", "throughput_upgrade", "info", 0),
            account("phone_number_name_update", "rejected", "error", 1),
            account("business_capability_update", "2000", "info", 2),
            account("account_update", "disabled_update", "error", 3),
            account("account_update", "disabled_update", "info", 4),
            account("account_update", "volume_based_pricing_tier_update", "info", 5),
            account("account_review_update", "approved", "info", 6),
            account("account_alerts", "oba_approved", "error", 7),
            account("security", "pin_changed", "warning", 8),
            account("payment_configuration_update", "needs testing", "info", 9),
            account("business_username_update", "approved", "info", 10),
            account("flows", "flow_status_change", "info", 11),
        ],
    ),
    (
        "marketing stopped, resumed, and a value nobody knows",
        "preferences",
        [
            ConsentChanged(
                account=ACCOUNT,
                occurred_at=at(1763770100),
                person=ANA,
                purpose="marketing",
                granted=False,
                source="whatsapp",
                detail="User requested to stop marketing messages",
            ),
            ConsentChanged(
                account=ACCOUNT,
                occurred_at=at(1763770200),
                person=ANA,
                purpose="marketing",
                granted=True,
                source="whatsapp",
                detail="User requested to resume marketing messages",
            ),
            unknown(
                "user_preferences",
                raw("preferences", 0, "value", "user_preferences", 2),
                occurred_at=at(1763772000),
            ),
        ],
    ),
    (
        "the phone app's own messages",
        "echoes",
        [
            echoed("wamid.HBgMECHO001", Body("text", "Sent from my phone"), reply_to=IN_1),
            echoed("wamid.HBgMECHO002", media("image", external_id="500100206", mime="image/jpeg")),
            MessageEdited(
                **BASE,
                target="wamid.HBgMECHO001",
                body=Body("text", "Sent from the shop"),
                person=ANA_UNNAMED,
                external_id="wamid.HBgMECHO003",
                ours=True,
            ),
            MessageDeleted(
                **BASE, target="wamid.HBgMECHO002", person=ANA_UNNAMED, external_id="wamid.HBgMECHO004", ours=True
            ),
            ReactionChanged(
                **BASE, target=IN_1, emoji="👍", person=ANA_UNNAMED, external_id="wamid.HBgMECHO005", ours=True
            ),
            unknown("message_echoes", raw("echoes", 0, "value", "message_echoes", 5), occurred_at=at(1763770000)),
        ],
    ),
    (
        "history from before",
        "history",
        [
            received(
                "Are you open?",
                "wamid.HBgMHIST001",
                Person((ANA_PHONE,)),
                occurred_at=at(1763000000),
                opens_window=False,
                historical=True,
            ),
            echoed(
                "wamid.HBgMHIST002",
                Body("text", "Until six"),
                recipient=Person((ANA_PHONE,)),
                occurred_at=at(1763000060),
                historical=True,
            ),
            ticked("wamid.HBgMHIST002", "delivered", 1763000060 - 1763771000, Person((ANA_PHONE,))),
            echoed(
                "wamid.HBgMHIST003",
                Body(
                    "unsupported",
                    content={
                        "kind": "media_placeholder",
                        "code": "",
                        "raw": raw("history", 0, "value", "history", 0, "threads", 0, "messages", 2),
                    },
                ),
                recipient=Person((ANA_PHONE,)),
                occurred_at=at(1763000070),
                historical=True,
            ),
            AccountChanged(
                account=ACCOUNT,
                occurred_at=at(1763772000),
                field="history",
                value="55",
                data={"phase": 0, "chunk_order": 1, "progress": 55},
            ),
        ],
    ),
    (
        "history that the business keeps to itself",
        "history_declined",
        [
            AccountChanged(
                account=ACCOUNT,
                occurred_at=at(1763772000),
                field="history",
                value="history_declined",
                severity="warning",
                data={"errors": raw("history_declined", 0, "value", "history", 0, "errors")},
            )
        ],
    ),
    (
        "the phone's address book",
        "state_sync",
        [
            ContactSynced(**BASE, person=Person((ANA_PHONE,), "Ana Pires")),
            ContactSynced(
                account=ACCOUNT,
                occurred_at=at(1763770001),
                person=Person((Key("world", "phone", "351900000002"),)),
                removed=True,
            ),
            unknown("smb_app_state_sync", raw("state_sync", 0, "value", "state_sync", 2), occurred_at=at(1763772000)),
        ],
    ),
    (
        "calls",
        "calls",
        [
            WindowOpened(**BASE, person=ANA, code="called", external_id="wacid.HBgMCALL1", opened_by="call"),
            CallChanged(
                **BASE,
                external_id="wacid.HBgMCALL1",
                state="connect",
                person=ANA,
                inbound=True,
                data={"session": {"sdp": "v=0", "sdp_type": "offer"}},
            ),
            CallChanged(
                account=ACCOUNT,
                occurred_at=at(1763770090),
                external_id="wacid.HBgMCALL1",
                state="terminate",
                person=ANA,
                inbound=True,
                duration_s=85,
                data={"status": "COMPLETED", "start_time": "1763770005", "end_time": "1763770090"},
            ),
            CallChanged(**BASE, external_id="wacid.HBgMCALL2", state="ringing", person=Person((ANA_PHONE,))),
        ],
    ),
    (
        "groups",
        "groups",
        [
            AccountChanged(
                **{**BASE, "occurred_at": occurred_at},
                field="group_lifecycle_update",
                value="group_create",
                severity=severity,
                platform_account=WABA,
                data=raw("groups", 0, "value", "groups", index),
            )
            for index, severity, occurred_at in ((0, "info", at(1763770000)), (1, "warning", at(1763772000)))
        ],
    ),
    (
        "several accounts in one delivery",
        "two_accounts",
        [
            received(account, external_id, account=account)
            for account, external_id in (
                ("700100200300400", "wamid.A"),
                ("700100200300401", "wamid.B"),
                ("700100200300499", "wamid.C"),
            )
        ],
    ),
    (
        "good parts beside broken ones",
        "broken_neighbours",
        [
            unknown("entry", {"value": 7}, account=""),
            unknown("changes", {"value": None}, account=""),
            unknown("changes", {"field": "messages", "value": "text"}, account=""),
            unknown("messages", {"value": []}),
            received(
                Body(
                    "unsupported",
                    content={"kind": "text", "code": "", "raw": raw("broken_neighbours", 2, "value", "messages", 1)},
                ),
                "wamid.A",
                ANA_UNNAMED,
            ),
            unknown("messages", raw("broken_neighbours", 2, "value", "messages", 2)),
            received("fine", "wamid.C", ANA_UNNAMED, occurred_at=RECEIVED_AT),
            unknown("statuses", {"value": "sent"}),
            unknown("weather", {"sky": "blue"}, account=""),
            unknown("messages", raw("broken_neighbours", 4, "value")),
        ],
    ),
]


def without_keys(events: list[InboundEvent]) -> list[InboundEvent]:
    """Blank the event keys, which have tests of their own."""
    for event in events:
        object.__setattr__(event, "event_key", "")
    return events


@pytest.mark.parametrize(("label", "name", "expected"), CASES, ids=[case[0] for case in CASES])
def test_delivery_becomes_events(label: str, name: str, expected: list[Event]) -> None:
    assert without_keys(events_in(ADAPTER, fixture(name))) == expected, label


HMAC_EXAMPLE = b'{"object":"whatsapp_business_account","entry":[]}'
HMAC_HEADER = "sha256=aff6aa84bdb4f6740f5545fe420f76300967020944fa46bcf1e98b45c828f501"
SIGNATURES: list[tuple[str, str | None, str, bool]] = [
    ("the worked example", HMAC_HEADER, "a-fake-app-secret", True),
    ("another secret", HMAC_HEADER, "another-secret", False),
    ("no secret configured", HMAC_HEADER, "", False),
    ("no header", None, "a-fake-app-secret", False),
    ("an empty header", "", "a-fake-app-secret", False),
    ("no algorithm", HMAC_HEADER[7:], "a-fake-app-secret", False),
    ("the old algorithm", "sha1=" + HMAC_HEADER[7:], "a-fake-app-secret", False),
    ("upper case", "sha256=" + HMAC_HEADER[7:].upper(), "a-fake-app-secret", False),
    ("cut short", HMAC_HEADER[:-1], "a-fake-app-secret", False),
    ("letters beyond ASCII", "sha256=é" + HMAC_HEADER[8:], "a-fake-app-secret", False),
]


@pytest.mark.parametrize(("label", "header", "secret", "good"), SIGNATURES, ids=[case[0] for case in SIGNATURES])
def test_only_a_right_signature_opens(label: str, header: str | None, secret: str, good: bool) -> None:
    headers = {} if header is None else {"x-hub-signature-256": header}
    delivery = Delivery("POST", "", headers, HMAC_EXAMPLE, RECEIVED_AT)
    if good:
        opened = ADAPTER.open(delivery, {"app_secret": secret}, RECEIVED_AT)
        assert (opened.body, opened.challenge) == (HMAC_EXAMPLE, None)
        assert ADAPTER.acknowledge(opened, []) == HttpAnswer(200, b"")
        return
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(delivery, {"app_secret": secret}, RECEIVED_AT)


def test_the_signature_covers_the_bytes_as_received() -> None:
    escaped = b'{"object": "whatsapp_business_account", "entry": [], "x": "\\u00e4\\/"}'
    delivery = signed(escaped)
    assert ADAPTER.open(delivery, {"app_secret": APP_SECRET}, RECEIVED_AT).body == escaped
    same_json = Delivery("POST", "", delivery.headers, json.dumps(json.loads(escaped)).encode(), RECEIVED_AT)
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(same_json, {"app_secret": APP_SECRET}, RECEIVED_AT)


GOOD_QUERY = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444"
HANDSHAKES: list[tuple[str, str, str, bytes | None]] = [
    ("good", GOOD_QUERY, VERIFY_TOKEN, b"1158201444"),
    ("another order", "&".join(reversed(GOOD_QUERY.split("&"))), VERIFY_TOKEN, b"1158201444"),
    ("an escaped challenge", GOOD_QUERY + "%2B0", VERIFY_TOKEN, b"1158201444+0"),
    ("a token with signs", GOOD_QUERY.replace(VERIFY_TOKEN, "a%26b%3Dc+d"), "a&b=c d", b"1158201444"),
    ("another token", GOOD_QUERY, "another", None),
    ("a token beyond ASCII", GOOD_QUERY.replace(VERIFY_TOKEN, "%C3%A9%FF"), VERIFY_TOKEN, None),
    ("no token configured", GOOD_QUERY.replace(VERIFY_TOKEN, ""), "", None),
    ("another mode", GOOD_QUERY.replace("subscribe", "unsubscribe"), VERIFY_TOKEN, None),
    ("names with underscores", GOOD_QUERY.replace("hub.", "hub_"), VERIFY_TOKEN, None),
    ("nothing", "", VERIFY_TOKEN, None),
    ("far too many fields", GOOD_QUERY + "&a=b" * 50, VERIFY_TOKEN, None),
]


@pytest.mark.parametrize(("label", "query", "token", "challenge"), HANDSHAKES, ids=[case[0] for case in HANDSHAKES])
def test_a_handshake_is_answered_with_its_challenge(
    label: str, query: str, token: str, challenge: bytes | None
) -> None:
    if challenge is None:
        with pytest.raises(SignatureInvalid):
            ADAPTER.open(handshake(query), {"verify_token": token}, RECEIVED_AT)
        return
    opened = ADAPTER.open(handshake(query), {"verify_token": token}, RECEIVED_AT)
    assert ADAPTER.parse(opened) == []
    assert ADAPTER.acknowledge(opened, []) == HttpAnswer(200, challenge, "text/plain")


MALFORMED: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("no JSON", b"<html>"),
    ("half of it", fixture("text")[:200]),
    ("no UTF-8", b'{"object":"whatsapp_business_account","entry":["\xff"]}'),
    ("no object", b"[]"),
    ("no number", b'{"object":"whatsapp_business_account","entry":[NaN]}'),
    ("another platform", b'{"object":"page","entry":[]}'),
    ("no entries", b'{"object":"whatsapp_business_account","entry":{}}'),
    ("nested without end", b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
]


@pytest.mark.parametrize(("label", "body"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_a_body_nobody_understands_is_malformed(label: str, body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        events_in(ADAPTER, body)


TEXTS: list[tuple[str, str, str]] = [
    ("escaped letters", r"Ol\u00e1 \ud83d\ude00 \/", "Olá 😀 /"),
    ("half an emoji", r"Ol\u00e1 \ud83d", "Olá \ufffd"),
    ("a NUL", r"Ol\u00e1\u0000", "Olá\ufffd"),
    ("both", r"\ude00 \u0000", "\ufffd \ufffd"),
    ("what looks like a NUL", r"\\u0000", r"\u0000"),
]


@pytest.mark.parametrize(("label", "escaped", "text"), TEXTS, ids=[case[0] for case in TEXTS])
def test_a_letter_that_no_database_holds_costs_only_itself(label: str, escaped: str, text: str) -> None:
    (event,) = events_in(ADAPTER, fixture("text").decode().replace("Olá", escaped).encode())
    assert isinstance(event, MessageReceived)
    assert event.body.text == text


MOMENTS: list[tuple[str, object, datetime]] = [
    ("a string", "1763770000", at(1763770000)),
    ("a number", 1763770000, at(1763770000)),
    ("milliseconds", 1763770000123, at(1763770000.123)),
    ("missing", None, RECEIVED_AT),
    ("words", "now", RECEIVED_AT),
    ("true", True, RECEIVED_AT),
    ("a list", [1763770000], RECEIVED_AT),
    ("before the platform", "86400", RECEIVED_AT),
    ("next week", str(int(RECEIVED_AT.timestamp()) + 7 * 86_400), RECEIVED_AT),
    ("beyond all calendars", "9" * 400, RECEIVED_AT),
]


@pytest.mark.parametrize(("label", "value", "expected"), MOMENTS, ids=[case[0] for case in MOMENTS])
def test_an_unreadable_time_is_that_of_receipt(label: str, value: object, expected: datetime) -> None:
    payload = json.loads(fixture("text"))
    payload["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = value
    assert [event.occurred_at for event in events_in(ADAPTER, json.dumps(payload).encode())] == [expected]


def test_a_batch_of_a_thousand_keeps_its_order() -> None:
    payload = json.loads(fixture("text"))
    value = payload["entry"][0]["changes"][0]["value"]
    message = value["messages"][0]
    value["messages"] = [{**message, "id": f"wamid.{number}"} for number in range(1000)]
    events = events_in(ADAPTER, json.dumps(payload).encode())
    assert [event.external_id for event in events if isinstance(event, MessageReceived)] == [
        f"wamid.{number}" for number in range(1000)
    ]


def has_id(event: InboundEvent) -> bool:
    """Tell whether the platform gave this event an id that can only be its own."""
    named = (
        MessageReceived,
        MessageEchoed,
        ReactionChanged,
        MessageEdited,
        MessageDeleted,
        WindowOpened,
        IdentityChanged,
    )
    return isinstance(event, (*named, StatusChanged))


@pytest.mark.parametrize("name", sorted({case[1] for case in CASES}))
def test_an_event_without_an_id_has_a_key_that_a_repeat_shares(name: str) -> None:
    later = Delivery("POST", "", signed(fixture(name)).headers, fixture(name), at(1780000000))
    first = events_in(ADAPTER, fixture(name))
    again = ADAPTER.parse(ADAPTER.open(later, {"app_secret": APP_SECRET}, RECEIVED_AT))
    keys = [event.event_key for event in first]
    assert keys == [event.event_key for event in again]
    assert [bool(key) for key in keys] == [not has_id(event) for event in first]
    named = [key for key in keys if key]
    assert len(set(named)) == len(named)


def test_a_key_does_not_depend_on_the_order_of_members() -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    payload = json.dumps(turned(json.loads(fixture("templates")))).encode()
    assert [event.event_key for event in events_in(ADAPTER, payload)] == [
        event.event_key for event in events_in(ADAPTER, fixture("templates"))
    ]

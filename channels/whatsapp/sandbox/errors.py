"""Graph API errors as Meta words them: code, HTTP status, title, details.

Source: Meta's "Error codes" page of the WhatsApp Business Platform (12 Dec 2025).
"""

from __future__ import annotations

from typing import Any

from channels.sandbox.graph import errors as graph

Json = dict[str, Any]

ERRORS: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    2500: (400, "Unknown path components"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "Display name approval needed before message can be sent"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131050: (400, "User has stopped receiving marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131060: (400, "This message is currently unavailable"),
    131062: (400, "Business-scoped user ID is not supported for this message"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    133005: (400, "Two-step verification PIN mismatch"),
    133010: (400, "Phone number not registered"),
    134100: (400, "Only marketing messages supported"),
    135000: (400, "Generic user error"),
    137000: (400, "Identity key hash mismatch"),
    139100: (400, "Failed to block or unblock some users"),
    2388293: (400, "This template has too many variables for its length"),
    2388299: (400, "Variables can't be at the start or end of the template"),
}

DETAILS: dict[int, str] = {
    130429: "Message failed to send because there were too many messages sent from this phone number in a short period of time",
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    131050: "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
    131056: "Message failed to send because there were too many messages sent from this phone number to the same phone number.",
}


class GraphError(graph.GraphError):
    """An answer that refuses. `details` says what exactly; `http` replaces the documented status where Meta deviates."""

    def __init__(
        self, code: int, details: str = "", *, subcode: int | None = None, message: str = "", http: int | None = None
    ) -> None:
        known_http, title = ERRORS.get(code, (400, "Something went wrong"))
        self.title = title
        self.details = details or DETAILS.get(code, "")
        super().__init__(
            code,
            message or f"(#{code}) {title}",
            subcode=subcode,
            http=http or known_http,
            data={"messaging_product": "whatsapp", "details": self.details} if self.details else None,
            transient=code in (1, 2, 131000, 131016),
        )

    def in_webhook(self) -> Json:
        """Return the shape used inside `errors[]` of webhooks, where title and message are the same."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details or self.title},
            "href": "/documentation/business-messaging/whatsapp/support/error-codes",
        }

"""Ask WhatsApp to deliver a business account's events to us, or to stop.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override (read Dec 2025).
"""

from __future__ import annotations

from channels.contract import Call, Done, MessageInvalid, Subscribe
from channels.kit.graph import Graph
from channels.whatsapp.errors import answer_of

_LONGEST_URL = 200


def subscribe(intent: Subscribe, graph: Graph, waba: str) -> Call:
    """Subscribe our app to the account, with this install's address instead of the app's. WhatsApp calls it at once to verify."""
    if len(intent.callback_url) > _LONGEST_URL:
        raise MessageInvalid(f"longer than {_LONGEST_URL} characters", code="callback_url_too_long")
    body = {"override_callback_uri": intent.callback_url, "verify_token": intent.verify_token}
    answer_of((yield graph.post(waba, "subscribed_apps", json=body)))
    return Done()


def unsubscribe(graph: Graph, waba: str) -> Call:
    answer_of((yield graph.delete(waba, "subscribed_apps")))
    return Done()

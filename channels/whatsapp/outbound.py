"""Turn an intent into Graph requests and their answers into a result, without touching a network.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (read Dec 2025).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from channels.contract import (
    Account,
    Call,
    Check,
    Credentials,
    DeleteTemplate,
    Done,
    FetchMedia,
    Intent,
    Json,
    MarkRead,
    MessageInvalid,
    OutcomeUnknown,
    Person,
    PlatformRequest,
    PlatformResponse,
    Send,
    Sent,
    SubmitTemplate,
    Subscribe,
    SyncTemplates,
    Typing,
    Unsubscribe,
)
from channels.kit.graph import Graph
from channels.kit.intents import unsupported
from channels.kit.tolerant import identifier, objects, text
from channels.whatsapp import check, media, subscription, templates
from channels.whatsapp.compose import MEDIA_KINDS, body_of, recipient
from channels.whatsapp.errors import MEDIA_INVALID, answer_of
from channels.whatsapp.people import person

SendCall = Generator[PlatformRequest, PlatformResponse, Sent]


def call(intent: Intent, account: Account, credentials: Credentials) -> Call:
    """Yield the requests that fulfil an intent, return its result. Raises SendError."""
    graph = Graph.of(account, credentials)
    number, waba = account.external_id, credentials.get("waba_id", "")
    match intent:
        case Send():
            return _send(intent, graph, number)
        case MarkRead():
            return _mark_read(intent.external_id, graph, number)
        case Typing():
            return _mark_read(intent.external_id, graph, number, typing=True)
        case FetchMedia():
            return media.fetch(intent, graph)
        case SyncTemplates():
            return templates.sync(graph, waba)
        case SubmitTemplate():
            return templates.submit(intent, graph, waba)
        case DeleteTemplate():
            return templates.delete(intent, graph, waba)
        case Check():
            return check.check(graph, number, waba)
        case Subscribe():
            return subscription.subscribe(intent, graph, waba)
        case Unsubscribe():
            return subscription.unsubscribe(graph, waba)
        case _:
            return unsupported(intent)


def _send(intent: Send, graph: Graph, number: str) -> Call:
    if intent.message.kind in MEDIA_KINDS:
        return (yield from _send_media(intent, graph, number))
    if intent.message.files:
        return (yield from _send_template(intent, graph, number))
    return (yield from _post(intent, graph, number))


def _send_media(intent: Send, graph: Graph, number: str) -> Call:
    """Send a file by the id it already has up there, else upload it first. A known id that is gone is uploaded anew."""
    file = media.file_of(intent.message)
    recipient(intent.to)  # whom nobody can reach gets no upload either
    if file.platform_id:
        try:
            return (yield from _post(intent, graph, number, file.platform_id))
        except MessageInvalid as error:
            if error.code != MEDIA_INVALID.code:
                raise
    uploaded = yield from media.upload(file, graph, number)
    sent = yield from _post(intent, graph, number, uploaded)
    return replace(sent, uploaded_media_id=uploaded)


def _send_template(intent: Send, graph: Graph, number: str) -> Call:
    """Send a template that shows files: those that are not up there yet are uploaded first."""
    recipient(intent.to)
    ids = yield from templates.upload_files(intent.message, graph, number)
    components = templates.with_files(objects(intent.message.content.get("components")), ids)
    message = replace(intent.message, content={**intent.message.content, "components": components})
    sent = yield from _post(replace(intent, message=message), graph, number)
    return replace(sent, uploaded=ids)


def _post(intent: Send, graph: Graph, number: str, media_id: str = "") -> SendCall:
    response = yield graph.post(number, "messages", json=body_of(intent, media_id), delivers=True)
    answer = answer_of(response, delivers=True)
    message = next(iter(objects(answer.get("messages"))), {})
    external_id = identifier(message.get("id"))
    if not external_id:
        raise OutcomeUnknown("the answer names no message", external_code=str(response.status))
    held = text(message.get("message_status")) not in ("", "accepted")
    return Sent(external_id, _learnt(answer), held=held)


def _learnt(answer: Json) -> Person | None:
    """Return the keys that the answer names: `{"contacts": [{"input", "wa_id", "user_id"}]}`."""
    contact = next(iter(objects(answer.get("contacts"))), {})
    return person({}, phone=contact.get("wa_id"), user_id=contact.get("user_id"))


def _mark_read(external_id: str, graph: Graph, number: str, *, typing: bool = False) -> Call:
    """Mark a message and all before it as read; `typing` also shows the dots for 25 s or until the answer.

    WhatsApp shows typing only as an answer to a message: to somebody who has not written yet it cannot be shown.
    """
    if not external_id:
        return Done()
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    answer_of((yield graph.post(number, "messages", json=body)))
    return Done()

"""Drive the Send API of Messenger and Instagram: messages, files, reactions, public answers, sender actions.

Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api (5 May 2026).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import orjson

from channels.contract import (
    Call,
    ContactUnreachable,
    Done,
    Json,
    Key,
    MediaHandle,
    MessageInvalid,
    OutcomeUnknown,
    Person,
    PlatformRequest,
    PlatformResponse,
    ResponseUnexpected,
    Send,
    Sent,
)
from channels.kit.graph import Graph
from channels.kit.graph_errors import MeaningOf, answer_of
from channels.kit.messaging.compose import (
    MEDIA_TYPES,
    address,
    body_of,
    media_message,
    message_of,
    reaction_body,
    recipient,
    upload_message,
)
from channels.kit.tolerant import identifier

SendCall = Generator[PlatformRequest, PlatformResponse, Sent]


@dataclass(frozen=True, slots=True)
class Sender:
    """One account of one channel as its Send API wants it addressed.

    `node` is whose `/messages` is called. `kinds` are what the channel takes. `upload_form` goes with every uploaded file.
    `answers` is the edge of a comment that takes public answers, `answer_field` their text. `echoes_metadata`: what we put into
    `metadata` comes back in the echo.
    """

    graph: Graph
    node: str
    person_kind: str
    meaning_of: MeaningOf
    kinds: frozenset[str]
    upload_form: Json
    answers: str
    echoes_metadata: bool

    def send(self, intent: Send) -> Call:
        kind = intent.message.kind
        if kind not in self.kinds:
            raise MessageInvalid(kind, code="kind_unsupported")
        if kind == "reaction":
            return (yield from self._react(intent))
        if kind == "comment":
            return (yield from self._answer_in_public(intent))
        if kind in MEDIA_TYPES:
            return (yield from self._send_media(intent))
        return (yield from self._post(intent, message_of(intent.message)))

    def act(self, to: Person | None, action: str) -> Call:
        """Show typing, or that everything was read."""
        known = address(to, self.person_kind) if to else {}
        if not known:
            raise ContactUnreachable(code="address_missing")
        body = {"recipient": known, "sender_action": action}
        answer_of((yield self.graph.post(self.node, "messages", json=body)), self.meaning_of)
        return Done()

    def _send_media(self, intent: Send) -> SendCall:
        """Send a file by the id it already has up there, by its public address, or upload it first.

        A known id that is refused is uploaded anew.
        """
        file = intent.message.media
        if file is None:
            raise MessageInvalid("a media message without a file", code="media_missing")
        if intent.message.text:
            raise MessageInvalid("a file goes without words", code="caption_unsupported")
        recipient(intent, self.person_kind, self.node)  # whom nobody can reach gets no upload either
        if file.platform_id:
            try:
                return (yield from self._post(intent, media_message(intent.message, attachment_id=file.platform_id)))
            except MessageInvalid as error:
                if error.code != "media_invalid":
                    raise
        if file.url:
            return (yield from self._post(intent, media_message(intent.message, url=file.url)))
        uploaded = yield from self._upload(intent.message.kind, file)
        sent = yield from self._post(intent, media_message(intent.message, attachment_id=uploaded))
        return replace(sent, uploaded_media_id=uploaded)

    def _upload(self, kind: str, file: MediaHandle) -> Generator[PlatformRequest, PlatformResponse, str]:
        form = {**self.upload_form, "message": orjson.dumps(upload_message(kind)).decode()}
        named = replace(file, filename=_ascii(file.filename))
        response = yield self.graph.upload(self.node, "message_attachments", form=form, media=named, part="filedata")
        attachment_id = identifier(answer_of(response, self.meaning_of).get("attachment_id"))
        if not attachment_id:
            raise ResponseUnexpected("the upload was answered without an id", external_code=str(response.status))
        return attachment_id

    def _post(self, intent: Send, message: Json) -> SendCall:
        if self.echoes_metadata and intent.callback:
            message = {**message, "metadata": intent.callback}
        body = body_of(intent, message, person_kind=self.person_kind, node=self.node)
        response = yield self.graph.post(self.node, "messages", json=body, delivers=True)
        answer = answer_of(response, self.meaning_of, delivers=True)
        external_id = identifier(answer.get("message_id"))
        if not external_id:
            raise OutcomeUnknown("the answer names no message", external_code=str(response.status))
        return Sent(external_id, self._learnt(answer), uploaded_media_id=identifier(answer.get("attachment_id")))

    def _react(self, intent: Send) -> SendCall:
        body = reaction_body(intent, self.person_kind)
        response = yield self.graph.post(self.node, "messages", json=body, delivers=True)
        return Sent("", self._learnt(answer_of(response, self.meaning_of, delivers=True)))

    def _answer_in_public(self, intent: Send) -> SendCall:
        target = intent.message.reply_to
        if not target:
            raise MessageInvalid("an answer to no comment", code="target_missing")
        response = yield self.graph.post(target, self.answers, json={"message": intent.message.text}, delivers=True)
        external_id = identifier(answer_of(response, self.meaning_of, delivers=True).get("id"))
        if not external_id:
            raise OutcomeUnknown("the answer names no comment", external_code=str(response.status))
        return Sent(external_id)

    def _learnt(self, answer: Json) -> Person | None:
        """Return whom a message reached: after a private reply this is the id that their messages will carry."""
        recipient_id = identifier(answer.get("recipient_id"))
        return Person((Key("account", self.person_kind, recipient_id),)) if recipient_id else None


def _ascii(filename: str) -> str:
    """Return a name that the upload takes: it refuses other characters than ASCII."""
    return filename.encode("ascii", "replace").decode().replace("?", "_")

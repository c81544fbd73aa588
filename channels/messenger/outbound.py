"""Turn an intent into Graph requests and their answers into a result, without touching a network.

Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api (5 May 2026).
"""

from __future__ import annotations

from channels.contract import (
    Account,
    Call,
    Check,
    Credentials,
    DeleteTemplate,
    FetchMedia,
    FetchProfile,
    Intent,
    MarkRead,
    Send,
    SubmitTemplate,
    Subscribe,
    SyncTemplates,
    Typing,
    Unsubscribe,
)
from channels.kit import templates
from channels.kit.graph import Graph
from channels.kit.intents import unsupported
from channels.kit.messaging import accounts, files
from channels.kit.messaging.profiles import fetch_profile
from channels.kit.messaging.sending import Sender
from channels.messenger.errors import answer_of, meaning_of

KINDS = frozenset(
    ("text", "image", "video", "audio", "document", "sticker", "buttons", "cards", "template", "reaction", "comment")
)
FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_deliveries",
    "message_reads",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_account_linking",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
    "message_template_status_update",
    "response_feedback",
    "send_cart",
    "feed",
    "mention",
)
"""What the Page's events are asked for by: https://developers.facebook.com/docs/messenger-platform/webhooks (5 May 2026)."""

PERMISSIONS = ("pages_messaging", "pages_manage_metadata", "pages_read_engagement")
"""What the Page's token needs; the last is for comments."""

_TEMPLATE_FIELDS = "id,name,status,category,language,components,rejected_reason,parameter_format"


def call(intent: Intent, account: Account, credentials: Credentials) -> Call:
    """Yield the requests that fulfil an intent, return its result. Raises SendError."""
    graph, page = Graph.of(account, credentials), account.external_id
    sender = Sender(
        graph=graph,
        node=page,
        person_kind="psid",
        meaning_of=meaning_of,
        kinds=KINDS,
        upload_form={},
        answers="comments",
        echoes_metadata=True,
    )
    match intent:
        case Send():
            return sender.send(intent)
        case MarkRead():
            return sender.act(intent.to, "mark_seen")
        case Typing():
            return sender.act(intent.to, "typing_on")
        case FetchMedia():
            return files.fetch(intent, graph, meaning_of)
        case FetchProfile():
            return fetch_profile(
                intent, graph, meaning_of, person_kind="psid", fields="first_name,last_name,name,profile_pic"
            )
        case SyncTemplates():
            return templates.sync(graph, page, fields=_TEMPLATE_FIELDS, answer_of=answer_of)
        case SubmitTemplate():
            return templates.submit(intent, graph, page, answer_of=answer_of)
        case DeleteTemplate():
            return templates.delete(intent, graph, page, answer_of=answer_of)
        case Check():
            return accounts.check(
                graph,
                page,
                page,
                external_id=page,
                fields="id,name,username",
                wanted=FIELDS,
                answer_of=answer_of,
                permissions=PERMISSIONS,
            )
        case Subscribe():
            return accounts.subscribe(graph, page, fields=FIELDS, answer_of=answer_of)
        case Unsubscribe():
            return accounts.unsubscribe(graph, page, answer_of=answer_of)
        case _:
            return unsupported(intent)

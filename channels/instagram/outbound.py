"""Turn an intent into Graph requests and their answers into a result, without touching a network.

Source: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api and
https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/send-message (2 Jul 2026).
"""

from __future__ import annotations

from channels.contract import (
    Account,
    Call,
    Check,
    Credentials,
    FetchMedia,
    FetchProfile,
    Intent,
    MarkRead,
    RefreshToken,
    ResponseUnexpected,
    Send,
    Subscribe,
    TokenRefreshed,
    Typing,
    Unsubscribe,
)
from channels.instagram.errors import answer_of, meaning_of
from channels.instagram.login import INSTAGRAM, login_of, node_of
from channels.kit.graph import Graph
from channels.kit.intents import unsupported
from channels.kit.messaging import accounts, files
from channels.kit.messaging.profiles import fetch_profile
from channels.kit.messaging.sending import Sender
from channels.kit.tolerant import integer, text

KINDS = frozenset(("text", "image", "video", "audio", "document", "buttons", "cards", "reaction", "comment"))
FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "messaging_optins",
    "messaging_handover",
    "standby",
    "comments",
    "live_comments",
)
"""What an Instagram Login account's events are asked for by: https://developers.facebook.com/docs/instagram-platform/webhooks (2026)."""

PAGE_FIELDS = ("messages",)
"""With Facebook Login the Page only has to install the app; which Instagram fields are sent is chosen in the app's dashboard."""

PERMISSIONS = ("instagram_basic", "instagram_manage_messages", "instagram_manage_comments", "pages_manage_metadata")
"""What the linked Page's token needs. The host of Instagram Login does not tell a token's permissions."""

_PROFILE = "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user"


def call(intent: Intent, account: Account, credentials: Credentials) -> Call:
    """Yield the requests that fulfil an intent, return its result. Raises SendError."""
    graph, node = Graph.of(account, credentials), node_of(account)
    by_instagram = login_of(account) == INSTAGRAM
    fields = FIELDS if by_instagram else PAGE_FIELDS
    sender = Sender(
        graph=graph,
        node=node,
        person_kind="igsid",
        meaning_of=meaning_of,
        kinds=KINDS,
        upload_form={"platform": "instagram"},
        answers="replies",
        echoes_metadata=False,
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
            return fetch_profile(intent, graph, meaning_of, person_kind="igsid", fields=_PROFILE)
        case Check():
            return accounts.check(
                graph,
                "me" if by_instagram else account.external_id,
                node,
                external_id=account.external_id,
                fields="user_id,username,name,account_type" if by_instagram else "id,username,name",
                wanted=fields,
                answer_of=answer_of,
                permissions=() if by_instagram else PERMISSIONS,
            )
        case Subscribe():
            return accounts.subscribe(graph, node, fields=fields, answer_of=answer_of)
        case Unsubscribe():
            if by_instagram:
                return accounts.unsubscribe(graph, node, answer_of=answer_of)
            return accounts.leave(graph, node, fields=fields, answer_of=answer_of)
        case RefreshToken():
            return _refresh(graph) if by_instagram else unsupported(intent)
        case _:
            return unsupported(intent)


def _refresh(graph: Graph) -> Call:
    """Renew a long-lived token: it has to be 24 h old and not yet expired, and then lives another 60 days.

    Source: https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token (2026).
    """
    answer = answer_of((yield graph.unversioned("refresh_access_token", grant_type="ig_refresh_token")))
    token = text(answer.get("access_token"))
    if not token:
        raise ResponseUnexpected("the answer has no token")
    return TokenRefreshed(token, integer(answer.get("expires_in")))

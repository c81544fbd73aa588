"""Ask who a person is.

Source: https://developers.facebook.com/docs/messenger-platform/identity/user-profile (2026).
"""

from __future__ import annotations

from channels.contract import Call, FetchProfile, MediaRef, Person, ProfileSeen, Rejected
from channels.kit.graph import Graph
from channels.kit.graph_errors import MeaningOf, answer_of
from channels.kit.tolerant import integer, text, without_empty

_FLAGS = ("is_user_follow_business", "is_business_follow_user", "is_verified_user")


def fetch_profile(intent: FetchProfile, graph: Graph, meaning_of: MeaningOf, *, person_kind: str, fields: str) -> Call:
    """Return name, picture and what else is told; all of it may be missing. Raises Rejected for a person without an id of ours."""
    keys = [key for key in intent.person.keys if key.kind == person_kind]
    if not keys:
        raise Rejected("no id to ask by", code="profile_unavailable")
    answer = answer_of((yield graph.get(keys[0].value, fields=fields)), meaning_of)
    parts = (text(answer.get("first_name")), text(answer.get("last_name")))
    name = text(answer.get("name")) or " ".join(part for part in parts if part)
    picture = text(answer.get("profile_pic"))
    flags = {flag: answer[flag] for flag in _FLAGS if isinstance(answer.get(flag), bool)}
    return ProfileSeen(
        person=Person(tuple(keys), name, text(answer.get("username")), text(answer.get("locale"))),
        avatar=MediaRef("", picture) if picture else None,
        facts=without_empty({"follower_count": integer(answer.get("follower_count")), **flags}),
    )

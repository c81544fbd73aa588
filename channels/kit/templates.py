"""Read the message templates that hang on a node of the Graph API: a WhatsApp business account's, a Page's.

Source: https://developers.facebook.com/docs/graph-api/reference/page/message_templates (v26.0).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Call, Json, PlatformResponse, ResponseUnexpected, TemplateSeen, TemplatesSeen
from channels.kit.graph import Graph, next_cursor
from channels.kit.tolerant import identifier, obj, objects, text

_PAGE_SIZE = 100
_MOST_PAGES = 1000


def sync(graph: Graph, owner: str, *, fields: str, answer_of: Callable[[PlatformResponse], Json]) -> Call:
    """Return every template of the owner, page after page. Statuses, categories and qualities in lower case."""
    seen: list[TemplateSeen] = []
    query = {"fields": fields, "limit": str(_PAGE_SIZE)}
    for _ in range(_MOST_PAGES):
        answer = answer_of((yield graph.get(owner, "message_templates", **query)))
        seen += [_template(raw) for raw in objects(answer.get("data")) if text(raw.get("name"))]
        cursor = next_cursor(answer)
        if not cursor:
            return TemplatesSeen(tuple(seen))
        if cursor == query.get("after"):
            break
        query["after"] = cursor
    raise ResponseUnexpected("the list of templates has no end")


def _template(raw: Json) -> TemplateSeen:
    reason = text(raw.get("rejected_reason"))
    return TemplateSeen(
        external_id=identifier(raw.get("id")),
        name=text(raw.get("name")),
        language=text(raw.get("language")).replace("-", "_"),
        category=text(raw.get("category")).lower(),
        status=text(raw.get("status")).lower(),
        components=tuple(objects(raw.get("components"))),
        quality=text(obj(raw.get("quality_score")).get("score")).lower(),
        rejected_reason="" if reason == "NONE" else reason.lower(),
        parameter_format=text(raw.get("parameter_format")).lower() or "positional",
    )

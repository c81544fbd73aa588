"""Read the templates of a WhatsApp business account.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management (read Dec 2025).
"""

from __future__ import annotations

from channels.contract import Call, Json, ResponseUnexpected, TemplateSeen, TemplatesSeen
from channels.kit.graph import Graph, next_cursor
from channels.kit.tolerant import identifier, obj, objects, text
from channels.whatsapp.errors import answer_of

_FIELDS = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format"
_PAGE_SIZE = 100
_MOST_PAGES = 1000


def sync(graph: Graph, waba: str) -> Call:
    """Return every template of the account, page after page. Statuses, categories and qualities in lower case."""
    seen: list[TemplateSeen] = []
    query = {"fields": _FIELDS, "limit": str(_PAGE_SIZE)}
    for _ in range(_MOST_PAGES):
        answer = answer_of((yield graph.get(waba, "message_templates", **query)))
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

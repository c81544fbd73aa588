"""The message templates that hang on a node of the Graph API, a WhatsApp business account's or a Page's: list, hand in, delete.

Source: https://developers.facebook.com/docs/graph-api/reference/page/message_templates (v26.0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.contract import (
    Call,
    DeleteTemplate,
    Done,
    Json,
    PlatformResponse,
    ResponseUnexpected,
    SubmitTemplate,
    TemplateSeen,
    TemplatesSeen,
    TemplateSubmitted,
)
from channels.kit.graph import Graph, next_cursor, read_error, read_object
from channels.kit.template_form import components_of, form_of
from channels.kit.tolerant import identifier, obj, objects, text

AnswerOf = Callable[[PlatformResponse], Json]
_PAGE_SIZE = 100
_MOST_PAGES = 1000
_NOT_FOUND = 2593002


def sync(graph: Graph, owner: str, *, fields: str, answer_of: AnswerOf) -> Call:
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
        components=components_of(raw),
        quality=text(obj(raw.get("quality_score")).get("score")).lower(),
        rejected_reason="" if reason == "NONE" else reason.lower(),
        parameter_format=text(raw.get("parameter_format")).lower() or "positional",
    )


def submit(
    intent: SubmitTemplate, graph: Graph, owner: str, *, answer_of: AnswerOf, handles: Mapping[str, str] | None = None
) -> Call:
    """Hand a template in, or new wording for one. `handles` = {media_id: the platform's name of an uploaded sample}."""
    components = form_of(intent.components, intent.parameter_format, handles or {})
    body: Json = {"category": intent.category.upper(), "components": components}
    if intent.external_id:
        answer = answer_of((yield graph.post(intent.external_id, json=body)))
        return TemplateSubmitted(intent.external_id, category=text(answer.get("category")).lower())
    body |= {"name": intent.name, "language": intent.language, "parameter_format": intent.parameter_format}
    answer = answer_of((yield graph.post(owner, "message_templates", json=body)))
    external_id = identifier(answer.get("id"))
    if not external_id:
        raise ResponseUnexpected("the new template has no id")
    status, category = text(answer.get("status")).lower(), text(answer.get("category")).lower()
    return TemplateSubmitted(external_id, status or "pending", category)


def delete(intent: DeleteTemplate, graph: Graph, owner: str, *, answer_of: AnswerOf) -> Call:
    """Delete one language. What is not there is deleted."""
    query = {"name": intent.name, "hsm_id": intent.external_id}
    response = yield graph.delete(owner, "message_templates", query=query)
    error = read_error(read_object(response))
    if error is None or error.subcode != _NOT_FOUND:
        answer_of(response)
    return Done()

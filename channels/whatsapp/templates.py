"""The templates of a WhatsApp business account: listed, handed in for approval, deleted; their files go up before they do.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management (read Dec 2025);
https://developers.facebook.com/docs/graph-api/guides/upload (resumable uploads).
"""

from __future__ import annotations

from collections.abc import Generator

from channels.contract import (
    Call,
    DeleteTemplate,
    Json,
    MediaHandle,
    OutboundMessage,
    PlatformRequest,
    PlatformResponse,
    ResponseUnexpected,
    SubmitTemplate,
)
from channels.kit import templates
from channels.kit.graph import Graph
from channels.kit.tolerant import identifier, obj, objects, text
from channels.whatsapp import media
from channels.whatsapp.errors import answer_of

_FIELDS = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format"


def sync(graph: Graph, waba: str) -> Call:
    """Return every template of the account."""
    return templates.sync(graph, waba, fields=_FIELDS, answer_of=answer_of)


def submit(intent: SubmitTemplate, graph: Graph, waba: str) -> Call:
    """Hand a template in. Sample files go to the app that the token is of, by the resumable upload."""
    handles: dict[str, str] = {}
    if intent.samples:
        app = identifier(answer_of((yield graph.get("app", fields="id"))).get("id"))
        for sample in intent.samples:
            handles[sample.media_id] = yield from _handle_of(sample, graph, app)
    return (yield from templates.submit(intent, graph, waba, answer_of=answer_of, handles=handles))


def delete(intent: DeleteTemplate, graph: Graph, waba: str) -> Call:
    return templates.delete(intent, graph, waba, answer_of=answer_of)


def _handle_of(sample: MediaHandle, graph: Graph, app: str) -> Generator[PlatformRequest, PlatformResponse, str]:
    about = {"file_name": sample.filename, "file_length": str(sample.size_bytes), "file_type": sample.mime}
    session = identifier(answer_of((yield graph.post(app, "uploads", json={}, query=about))).get("id"))
    if not session:
        raise ResponseUnexpected("the upload got no session")
    answer = answer_of((yield graph.stream(session, media=sample, headers={"file_offset": "0"})))
    handle = text(answer.get("h"))
    if not handle:
        raise ResponseUnexpected("the upload was answered without a handle")
    return handle


def upload_files(
    message: OutboundMessage, graph: Graph, number: str
) -> Generator[PlatformRequest, PlatformResponse, dict[str, str]]:
    """Return {media_id: WhatsApp's id} of the files that a template shows, uploading what is not up there yet."""
    found: dict[str, str] = {}
    for file in message.files:
        found[file.media_id] = file.platform_id or (yield from media.upload(file, graph, number))
    return found


def with_files(components: list[Json], ids: dict[str, str]) -> list[Json]:
    """Return send components in which every `media_id` of ours has become WhatsApp's `id`."""
    return [_with_files(component, ids) for component in components]


def _with_files(component: Json, ids: dict[str, str]) -> Json:
    changed = dict(component)
    if parameters := objects(component.get("parameters")):
        changed["parameters"] = [_parameter(each, ids) for each in parameters]
    if cards := objects(component.get("cards")):
        changed["cards"] = [{**card, "components": with_files(objects(card.get("components")), ids)} for card in cards]
    return changed


def _parameter(parameter: Json, ids: dict[str, str]) -> Json:
    kind = text(parameter.get("type"))
    file = obj(parameter.get(kind))
    media_id = text(file.get("media_id"))
    if not media_id:
        return parameter
    rest = {name: value for name, value in file.items() if name != "media_id"}
    return {**parameter, kind: {**rest, "id": ids.get(media_id, "")}}

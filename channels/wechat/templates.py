"""Template messages and subscription notifications: what goes out outside of a reply window, and the list of what may.

Both kinds have templates of named places, `{{thing1.DATA}}`, and no languages. A subscription's name starts with `subscription:`, since
it goes another way, costs a consent that the customer gave for this very template, and has ids of its own.

Source: https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html and
https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html (read Nov 2026).
"""

from __future__ import annotations

import re

from channels.contract import (
    Call,
    CredentialsInvalid,
    Json,
    OutboundMessage,
    PlatformRequest,
    TemplateSeen,
    TemplatesSeen,
)
from channels.kit.tolerant import identifier, integer, objects, text, without_empty
from channels.wechat.api import Api
from channels.wechat.errors import ACCOUNT_KIND_REFUSED

SUBSCRIPTION = "subscription:"
_SEND, _SEND_SUBSCRIPTION = "/cgi-bin/message/template/send", "/cgi-bin/message/subscribe/bizsend"
_LIST, _LIST_SUBSCRIPTIONS = "/cgi-bin/template/get_all_private_template", "/wxaapi/newtmpl/gettemplate"
_PLACE = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
_LASTING = {2: "one_time", 3: "long_term"}


def is_subscription(message: OutboundMessage) -> bool:
    return text(message.content.get("name")).startswith(SUBSCRIPTION)


def request(message: OutboundMessage, openid: str, callback: str, api: Api) -> PlatformRequest:
    """Return the request that sends a template. With `callback` the platform sends a template message once within 10 minutes."""
    name = text(message.content.get("name"))
    body = {"touser": openid, "template_id": name.removeprefix(SUBSCRIPTION), **_components(message)}
    if is_subscription(message):
        if "url" in body:
            body["page"] = body.pop("url")
        return api.post(_SEND_SUBSCRIPTION, body, delivers=True)
    if callback:
        body["client_msg_id"] = callback
    return api.post(_SEND, body, delivers=True)


def _components(message: OutboundMessage) -> Json:
    """Read `{type: body, parameters: [{parameter_name, text}]}`, and where a tap leads: {type: button, url} or {…, app_id, path}."""
    fields: Json = {}
    data: Json = {}
    for component in objects(message.content.get("components")):
        if component.get("type") == "button":
            page = without_empty({"appid": text(component.get("app_id")), "pagepath": text(component.get("path"))})
            fields |= without_empty({"url": text(component.get("url")), "miniprogram": page})
            continue
        for parameter in objects(component.get("parameters")):
            data[text(parameter.get("parameter_name"))] = {"value": text(parameter.get("text"))}
    return {**fields, "data": data}


def sync(api: Api) -> Call:
    """Return the templates of both kinds. An account without the right to one kind has none of that kind."""
    seen: list[TemplateSeen] = []
    for path, member, category in ((_LIST, "template_list", "template"), (_LIST_SUBSCRIPTIONS, "data", "subscription")):
        try:
            answer = yield from api.ask(api.get(path))
        except CredentialsInvalid as error:
            if error.code != ACCOUNT_KIND_REFUSED.code:
                raise
            continue
        seen += [found for raw in objects(answer.get(member)) if (found := _seen(raw, category)) is not None]
    return TemplatesSeen(tuple(seen))


def _seen(raw: Json, category: str) -> TemplateSeen | None:
    template_id = identifier(raw.get("template_id")) or identifier(raw.get("priTmplId"))
    if not template_id:
        return None
    said = _PLACE.sub(lambda place: "{{" + place[1] + "}}", text(raw.get("content")))
    components: list[Json] = [{"type": "body", "text": said, "example": text(raw.get("example"))}]
    if title := text(raw.get("title")):
        components.insert(0, {"type": "header", "format": "text", "text": title})
    lasting = _LASTING.get(integer(raw.get("type")) or 0, "")
    subscription = category == "subscription"
    return TemplateSeen(
        external_id=template_id,
        name=f"{SUBSCRIPTION}{template_id}" if subscription else template_id,
        language="zh_CN",
        category=f"{category}_{lasting}" if subscription and lasting else category,
        status="approved",
        components=tuple(components),
        parameter_format="named",
    )

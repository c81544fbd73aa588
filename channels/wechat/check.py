"""Ask WeChat how an account is: token and allowed address, the right to answer and what is left of it today, templates.

Source: https://developers.weixin.qq.com/doc/service/api/base/ and https://developer.work.weixin.qq.com/document/path/94661 (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Generator

from channels.contract import (
    Call,
    Checked,
    CheckItem,
    Json,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    SendError,
    Throttled,
    TokenRejected,
)
from channels.kit.tolerant import integer, items, obj, objects, text, without_empty
from channels.wechat.api import Api

_CUSTOM = "/cgi-bin/message/custom/send"
_ACCOUNTS = "/cgi-bin/kf/account/list"
_PAGE_SIZE, _MOST_ACCOUNTS = 100, 5000
_FEW = 0.9
"""From this share of the day's calls on there is something to warn of."""


def check(api: Api) -> Call:
    """Return one line per thing that can be wrong. A refusal is a line; a platform that is down or too busy raises."""
    addresses = yield from _ask(api, api.get("/cgi-bin/getcallbackip"))
    if isinstance(addresses, SendError):
        return Checked((_refused("token", addresses),))
    quota = yield from _ask(api, api.post("/cgi-bin/openapi/quota/get", {"cgi_path": _CUSTOM}))
    templates = yield from _ask(api, api.get("/cgi-bin/template/get_all_private_template"))
    facts = {} if isinstance(quota, SendError) else _quota(quota)
    facts["callback_addresses"] = [text(address) for address in items(addresses.get("ip_list"))]
    lines = (CheckItem("token", "ok"), _sending(quota), _templates(templates))
    return Checked(lines, without_empty(facts))


def check_kf(api: Api, open_kfid: str) -> Call:
    """Return whether the token works and the customer service account is among those that the app may use."""
    found: Json | None = None
    for offset in range(0, _MOST_ACCOUNTS, _PAGE_SIZE):
        answer = yield from _ask(api, api.post(_ACCOUNTS, {"offset": offset, "limit": _PAGE_SIZE}))
        if isinstance(answer, SendError):
            return Checked((_refused("token", answer),))
        accounts = objects(answer.get("account_list"))
        found = next((one for one in accounts if one.get("open_kfid") == open_kfid), None)
        if found or len(accounts) < _PAGE_SIZE:
            break
    service = CheckItem("service_account", "ok" if found else "error")
    manageable = found is None or found.get("manage_privilege") is not False
    facts = without_empty({"name": text(obj(found).get("name"))})
    lines = (CheckItem("token", "ok"), service, CheckItem("sending", "ok" if manageable else "error"))
    return Checked(lines, facts)


def _ask(api: Api, request: PlatformRequest) -> Generator[PlatformRequest, PlatformResponse, Json | SendError]:
    try:
        return (yield from api.ask(request))
    except (Throttled, PlatformDown, TokenRejected):
        raise
    except SendError as error:
        return error


def _refused(code: str, error: SendError) -> CheckItem:
    return CheckItem(code, "error", {"code": error.code, "external_code": error.external_code, "text": error.text})


def _quota(answer: Json) -> Json:
    quota = obj(answer.get("quota"))
    return {"messages_per_day": integer(quota.get("daily_limit")), "messages_today": integer(quota.get("used"))}


def _sending(answer: Json | SendError) -> CheckItem:
    if isinstance(answer, SendError):
        return _refused("sending", answer)
    quota = _quota(answer)
    most, used = quota["messages_per_day"] or 0, quota["messages_today"] or 0
    return CheckItem("sending", "warning" if most and used >= most * _FEW else "ok", without_empty(quota))


def _templates(answer: Json | SendError) -> CheckItem:
    """Without the right to send templates an account can still answer, so it is no error."""
    if isinstance(answer, SendError):
        return CheckItem("templates", "warning", _refused("templates", answer).params)
    return CheckItem("templates", "ok", {"count": len(objects(answer.get("template_list")))})

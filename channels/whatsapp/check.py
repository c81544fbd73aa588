"""Ask WhatsApp how an account is: token, number, quality, throughput, subscription, health.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers (read Dec 2025).
"""

from __future__ import annotations

from typing import Literal

from channels.contract import (
    Call,
    Checked,
    CheckItem,
    Json,
    PlatformObject,
    SendError,
)
from channels.kit.checks import ask, refused
from channels.kit.graph import Graph
from channels.kit.token_check import look_at_token
from channels.kit.tolerant import identifier, obj, objects, text, without_empty
from channels.whatsapp.errors import answer_of

State = Literal["ok", "warning", "error"]

_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,throughput,"
    "platform_type,whatsapp_business_manager_messaging_limit,webhook_configuration,health_status"
)
PERMISSIONS = ("whatsapp_business_messaging", "whatsapp_business_management")
_STATUSES: dict[str, State] = {"CONNECTED": "ok", "PENDING": "warning", "FLAGGED": "warning", "RATE_LIMITED": "warning"}
_QUALITIES: dict[str, State] = {"YELLOW": "warning", "RED": "error"}
_HEALTH: dict[str, State] = {"AVAILABLE": "ok", "LIMITED": "warning", "BLOCKED": "error"}
_PER_SECOND = {"STANDARD": 80, "HIGH": 1000}


def check(graph: Graph, number: str, waba: str) -> Call:
    """Return one line per thing that can be wrong. A refusal is a line; a platform that is down or too busy raises."""
    info = yield from ask(graph.get(number, fields=_FIELDS), answer_of)
    if isinstance(info, SendError):
        return Checked((refused("token", info),))
    apps = yield from ask(graph.get(waba, "subscribed_apps"), answer_of)
    permissions, told = yield from look_at_token(graph, PERMISSIONS, answer_of)
    lines = (CheckItem("token", "ok"), *_number_items(info), _subscription(apps), permissions)
    business = yield from ask(graph.get(waba, fields="owner_business_info"), answer_of)
    return Checked(lines, _facts(info, apps) | told, _portfolio(business))


def _portfolio(business: Json | SendError) -> PlatformObject | None:
    """Source: https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account; not every token is told."""
    owner = {} if isinstance(business, SendError) else obj(business.get("owner_business_info"))
    found = identifier(owner.get("id"))
    return PlatformObject("portfolio", found) if found else None


def _number_items(info: Json) -> tuple[CheckItem, ...]:
    status, quality = text(info.get("status")), text(info.get("quality_rating"))
    name_status, level = text(info.get("name_status")), text(obj(info.get("throughput")).get("level"))
    health = obj(info.get("health_status"))
    sending = text(health.get("can_send_message"))
    return (
        CheckItem("number", _STATUSES.get(status, "error") if status else "ok", {"status": status.lower()}),
        CheckItem("quality", _QUALITIES.get(quality, "ok"), {"quality": quality.lower()}),
        CheckItem("display_name", "error" if name_status == "DECLINED" else "ok", {"status": name_status.lower()}),
        CheckItem("throughput", "ok", {"level": level.lower()}),
        CheckItem("health", _HEALTH.get(sending, "ok"), {"status": sending.lower(), "reasons": _reasons(health)}),
    )


def _reasons(health: Json) -> list[str]:
    """Return the platform's sentences on what keeps an entity (number, WABA, portfolio, app) from sending."""
    errors = [error for entity in objects(health.get("entities")) for error in objects(entity.get("errors"))]
    return [said for error in errors if (said := text(error.get("error_description")))]


def _subscription(apps: Json | SendError) -> CheckItem:
    if isinstance(apps, SendError):
        return refused("subscription", apps)
    return CheckItem("subscription", "ok" if objects(apps.get("data")) else "error")


def _facts(info: Json, apps: Json | SendError) -> Json:
    level = text(obj(info.get("throughput")).get("level"))
    overrides = (
        [] if isinstance(apps, SendError) else [app.get("override_callback_uri") for app in objects(apps.get("data"))]
    )
    return without_empty(
        {
            "display_phone_number": text(info.get("display_phone_number")),
            "verified_name": text(info.get("verified_name")),
            "quality": text(info.get("quality_rating")).lower(),
            "messaging_limit": text(info.get("whatsapp_business_manager_messaging_limit")).lower(),
            "per_second": _PER_SECOND.get(level),
            "platform_type": text(info.get("platform_type")).lower(),
            "callback_url": next((found for override in overrides if (found := text(override))), "")
            or text(obj(info.get("webhook_configuration")).get("application")),
        }
    )

"""The business account's edges: numbers, subscription with its handshake, templates.

Source: Meta's "Override webhooks", "Business phone numbers" and "Message templates" pages (2025–2026).
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from channels.sandbox.emulator import Update
from channels.sandbox.graph.calls import paged, pick
from channels.sandbox.graph.webhooks import verify_callback
from channels.sandbox.host import numeric_id
from channels.whatsapp.sandbox import templates
from channels.whatsapp.sandbox.calls import Call
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.phone import DEFAULT_FIELDS, facts

REVIEW_S = 1.5


async def read(call: Call) -> Response:
    whole = {
        "id": call.waba["id"],
        "name": call.waba["name"],
        "timezone_id": "58",
        "currency": "HKD",
        "country": "HK",
        "status": "ACTIVE",
        "message_template_namespace": "a1b2c3d4_tin_kettle",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "owner_business_info": {"id": call.waba["business_id"], "name": call.waba["name"]},
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
    }
    return JSONResponse(
        pick(whole, call.query.get("fields", ""), ("id", "name", "timezone_id", "message_template_namespace"))
    )


async def phone_numbers(call: Call) -> Response:
    fields = call.query.get("fields", "")
    rows = [pick(facts(call, account), fields, DEFAULT_FIELDS) for account in call.platform.accounts_of(call.waba)]
    return JSONResponse(paged(rows, call.query))


async def subscribe(call: Call) -> Response:
    """Subscribe the app, with or without a callback of its own for this business account."""
    params = await call.params()
    url, token = str(params.get("override_callback_uri") or ""), str(params.get("verify_token") or "")
    if url:
        await verify_callback(call.host, call.account, url, token, named="override_callback_uri")
    call.waba["subscribed"] = True
    call.waba["callback_url"] = url
    call.host.store.touch()
    call.host.live.tell("accounts", {})
    return JSONResponse({"success": True})


async def subscriptions(call: Call) -> Response:
    if not call.waba["subscribed"]:
        return JSONResponse({"data": []})
    app = {
        "link": f"https://www.facebook.com/games/?app_id={call.waba['app_id']}",
        "name": "Hawker",
        "id": call.waba["app_id"],
    }
    row: Json = {"whatsapp_business_api_data": app}
    if call.waba["callback_url"]:
        row["override_callback_uri"] = call.waba["callback_url"]
    return JSONResponse({"data": [row]})


async def unsubscribe(call: Call) -> Response:
    call.waba["subscribed"] = False
    call.waba["callback_url"] = ""
    call.host.store.touch()
    return JSONResponse({"success": True})


async def list_templates(call: Call) -> Response:
    rows = templates.listed(call.waba["templates"].values(), call.query)
    answer = paged(rows, call.query)
    if "summary" in call.query or "summary_fields" in call.query:
        answer["summary"] = {
            "total_count": len(rows),
            "message_template_count": len(call.waba["templates"]),
            "message_template_limit": 6000,
            "are_translations_complete": True,
        }
    return JSONResponse(answer)


async def create_template(call: Call) -> Response:
    """Take a template into review; it is approved shortly after, or rejected if its name says so."""
    new = templates.check_new(await call.params())
    known = call.waba["templates"].values()
    if any(old["name"] == new["name"] and old["language"] == new["language"] for old in known):
        raise GraphError(
            100, subcode=2388024, message="(#100) There is already content in this language for this template."
        )
    template: Json = {"id": numeric_id(16), **new, "status": "PENDING"}
    call.waba["templates"][template["id"]] = template
    call.host.store.touch()
    call.host.later(REVIEW_S, lambda: review(call, template))
    return JSONResponse({"id": template["id"], "status": "PENDING", "category": template["category"]})


def review(call: Call, template: Json) -> None:
    """Decide, and tell the business; names that contain "reject" are rejected."""
    rejected = "reject" in template["name"]
    template["status"] = "REJECTED" if rejected else "APPROVED"
    template["rejected_reason"] = "INVALID_FORMAT" if rejected else "NONE"
    call.host.store.touch()
    value = {
        "event": template["status"],
        "message_template_id": int(template["id"]),
        "message_template_name": template["name"],
        "message_template_language": template["language"],
        "message_template_category": template["category"],
        "reason": template["rejected_reason"],
    }
    payload = {"field": "message_template_status_update", "value": value}
    call.host.post(
        Update(call.account, f"{call.waba['id']} templates", f"template · {template['status'].lower()}", payload)
    )


async def delete_template(call: Call) -> Response:
    name, template_id = call.query.get("name", ""), call.query.get("hsm_id", "")
    known: dict[str, Json] = call.waba["templates"]
    found = [key for key, row in known.items() if row["name"] == name and template_id in ("", key)]
    if not found:
        raise GraphError(100, subcode=2593002, message="(#100) Message template not found.")
    for key in found:
        del known[key]
    call.host.store.touch()
    return JSONResponse({"success": True})


async def read_template(call: Call) -> Response:
    assert call.node.template is not None
    fields = [name for name in call.query.get("fields", "").split(",") if name] or templates.DEFAULT_FIELDS
    return JSONResponse(templates.shown(call.node.template, fields))


async def edit_template(call: Call) -> Response:
    """Replace the components; approved, rejected and paused templates may be edited and go through review again."""
    template = call.node.template
    assert template is not None
    if template["status"] not in ("APPROVED", "REJECTED", "PAUSED"):
        raise GraphError(100, message="(#100) Only approved, rejected or paused templates can be edited.")
    params = await call.params()
    checked = templates.check_new({**template, **params})
    template.update(components=checked["components"], category=checked["category"], status="PENDING")
    call.host.store.touch()
    call.host.later(REVIEW_S, lambda: review(call, template))
    return JSONResponse(
        {"success": True, "id": template["id"], "name": template["name"], "category": template["category"]}
    )


async def unpause_template(call: Call) -> Response:
    template = call.node.template
    assert template is not None
    if template["status"] != "PAUSED":
        return JSONResponse({"success": False, "reason": "The template is not paused."})
    template["status"] = "APPROVED"
    call.host.store.touch()
    return JSONResponse({"success": True})

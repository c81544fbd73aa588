"""The number's edges: facts, profile, settings, commerce, registration, blocked users, own callback.

Source: Meta's "Phone numbers", "Business profiles", "Block users" and "Commerce settings" pages (2025–2026).
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.calls import TRUE, paged, pick
from channels.sandbox.graph.webhooks import verify_callback
from channels.sandbox.world import Account, Customer
from channels.whatsapp.sandbox import people
from channels.whatsapp.sandbox.calls import Call
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json, Part

DEFAULT_FIELDS = (
    "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput", "id",
)  # fmt: skip
WINDOW_S = 86_400
PROFILE_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}


def facts(call: Call, account: Account) -> Json:
    """Return every field of a number; callers pick."""
    fast = float(account.settings.get("throughput_per_second", 80)) >= 1000
    webhook: Json = {"application": account.webhook_url}
    if call.waba["callback_url"]:
        webhook["whatsapp_business_account"] = call.waba["callback_url"]
    if account.settings.get("callback_url"):
        webhook["phone_number"] = account.settings["callback_url"]
    return {
        "id": account.external_id,
        "verified_name": account.name,
        "display_phone_number": spaced(account.phone),
        "code_verification_status": "VERIFIED",
        "quality_rating": account.settings.get("quality_rating", "GREEN"),
        "quality_score": {"score": account.settings.get("quality_rating", "GREEN")},
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if fast else "STANDARD"},
        "status": account.settings.get("status", "CONNECTED"),
        "name_status": "APPROVED",
        "new_name_status": "NONE",
        "account_mode": "SANDBOX",
        "is_official_business_account": False,
        "is_pin_enabled": True,
        "is_on_biz_app": bool(account.settings.get("coexistence", True)),
        "whatsapp_business_manager_messaging_limit": "TIER_100K",
        "messaging_limit_tier": "TIER_100K",
        "webhook_configuration": webhook,
        "health_status": {
            "can_send_message": account.settings.get("can_send", "AVAILABLE"),
            "entities": [
                {"entity_type": "PHONE_NUMBER", "id": account.external_id, "can_send_message": account.settings.get("can_send", "AVAILABLE")},
                {"entity_type": "WABA", "id": call.waba["id"], "can_send_message": "AVAILABLE"},
                {"entity_type": "APP", "id": call.waba["app_id"], "can_send_message": "AVAILABLE"},
            ],
        },
    }  # fmt: skip


def spaced(phone: str) -> str:
    """Return digits as people write them: +852 5550 0100."""
    code = people.calling_code(phone)
    rest = phone[len(code) :]
    half = (len(rest) + 1) // 2
    return f"+{code} {rest[:half]} {rest[half:]}".replace("+ ", "+")


async def read(call: Call) -> Response:
    return JSONResponse(pick(facts(call, call.account), call.query.get("fields", ""), DEFAULT_FIELDS))


async def change(call: Call) -> Response:
    """Set or delete the number's own callback; a new display name goes into review."""
    params = await call.params()
    if isinstance(params.get("webhook_configuration"), dict):
        configuration = params["webhook_configuration"]
        url = str(configuration.get("override_callback_uri") or "")
        if url:
            await verify_callback(
                call.host,
                call.account,
                url,
                str(configuration.get("verify_token") or ""),
                named="override_callback_uri",
            )
        call.account.settings["callback_url"] = url
        call.host.store.touch()
    return JSONResponse({"success": True})


async def register(call: Call) -> Response:
    params = await call.params()
    pin = str(params.get("pin") or "")
    if params.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if len(pin) != 6 or not pin.isdigit():
        raise GraphError(100, message="(#100) Param pin must be 6 characters long.")
    known = call.account.settings.setdefault("pin", pin)
    if known != pin:
        raise GraphError(133005)
    call.account.settings["registered"] = True
    call.host.store.touch()
    return JSONResponse({"success": True})


async def deregister(call: Call) -> Response:
    call.account.settings["registered"] = False
    call.host.store.touch()
    return JSONResponse({"success": True})


async def read_profile(call: Call) -> Response:
    profile = {
        "messaging_product": "whatsapp",
        "vertical": "RETAIL",
        "about": "",
        **call.account.settings.get("profile", {}),
    }
    fields = [name for name in call.query.get("fields", "").split(",") if name]
    shown = {key: value for key, value in profile.items() if not fields or key in fields or key == "messaging_product"}
    return JSONResponse({"data": [shown]})


async def change_profile(call: Call) -> Response:
    part = Part(await call.params(), "$")
    for key, most in PROFILE_LIMITS.items():
        part.optional_text(key, most=most, code=100)
    websites = part.data.get("websites") or []
    if len(websites) > 2 or any(len(str(site)) > 256 for site in websites):
        raise GraphError(100, message="(#100) Param websites takes at most 2 addresses of 256 characters.")
    profile = call.account.settings.setdefault("profile", {})
    profile.update({key: value for key, value in part.data.items() if key != "messaging_product"})
    call.host.store.touch()
    return JSONResponse({"success": True})


async def read_settings(call: Call) -> Response:
    return JSONResponse(
        {
            "calling": {"status": "DISABLED", "call_icon_visibility": "DEFAULT"},
            "storage_configuration": {"status": "DEFAULT"},
            "user_identity_change": {"enable_identity_key_check": bool(call.account.settings.get("identity_check"))},
        }
    )


async def change_settings(call: Call) -> Response:
    params = await call.params()
    identity = params.get("user_identity_change")
    if isinstance(identity, dict):
        call.account.settings["identity_check"] = bool(identity.get("enable_identity_key_check"))
        call.host.store.touch()
    return JSONResponse({"success": True})


async def read_commerce(call: Call) -> Response:
    commerce = {"is_cart_enabled": True, "is_catalog_visible": False, **call.account.settings.get("commerce", {})}
    return JSONResponse({"data": [{**commerce, "id": "600100200300"}]})


async def change_commerce(call: Call) -> Response:
    params = await call.params()
    commerce = call.account.settings.setdefault("commerce", {})
    commerce.update({key: params[key] in TRUE for key in ("is_cart_enabled", "is_catalog_visible") if key in params})
    call.host.store.touch()
    return JSONResponse({"success": True})


async def automation(call: Call) -> Response:
    call.account.settings["automation"] = await call.params()
    call.host.store.touch()
    return JSONResponse({"success": True})


async def blocked(call: Call) -> Response:
    rows = [
        {"messaging_product": "whatsapp", "input": customer.phone, "wa_id": customer.phone, "user_id": customer.user_id}
        for customer in call.host.world.customers.values()
        if customer.channel == "whatsapp" and call.host.world.chat(call.account, customer).blocked_by_account
    ]
    return JSONResponse(paged(rows, call.query))


async def block(call: Call) -> Response:
    return _block(call, await call.params(), block=True)


async def unblock(call: Call) -> Response:
    return _block(call, await call.params(), block=False)


def _block(call: Call, params: Json, *, block: bool) -> Response:
    """Block or unblock each; who has not written in 24 h cannot be blocked, and one failure makes the answer 400."""
    done, failed = [], []
    for part in Part(params, "$").parts("block_users", most=1000):
        wanted = str(part.data.get("user") or part.data.get("user_id") or "")
        customer = _customer(call, wanted)
        chat = call.host.world.chat(call.account, customer) if customer else None
        if customer is None or chat is None or (block and call.host.now() - chat.last_inbound_at > WINDOW_S):
            error = GraphError(131047) if customer else GraphError(131026)
            failed.append(
                {
                    "input": wanted,
                    "errors": [{"message": error.title, "code": error.code, "error_data": {"details": error.details}}],
                }
            )
            continue
        chat.blocked_by_account = block
        call.host.show_chat(chat)
        done.append({"input": wanted, "wa_id": customer.phone, "user_id": customer.user_id})
    answer: Json = {"messaging_product": "whatsapp", "block_users": {"added_users" if block else "removed_users": done}}
    if failed:
        answer["block_users"]["failed_users"] = failed
        error = GraphError(139100)
        answer["error"] = {
            "message": error.message,
            "type": "OAuthException",
            "code": error.code,
            "error_data": {"details": error.title},
            "fbtrace_id": "A1",
        }
    return JSONResponse(answer, 400 if failed else 200)


def _customer(call: Call, wanted: str) -> Customer | None:
    if "." in wanted:
        return people.find(call.host.world, "", wanted)
    return people.find(call.host.world, people.digits_of(wanted, call.account), "")

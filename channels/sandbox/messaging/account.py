"""The account's own edges: facts, subscriptions, profile of the chat window, personas, templates.

Source: Meta's "Page subscribed_apps", "Messenger Profile API", "Personas" and "Message templates" pages (2026).
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.calls import paged, pick
from channels.sandbox.graph.errors import Json
from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.graph.webhooks import verify_callback
from channels.sandbox.host import numeric_id
from channels.sandbox.messaging import utility
from channels.sandbox.messaging.calls import Call

PROFILE_PROPERTIES = (
    "get_started", "greeting", "ice_breakers", "persistent_menu", "commands", "whitelisted_domains", "account_linking_url",
)  # fmt: skip


def facts(call: Call) -> Json:
    """Return every field of a Page or an Instagram account; callers pick."""
    account = call.account
    if call.platform.flavour.object == "page":
        whole: Json = {"id": account.external_id, "name": account.name, "username": "tinkettle", "category": "Tea shop"}
        return {**whole, "link": f"https://www.facebook.com/{account.external_id}", "fan_count": 4120}
    return {
        "id": account.external_id,
        "user_id": account.external_id,
        "username": account.settings["username"],
        "name": account.name,
        "account_type": "BUSINESS",
        "followers_count": 8314,
        "media_count": len(call.room["posts"]),
    }


async def read(call: Call) -> Response:
    """Return the object. By Instagram Login `id` is another than `user_id`, which webhooks name."""
    whole = facts(call)
    page = call.platform.page_of(call.account)
    if call.node.kind == "sender" and page and call.platform.flavour.object != "page":
        whole = {"id": page["id"], "name": page["name"], "instagram_business_account": {"id": call.account.external_id}}
    elif call.platform.flavour.object != "page" and page is None:
        whole["id"] = call.account.settings["app_scoped_id"]
    return JSONResponse(pick(whole, call.query.get("fields", ""), ("id", "name")))


async def subscribe(call: Call) -> Response:
    """Install the app on the Page or account, for the fields named. Raises GraphError for a field that does not exist."""
    named = call.params.get("subscribed_fields")
    fields = (
        [str(one) for one in named] if isinstance(named, list) else [one for one in str(named or "").split(",") if one]
    )
    if not fields:
        raise refuse("The parameter subscribed_fields is required")
    known = {*call.platform.flavour.fields.values(), *OTHER_FIELDS}
    unknown = [one for one in fields if one not in known]
    if unknown:
        raise refuse(f"Param subscribed_fields must be one of {{{', '.join(sorted(known))}}} - got {unknown[0]!r}")
    call.platform.subscription(call.account)["subscribed_fields"] = fields
    _changed(call)
    return JSONResponse({"success": True})


OTHER_FIELDS = (
    "leadgen", "message_context", "messaging_game_plays", "messaging_customer_information", "name", "picture", "ratings",
    "story_insights", "inbox_labels", "messaging_feedback", "message_template_status_update",
)  # fmt: skip
"""Fields that exist and are never sent here."""


async def subscriptions(call: Call) -> Response:
    fields = call.platform.subscription(call.account)["subscribed_fields"]
    app = call.platform.app_of(call.account)
    row = {"id": app["id"], "name": app["name"], "link": "https://hawker.example/", "subscribed_fields": fields}
    return JSONResponse({"data": [row] if fields else []})


async def unsubscribe(call: Call) -> Response:
    call.platform.subscription(call.account)["subscribed_fields"] = []
    _changed(call)
    return JSONResponse({"success": True})


async def app_subscribe(call: Call) -> Response:
    """Set the app's callback for a kind of object, as the dashboard does: with the handshake."""
    top = Shape(call.params, "subscription")
    kind = top.one_of("object", ("page", "instagram", "user", "permissions"))
    url = top.url("callback_url")
    await verify_callback(
        call.host, call.account, url, str(call.params.get("verify_token") or ""), named="callback_url"
    )
    call.platform.app_of(call.account)["webhooks"][kind] = {
        "callback_url": url,
        "fields": [one for one in str(call.params.get("fields") or "").split(",") if one],
    }
    _changed(call)
    return JSONResponse({"success": True})


async def app_subscriptions(call: Call) -> Response:
    webhooks = call.platform.app_of(call.account)["webhooks"]
    return JSONResponse({"data": [{"object": kind, **webhook, "active": True} for kind, webhook in webhooks.items()]})


def _changed(call: Call) -> None:
    call.host.store.touch()
    call.host.live.tell("accounts", {})


async def read_profile(call: Call) -> Response:
    wanted = [name for name in call.query.get("fields", "").split(",") if name] or list(PROFILE_PROPERTIES)
    found = {name: call.room["profile"][name] for name in wanted if name in call.room["profile"]}
    return JSONResponse({"data": [found] if found else []})


async def change_profile(call: Call) -> Response:
    """Set what an empty chat shows: the first button, greeting, ice breakers, menu."""
    found = {name: call.params[name] for name in PROFILE_PROPERTIES if name in call.params}
    if not found:
        raise refuse("At least one messenger profile property is required")
    for menu in found.get("persistent_menu") or []:
        Shape(menu, "persistent_menu").parts("call_to_actions", most=20)
    if found.get("persistent_menu") and not any(one.get("locale") == "default" for one in found["persistent_menu"]):
        raise refuse("persistent_menu needs an entry of locale default")
    if len(found.get("ice_breakers") or []) > 4:
        raise refuse("Param ice_breakers must have at most 4 elements")
    call.room["profile"].update(found)
    call.host.store.touch()
    return JSONResponse({"result": "success"})


async def clear_profile(call: Call) -> Response:
    for name in call.params.get("fields") or []:
        call.room["profile"].pop(name, None)
    return JSONResponse({"result": "success"})


async def create_persona(call: Call) -> Response:
    top = Shape(call.params, "persona")
    persona = {
        "id": numeric_id(),
        "name": top.text("name", most=60),
        "profile_picture_url": top.url("profile_picture_url"),
    }
    call.room["personas"][persona["id"]] = persona
    return JSONResponse({"id": persona["id"]})


async def personas(call: Call) -> Response:
    return JSONResponse(paged(list(call.room["personas"].values()), call.query))


async def read_persona(call: Call) -> Response:
    return JSONResponse(call.room["personas"][call.node.id])


async def delete_persona(call: Call) -> Response:
    del call.room["personas"][call.node.id]
    return JSONResponse({"success": True})


async def list_templates(call: Call) -> Response:
    rows = [
        utility.shown(template, call.query.get("fields", ""))
        for template in call.room["templates"].values()
        if call.query.get("name", template["name"]) == template["name"]
    ]
    return JSONResponse(paged(rows, call.query))


async def create_template(call: Call) -> Response:
    """Take a template; it is approved within seconds, or rejected if its name says so."""
    new = utility.check_new(call.params)
    if any((old["name"], old["language"]) == (new["name"], new["language"]) for old in call.room["templates"].values()):
        raise refuse("There is already a template of this name in this language")
    template = {"id": numeric_id(16), **new, "status": "REJECTED" if "reject" in new["name"] else "APPROVED"}
    call.room["templates"][template["id"]] = template
    call.host.store.touch()
    return JSONResponse({key: template[key] for key in ("id", "status", "category")})


async def read_template(call: Call) -> Response:
    return JSONResponse(utility.shown(call.room["templates"][call.node.id], call.query.get("fields", "")))


async def delete_templates(call: Call) -> Response:
    name = call.query.get("name", "")
    found = [key for key, one in call.room["templates"].items() if one["name"] == name]
    if not found:
        raise refuse("Message template not found")
    for key in found:
        del call.room["templates"][key]
    return JSONResponse({"success": True})

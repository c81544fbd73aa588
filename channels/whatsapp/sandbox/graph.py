"""The Graph API's front door: addresses, tokens, objects, edges; every call is on the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from channels.sandbox.cut import CutLine
from channels.sandbox.graph.calls import ADDRESS, check_proof, token_of
from channels.sandbox.graph.door import log_call
from channels.sandbox.graph.errors import GraphError, no_such_edge, no_such_object, token_expired, token_refused
from channels.sandbox.host import Host
from channels.whatsapp.sandbox import business, media, phone, uploads
from channels.whatsapp.sandbox.calls import Call
from channels.whatsapp.sandbox.messages import Messages
from channels.whatsapp.sandbox.platform import Node, Platform

EDGES: dict[tuple[str, str, str], Callable[[Call], Awaitable[Response]]] = {
    ("phone", "GET", ""): phone.read,
    ("phone", "POST", ""): phone.change,
    ("phone", "POST", "register"): phone.register,
    ("phone", "POST", "deregister"): phone.deregister,
    ("phone", "GET", "whatsapp_business_profile"): phone.read_profile,
    ("phone", "POST", "whatsapp_business_profile"): phone.change_profile,
    ("phone", "GET", "settings"): phone.read_settings,
    ("phone", "POST", "settings"): phone.change_settings,
    ("phone", "GET", "whatsapp_commerce_settings"): phone.read_commerce,
    ("phone", "POST", "whatsapp_commerce_settings"): phone.change_commerce,
    ("phone", "POST", "conversational_automation"): phone.automation,
    ("phone", "GET", "block_users"): phone.blocked,
    ("phone", "POST", "block_users"): phone.block,
    ("phone", "DELETE", "block_users"): phone.unblock,
    ("phone", "POST", "media"): media.upload,
    ("media", "GET", ""): media.read,
    ("media", "DELETE", ""): media.delete,
    ("waba", "GET", ""): business.read,
    ("waba", "GET", "phone_numbers"): business.phone_numbers,
    ("waba", "GET", "subscribed_apps"): business.subscriptions,
    ("waba", "POST", "subscribed_apps"): business.subscribe,
    ("waba", "DELETE", "subscribed_apps"): business.unsubscribe,
    ("waba", "GET", "message_templates"): business.list_templates,
    ("waba", "POST", "message_templates"): business.create_template,
    ("waba", "DELETE", "message_templates"): business.delete_template,
    ("app", "GET", ""): uploads.about_app,
    ("app", "POST", "uploads"): uploads.open_session,
    ("upload", "POST", ""): uploads.receive,
    ("template", "GET", ""): business.read_template,
    ("template", "POST", ""): business.edit_template,
    ("template", "POST", "unpause"): business.unpause_template,
}


class Graph:
    def __init__(self, host: Host, platform: Platform, messages: Messages) -> None:
        self._host = host
        self._platform = platform
        self._messages = messages

    async def answer(self, request: Request) -> Response | None:
        """Answer a call that concerns one of our objects; None for others' objects and addresses."""
        token = token_of(request)
        if request.url.path == media.DOWNLOAD_PATH:
            node = self._platform.node(request.query_params.get("mid", ""))
            if node and self._host.faults.of(node.account.id).dark:
                return CutLine()
            return media.download(self._host, self._platform, request, token)
        address = ADDRESS.match(request.url.path)
        node = self._platform.node(self._named(address["id"], token)) if address else None
        if address and address["id"] == "debug_token" and not address["edge"]:
            return self._about_token(request)
        if address is None or node is None:
            return None
        if self._host.faults.of(node.account.id).dark:
            return CutLine()
        began = perf_counter()
        raw = await request.body()
        edge = address["edge"] or ""
        response = await self._try(request, node, edge, raw, token)
        label = f"{request.method} /{edge or node.kind}"
        log_call(self._host, node.account, label, request, raw, response, (perf_counter() - began) * 1000)
        return response

    def _named(self, object_id: str, token: str) -> str:
        """Return the id that an address means: `app` is the one that the token was made for."""
        waba = self._platform.whose_token(token) if object_id == "app" else None
        return str(waba["app_id"]) if waba else object_id

    def _about_token(self, request: Request) -> Response | None:
        """Answer what a token of ours may do. Only who holds a good token may ask; None for others' tokens.

        Source: https://developers.facebook.com/docs/graph-api/reference/debug_token.
        """
        waba = self._platform.whose_token(request.query_params.get("input_token", ""))
        if waba is None:
            return None
        if self._platform.whose_token(token_of(request)) is None:
            return token_refused().response()
        if waba["has_expired"]:
            return token_expired().response()
        scopes = ["whatsapp_business_management", "whatsapp_business_messaging", "public_profile"]
        data = {"app_id": waba["app_id"], "type": "SYSTEM_USER", "application": "Hawker", "is_valid": True}
        return JSONResponse({"data": {**data, "expires_at": 0, "data_access_expires_at": 0, "scopes": scopes}})

    async def _try(self, request: Request, node: Node, edge: str, raw: bytes, token: str) -> Response:
        try:
            self._authorise(request, node, token)
            call = Call(request, self._host, self._platform, node, edge, raw)
            if edge in ("messages", "marketing_messages") and node.kind == "phone" and request.method == "POST":
                return self._messages.handle(node.account, raw, marketing_api=edge == "marketing_messages")
            handler = EDGES.get((node.kind, request.method, edge))
            if handler is None:
                raise no_such_edge(request.method, node.id, edge)
            return await handler(call)
        except GraphError as error:
            return error.response()

    def _authorise(self, request: Request, node: Node, token: str) -> None:
        """Want the business's own token and, where given, its proof. Raises GraphError."""
        waba = self._platform.whose_token(token)
        if waba is None:
            raise token_refused()
        if waba["has_expired"]:
            raise token_expired()
        if waba["id"] != node.waba["id"]:
            raise no_such_object(request.method, node.id)
        check_proof(request, waba["app_secret"], token)

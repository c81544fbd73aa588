"""The Messenger Platform's part of the Graph API: addresses, tokens, objects, edges; every call is on the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.cut import CutLine
from channels.sandbox.graph.calls import ADDRESS, check_proof, token_of
from channels.sandbox.graph.door import log_call
from channels.sandbox.graph.errors import GraphError, Json, no_such_edge, no_such_object, token_refused
from channels.sandbox.host import Host
from channels.sandbox.messaging import account, tokens
from channels.sandbox.messaging.calls import Call, read_params
from channels.sandbox.messaging.control import Control
from channels.sandbox.messaging.files import CDN_PATH, Files, type_of_upload
from channels.sandbox.messaging.messages import Messages
from channels.sandbox.messaging.objects import Objects
from channels.sandbox.messaging.platform import Node, Platform

Handler = Callable[[Call], Awaitable[Response]]
CONTROL = ("pass", "take", "release", "request", "extend")


class Graph:
    def __init__(
        self, host: Host, platform: Platform, messages: Messages, objects: Objects, control: Control, files: Files
    ) -> None:
        self._host = host
        self._platform = platform
        self._messages = messages
        self._files = files
        self._edges: dict[tuple[str, str, str], Handler] = {
            ("sender", "GET", ""): account.read,
            ("profile", "GET", ""): account.read,
            ("sender", "GET", "subscribed_apps"): account.subscriptions,
            ("sender", "POST", "subscribed_apps"): account.subscribe,
            ("sender", "DELETE", "subscribed_apps"): account.unsubscribe,
            ("sender", "GET", "messenger_profile"): account.read_profile,
            ("sender", "POST", "messenger_profile"): account.change_profile,
            ("sender", "DELETE", "messenger_profile"): account.clear_profile,
            ("sender", "POST", "messages"): self._send,
            ("sender", "POST", "message_attachments"): objects.upload,
            ("sender", "GET", "conversations"): objects.conversations,
            ("sender", "GET", "posts"): objects.posts,
            ("sender", "GET", "feed"): objects.posts,
            ("profile", "GET", "media"): objects.posts,
            ("sender", "GET", "media"): objects.posts,
            ("sender", "GET", "thread_owner"): control.read,
            **{("sender", "POST", f"{verb}_thread_control"): control.act for verb in CONTROL},
            ("person", "GET", ""): objects.person,
            ("message", "GET", ""): objects.message,
            ("comment", "GET", ""): objects.read_comment,
            ("comment", "POST", ""): objects.change_comment,
            ("comment", "DELETE", ""): objects.delete_comment,
            ("comment", "POST", platform.flavour.answers_edge): objects.answer_comment,
            ("comment", "GET", platform.flavour.answers_edge): objects.comments,
            ("post", "POST", "comments"): objects.answer_comment,
            ("post", "GET", "comments"): objects.comments,
            ("app", "POST", "subscriptions"): account.app_subscribe,
            ("app", "GET", "subscriptions"): account.app_subscriptions,
        }
        if platform.flavour.personas:
            self._edges |= {
                ("sender", "POST", "personas"): account.create_persona,
                ("sender", "GET", "personas"): account.personas,
                ("persona", "GET", ""): account.read_persona,
                ("persona", "DELETE", ""): account.delete_persona,
            }
        if platform.flavour.utility:
            self._edges |= {
                ("sender", "GET", "message_templates"): account.list_templates,
                ("sender", "POST", "message_templates"): account.create_template,
                ("sender", "DELETE", "message_templates"): account.delete_templates,
                ("template", "GET", ""): account.read_template,
            }

    async def answer(self, request: Request, concerns_other: Callable[[str, Json], bool]) -> Response | None:
        """Answer a call that concerns one of our objects; None for others' objects and addresses.

        `concerns_other`: says whether a call to this Page is meant for another channel that sends by the same Page.
        """
        path = request.url.path
        if path.startswith(CDN_PATH):
            return self._files.download(request)
        address = ADDRESS.match(path)
        if address is None:
            return None
        raw = await request.body()
        token = token_of(request) or await self._token_in_body(request, raw)
        if response := self._token_path(request, path.rstrip("/").rpartition("/")[2], token):
            return response
        node = self._platform.node(address["id"], self._platform.by_token(token))
        if node is None:
            return None
        if self._host.faults.of(node.account.id).dark:
            return CutLine()
        return await self._answer_node(request, node, address["edge"] or "", raw, token, concerns_other)

    async def _answer_node(
        self,
        request: Request,
        node: Node,
        edge: str,
        raw: bytes,
        token: str,
        concerns_other: Callable[[str, Json], bool],
    ) -> Response | None:
        began = perf_counter()
        try:
            params = await read_params(request, raw)
            if node.kind == "sender" and concerns_other(node.id, params):
                return None
            self._authorise(request, node, token)
            handler = self._edges.get((node.kind, request.method, edge))
            if handler is None:
                raise no_such_edge(request.method, node.id, edge)
            response = await handler(Call(request, self._host, self._platform, node, edge, params, raw))
        except GraphError as error:
            response = error.response()
        await request.close()
        label = f"{request.method} /{edge or node.kind}"
        log_call(self._host, node.account, label, request, raw, response, (perf_counter() - began) * 1000)
        return response

    async def _token_in_body(self, request: Request, raw: bytes) -> str:
        """Return a token that travels as a parameter of the body, as some clients send it."""
        if not raw or request.method == "GET":
            return ""
        try:
            return str((await read_params(request, raw)).get("access_token") or "")
        except GraphError:
            return ""

    def _token_path(self, request: Request, name: str, token: str) -> Response | None:
        """Answer the addresses about tokens, which name no object."""
        if name == "debug_token" and self._platform.by_token(request.query_params.get("input_token", "")):
            if self._platform.by_token(token) is None and tokens.app_of_token(self._platform, token) is None:
                return token_refused().response()
            return tokens.debug(self._platform, request)
        if name == "refresh_access_token":
            account = self._platform.by_token(token)
            if account is None or self._platform.page_of(account):
                return None
            try:
                tokens.holder(self._platform, token)
                return tokens.refresh(self._host, account, request.query_params.get("grant_type", ""))
            except GraphError as error:
                return error.response()
        return None

    def _authorise(self, request: Request, node: Node, token: str) -> None:
        """Want the token of the object's own account, or for an app its own. Raises GraphError."""
        app = tokens.app_of_token(self._platform, token)
        if node.kind == "app":
            if app is None or app["id"] != node.id:
                raise token_refused()
            return
        holder = tokens.holder(self._platform, token)
        settings = holder.settings
        if self._platform.sender_id(holder) != self._platform.sender_id(node.account):
            raise no_such_object(request.method, node.id)
        secret = self._platform.app_of(holder)["secret"]
        check_proof(request, secret, token, required=bool(settings.get("require_proof")))

    async def _send(self, call: Call) -> Response:
        """Take a message; a file that comes along is uploaded first."""
        file = await call.file()
        params = {key: value for key, value in call.params.items() if key != "filedata"}
        if file:
            kind = type_of_upload(params.get("message") or {})
            attachment_id = self._files.keep_upload(call.account, kind, *file)
            attachment: Json = {"type": kind, "payload": {"attachment_id": attachment_id}}
            params["message"] = {**params["message"], "attachment": attachment}
        return await self._messages.handle(call.account, params, call.raw)

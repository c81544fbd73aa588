"""One request to the Messenger Platform's part of the Graph API, taken apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from json import JSONDecodeError

from starlette.datastructures import UploadFile
from starlette.requests import Request

from channels.sandbox.graph.calls import is_form, params_of
from channels.sandbox.graph.errors import Json
from channels.sandbox.graph.shape import refuse
from channels.sandbox.host import Host
from channels.sandbox.messaging.platform import Node, Platform
from channels.sandbox.world import Account

AS_JSON = ("recipient", "message", "payload", "reply_to", "thread_control", "persistent_menu", "ice_breakers", "get_started",
           "greeting", "fields", "components", "whitelisted_domains")  # fmt: skip
"""Members that a form carries as JSON in a string."""


@dataclass(frozen=True, slots=True)
class Call:
    """`params`: query, form and body as one. `edge` "" = the object itself."""

    request: Request
    host: Host
    platform: Platform
    node: Node
    edge: str
    params: Json
    raw: bytes

    @property
    def account(self) -> Account:
        return self.node.account

    @property
    def room(self) -> Json:
        return self.platform.room(self.account)

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)

    async def file(self) -> tuple[str, str, bytes] | None:
        """Return (mime, filename, bytes) of the part `filedata`, None when nothing was uploaded."""
        if not is_form(self.request):
            return None
        part = (await self.request.form()).get("filedata")
        if not isinstance(part, UploadFile):
            return None
        if not (part.filename or "").isascii():
            raise refuse("Upload attachment failure: the file name has other characters than ASCII", subcode=2018047)
        return part.content_type or "", part.filename or "", await part.read()


async def read_params(request: Request, raw: bytes) -> Json:
    """Return all parameters; members that a form carries as JSON are read. Raises GraphError 100."""
    params = await params_of(request, raw)
    for name in AS_JSON:
        if isinstance(params.get(name), str) and params[name][:1] in ("{", "["):
            try:
                params[name] = json.loads(params[name])
            except JSONDecodeError:
                raise refuse(f"Param {name} must be JSON") from None
    return params

"""One request to the Graph API, taken apart: who asks, for which object, with what body."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from channels.sandbox.graph.calls import params_of
from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.platform import Node, Platform


@dataclass(frozen=True, slots=True)
class Call:
    """`edge` is what follows the object's id: "messages", "media", or "" for the object itself."""

    request: Request
    host: Host
    platform: Platform
    node: Node
    edge: str
    raw: bytes

    @property
    def account(self) -> Account:
        return self.node.account

    @property
    def waba(self) -> Json:
        return self.node.waba

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)

    async def params(self) -> Json:
        """Return query, form and JSON members as one, as Graph reads them. Raises GraphError 100."""
        return await params_of(self.request, self.raw)

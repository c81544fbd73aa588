"""One request to the Graph API, taken apart: who asks, for which object, with what body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from json import JSONDecodeError

from starlette.requests import Request

from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.platform import Node, Platform

TRUE = (True, "true", "1", 1)


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
        params: Json = dict(self.request.query_params)
        kind = self.request.headers.get("content-type", "")
        if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
            async with self.request.form() as form:
                return params | {key: value for key, value in form.items() if isinstance(value, str)}
        if not self.raw:
            return params
        try:
            body = json.loads(self.raw)
        except (JSONDecodeError, UnicodeDecodeError):
            raise GraphError(100, message="(#100) Invalid parameter: the body is not JSON") from None
        if not isinstance(body, dict):
            raise GraphError(100, message="(#100) Invalid parameter: the body is not a JSON object")
        return params | body


def pick(whole: Json, fields: str, default: tuple[str, ...]) -> Json:
    """Return the members that `fields` names, and the id always."""
    wanted = [name.split("{")[0] for name in fields.split(",") if name] or list(default)
    return {name: whole[name] for name in wanted if name in whole} | {"id": whole["id"]}


def paged(rows: list[Json], query: dict[str, str]) -> Json:
    """Return {data, paging} with Graph's cursors; a cursor here is a position."""
    limit = int(query.get("limit") or 25)
    start = int(query["after"]) if query.get("after", "").isdigit() else 0
    page = rows[start : start + limit]
    if not page:
        return {"data": []}
    paging: Json = {"cursors": {"before": str(start), "after": str(start + len(page))}}
    if start + limit < len(rows):
        paging["next"] = f"?after={start + len(page)}&limit={limit}"
    return {"data": page, "paging": paging}

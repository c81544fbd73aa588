"""Takes a request to the Graph API apart: address, token, parameters; and pages what goes back."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request

from channels.sandbox.graph.errors import GraphError

Json = dict[str, Any]

ADDRESS = re.compile(r"^/(?:v(?P<version>\d+\.\d+)/)?(?P<id>[A-Za-z0-9_.:=+-]+)(?:/(?P<edge>[a-z_]+))?/?$")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TRUE = (True, "true", "1", 1)


def token_of(request: Request) -> str:
    """Return the token of the header or of the query, "" when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth"):
        return token.strip()
    return request.query_params.get("access_token", "")


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(FORMS)


async def params_of(request: Request, raw: bytes) -> Json:
    """Return query, form and JSON members as one, as Graph reads them; a form stays open for who reads its files.

    Raises GraphError 100.
    """
    params: Json = dict(request.query_params)
    if is_form(request):
        form = await request.form()
        return params | {key: value for key, value in form.items() if isinstance(value, str)}
    if not raw:
        return params
    try:
        body = json.loads(raw)
    except (JSONDecodeError, UnicodeDecodeError):
        raise GraphError(100, "(#100) Invalid parameter: the body is not JSON") from None
    if not isinstance(body, dict):
        raise GraphError(100, "(#100) Invalid parameter: the body is not a JSON object")
    return params | body


def check_proof(request: Request, secret: str, token: str, *, required: bool = False) -> None:
    """Want `appsecret_proof` to fit where it is given, or where the app demands one. Raises GraphError 100."""
    proof = request.query_params.get("appsecret_proof")
    if proof is None and not required:
        return
    wanted = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is None:
        raise GraphError(100, "(#100) API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(proof.encode(), wanted.encode()):
        raise GraphError(100, "(#100) Invalid appsecret_proof provided in the API argument")


def pick(whole: Json, fields: str, default: tuple[str, ...]) -> Json:
    """Return the members that `fields` names, and the id always."""
    wanted = [name.split("{")[0] for name in split_fields(fields)] or list(default)
    return {name: whole[name] for name in wanted if name in whole} | {"id": whole["id"]}


def split_fields(fields: str) -> list[str]:
    """Split at commas that stand outside of braces: `id,messages{id,from}` has two."""
    return [name.strip() for name in re.split(r",(?![^{]*\})", fields) if name.strip()]


def paged(rows: list[Json], query: dict[str, str]) -> Json:
    """Return {data, paging} with Graph's cursors; a cursor here is a position."""
    limit = int(query["limit"]) if query.get("limit", "").isdigit() else 25
    start = int(query["after"]) if query.get("after", "").isdigit() else 0
    page = rows[start : start + limit]
    if not page:
        return {"data": []}
    paging: Json = {"cursors": {"before": str(start), "after": str(start + len(page))}}
    if start + limit < len(rows):
        paging["next"] = f"?after={start + len(page)}&limit={limit}"
    return {"data": page, "paging": paging}

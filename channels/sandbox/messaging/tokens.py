"""Access tokens: whose they are, whether they live, and how those of Instagram Login are renewed.

Source: Meta's "debug_token" reference and "Business Login for Instagram" (2026).
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.errors import GraphError, Json, token_expired, token_refused
from channels.sandbox.graph.shape import refuse
from channels.sandbox.host import Host
from channels.sandbox.messaging.platform import Platform, past_tokens
from channels.sandbox.world import Account

LIVES_S = 60 * 86_400
YOUNG_S = 86_400


def is_alive(account: Account, now: float) -> bool:
    """Say whether the account's token is good; `token_expired` among the settings kills it."""
    expires_at = float(account.settings.get("token_expires_at", 0))
    return not account.settings.get("token_expired") and (not expires_at or expires_at > now)


def holder(platform: Platform, token: str) -> Account:
    """Return whose token this is. Raises GraphError 190."""
    account = platform.by_token(token)
    if account is None:
        raise token_refused()
    if not is_alive(account, platform.host.now()):
        raise token_expired()
    return account


def app_of_token(platform: Platform, token: str) -> Json | None:
    """Return the app of an app token, `<id>|<secret>`."""
    app_id, _, secret = token.partition("|")
    app = platform.apps.get(app_id)
    return app if app and secrets.compare_digest(app["secret"].encode(), secret.encode()) else None


def debug(platform: Platform, request: Request) -> Response:
    """Say what `input_token` is. The scopes of a Page's token are those of all that is done by it."""
    account = platform.by_token(request.query_params.get("input_token", ""))
    if account is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return JSONResponse({"data": {"is_valid": False, "scopes": [], "error": error}})
    settings = account.settings
    token = account.credentials["access_token"]
    sharing = [one for one in platform.host.world.accounts.values() if one.credentials.get("access_token") == token]
    data: Json = {
        "app_id": settings["app_id"],
        "type": "PAGE" if settings.get("page_id") else "USER",
        "application": platform.app_of(account)["name"],
        "is_valid": all(is_alive(one, platform.host.now()) for one in sharing),
        "issued_at": int(settings.get("token_issued_at", 0)),
        "expires_at": int(settings.get("token_expires_at", 0)),
        "data_access_expires_at": 0,
        "profile_id": platform.sender_id(account),
        "scopes": sorted({scope for one in sharing for scope in one.settings.get("scopes", [])}),
    }
    return JSONResponse({"data": data})


def refresh(host: Host, account: Account, grant: str) -> Response:
    """Renew a long-lived Instagram token: it has to be a day old and alive. Raises GraphError."""
    if grant != "ig_refresh_token":
        raise refuse("Invalid grant_type")
    now = host.now()
    if now - float(account.settings.get("token_issued_at", 0)) < YOUNG_S:
        raise GraphError(190, "The access token is less than 24 hours old.", kind="IGApiException")
    account.settings["past_tokens"] = [*past_tokens(account), account.credentials["access_token"]]
    account.credentials["access_token"] = new_instagram_token()
    account.settings.update(token_issued_at=now, token_expires_at=now + LIVES_S)
    host.store.write_now(host.world)
    host.live.tell("accounts", {})
    return JSONResponse(
        {"access_token": account.credentials["access_token"], "token_type": "bearer", "expires_in": LIVES_S}
    )


def new_instagram_token() -> str:
    return "IGAA" + secrets.token_hex(60)

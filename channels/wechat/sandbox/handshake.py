"""The console's button: an address is taken only after it has answered the handshake.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/; WeCom encrypts what it asks to hear back:
https://developer.work.weixin.qq.com/document/path/90930 (2026).
"""

from __future__ import annotations

import json
import secrets

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.wechat.sandbox import crypto
from channels.wechat.sandbox.platform import KF, Platform, flavour_of

CONSOLE = "/console/wechat/"
WITHIN_S = 5.0


async def connect(host: Host, platform: Platform, request: Request) -> Response:
    """Take `{url}` for the account named in the address, as its owner would by hand. 422 where the handshake fails."""
    wanted = request.url.path.removeprefix(CONSOLE)
    account = next((one for one in platform.accounts() if wanted in (one.id, one.external_id)), None)
    if account is None or request.method != "POST":
        return _refused(404, "There is no such account.")
    try:
        url = json.loads(await request.body())["url"]
    except (ValueError, KeyError, TypeError):
        return _refused(400, "Wanted: {url}.")
    refusal = await _ask(host, account, str(url))
    if refusal:
        return _refused(422, refusal)
    account.webhook_url = str(url)
    host.store.write_now(host.world)
    host.live.tell("accounts", {})
    return JSONResponse({"callback_url": account.webhook_url})


async def _ask(host: Host, account: Account, url: str) -> str:
    """Make the GET; return why the answer is not right, or ""."""
    expected, query = _question(host, account)
    try:
        response = await host.fetch(url, params=query, timeout_s=WITHIN_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"The address could not be reached: {type(error).__name__}."
    host.wire.log(
        "webhook",
        account.id,
        "handshake",
        url=url,
        status=response.status_code,
        request=json.dumps(query).encode(),
        response=response.content,
    )
    if response.status_code != 200 or response.content != expected.encode():
        return "Token verification failed: the address answered something else."
    return ""


def _question(host: Host, account: Account) -> tuple[str, dict[str, str]]:
    """Return what is to be heard back, and the query that asks for it."""
    token, echo = account.credentials["token"], str(secrets.randbelow(10**19))
    timestamp, nonce = str(int(host.now())), str(secrets.randbelow(10**10))
    times = {"timestamp": timestamp, "nonce": nonce}
    if flavour_of(account) != KF:
        return echo, {"signature": crypto.sign(token, timestamp, nonce), **times, "echostr": echo}
    sealed = crypto.encrypt(echo, account.credentials["encoding_aes_key"], account.credentials["app_id"])
    return echo, {"msg_signature": crypto.sign(token, timestamp, nonce, sealed), **times, "echostr": sealed}


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": {"code": "not_connected", "message": message}}, status)

"""Get access tokens.

An Official Account's comes from the stable interface: asked again it answers the same token, so two askers do not knock each other
out; only `force_refresh` ends the old one, at most 20 times a day. WeCom's interface answers the same token as well.

Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html and
https://developer.work.weixin.qq.com/document/path/91039 (read Nov 2026).
"""

from __future__ import annotations

from channels.contract import (
    Account,
    Call,
    Credentials,
    CredentialsInvalid,
    Json,
    PlatformRequest,
    PlatformResponse,
    RefreshToken,
    ResponseUnexpected,
    TokenRefreshed,
    TokenRejected,
)
from channels.kit.tolerant import integer, text
from channels.wechat.errors import answer_of
from channels.wechat.flavour import is_kf


def refresh(intent: RefreshToken, account: Account, credentials: Credentials) -> Call:
    """Return a token that is not the rejected one. Raises CredentialsInvalid when the app id or secret is wrong."""
    if is_kf(account.settings):
        return _refreshed((yield _wecom(credentials)), wecom=True)
    found = _refreshed((yield _stable(credentials, force=False)))
    if found.access_token != intent.rejected:
        return found
    return _refreshed((yield _stable(credentials, force=True)))


def _stable(credentials: Credentials, *, force: bool) -> PlatformRequest:
    body: Json = {
        "grant_type": "client_credential",
        "appid": credentials.get("app_id", ""),
        "secret": credentials.get("app_secret", ""),
        "force_refresh": force,
    }
    return PlatformRequest(method="POST", url="/cgi-bin/stable_token", json=body)


def _wecom(credentials: Credentials) -> PlatformRequest:
    query = {"corpid": credentials.get("app_id", ""), "corpsecret": credentials.get("app_secret", "")}
    return PlatformRequest(method="GET", url="/cgi-bin/gettoken", query=query)


def _refreshed(response: PlatformResponse, *, wecom: bool = False) -> TokenRefreshed:
    try:
        answer = answer_of(response, wecom=wecom)
    except TokenRejected as error:  # 40001 here speaks of the secret; renewing once more would not help
        raise CredentialsInvalid(error.text, code="secret_invalid", external_code=error.external_code) from error
    token = text(answer.get("access_token"))
    if not token:
        raise ResponseUnexpected("the answer has no token", external_code=str(response.status))
    return TokenRefreshed(token, integer(answer.get("expires_in")))

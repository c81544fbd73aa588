"""Turn an intent into requests and their answers into a result, without touching a network.

Source: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html (read Nov 2026).
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import (
    Account,
    Call,
    Check,
    Credentials,
    Done,
    FetchMedia,
    FetchProfile,
    FetchUpdates,
    Intent,
    MakeQrCode,
    MarkRead,
    MessageInvalid,
    OutboundMessage,
    PlatformRequest,
    RefreshToken,
    Rejected,
    Send,
    SendMany,
    Sent,
    SyncTemplates,
    Typing,
    Unsubscribe,
)
from channels.kit.intents import unsupported
from channels.kit.tolerant import text
from channels.wechat import check, kf, mass, media, profile, qr, templates, tokens
from channels.wechat.api import Api
from channels.wechat.compose import KINDS, UPLOADS, body_of
from channels.wechat.errors import MEDIA_INVALID
from channels.wechat.flavour import is_kf
from channels.wechat.people import OPENID, address_of
from channels.wechat.results import subscription_id, template_id

_SEND, _TYPING = "/cgi-bin/message/custom/send", "/cgi-bin/message/custom/typing"
_TYPING_REFUSED = "typing_refused"


def call(intent: Intent, account: Account, credentials: Credentials) -> Call:
    """Yield the requests that fulfil an intent, return its result. Raises SendError."""
    if isinstance(intent, RefreshToken):
        return tokens.refresh(intent, account, credentials)
    if isinstance(intent, MarkRead | Unsubscribe):
        return _nothing_to_do()
    return (_kf if is_kf(account.settings) else _official)(intent, account, credentials)


def _official(intent: Intent, account: Account, credentials: Credentials) -> Call:
    api = Api.of(account, credentials)
    match intent:
        case Send():
            return (yield from _send(intent, api, text(account.settings.get("service_account"))))
        case SendMany():
            return (yield from mass.send(intent, api))
        case Typing():
            return (yield from _typing(intent, api))
        case FetchMedia():
            return (yield from media.fetch(intent, api))
        case FetchProfile():
            return (yield from profile.fetch(intent, api))
        case MakeQrCode():
            return (yield from qr.make(intent, api, account))
        case SyncTemplates():
            return (yield from templates.sync(api))
        case Check():
            return (yield from check.check(api))
        case _:
            return (yield from unsupported(intent))


def _kf(intent: Intent, account: Account, credentials: Credentials) -> Call:
    api = Api.of(account, credentials)
    match intent:
        case Send():
            return (yield from kf.send(intent, api, account.external_id))
        case FetchUpdates():
            return (yield from kf.fetch_updates(intent, api, account.external_id))
        case MakeQrCode():
            return (yield from qr.make_link(intent, api, account.external_id))
        case FetchMedia():
            return (yield from media.fetch(intent, api))
        case FetchProfile():
            return (yield from profile.fetch_customer(intent, api))
        case Check():
            return (yield from check.check_kf(api, account.external_id))
        case _:
            return (yield from unsupported(intent))


def _nothing_to_do() -> Call:
    """WeChat shows customers no read marks, and its webhook address is set and taken away by hand in the console."""
    yield from ()
    return Done()


def _send(intent: Send, api: Api, service_account: str) -> Call:
    message, openid = intent.message, address_of(intent.to, OPENID)
    if message.kind == "template":
        return (yield from _send_template(intent, openid, api))
    if message.kind not in KINDS:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    if message.kind in UPLOADS:
        return (yield from _send_file(intent, openid, api, service_account))
    return (yield from _post(api, _request(message, openid, "", service_account, api), intent.callback))


def _send_file(intent: Send, openid: str, api: Api, service_account: str) -> Call:
    """Send a file by the id it already has up there, else upload it first. A known id older than 3 days is uploaded anew."""
    message = intent.message
    if message.media is None:
        raise MessageInvalid("a media message without a file", code="media_missing")
    if message.media.platform_id:
        known = _request(message, openid, message.media.platform_id, service_account, api)
        try:
            return (yield from _post(api, known, intent.callback))
        except MessageInvalid as error:
            if error.code != MEDIA_INVALID.code:
                raise
    uploaded = yield from media.upload(message.media, UPLOADS[message.kind], api)
    sent = yield from _post(api, _request(message, openid, uploaded, service_account, api), intent.callback)
    return replace(sent, uploaded_media_id=uploaded)


def _request(message: OutboundMessage, openid: str, media_id: str, service_account: str, api: Api) -> PlatformRequest:
    return api.post(_SEND, body_of(message, openid, media_id, service_account), delivers=True)


def _post(api: Api, request: PlatformRequest, callback: str) -> kf.Sending:
    """The answer names no message, and no status of it will ever come: our own id serves as the external one."""
    yield from api.ask(request)
    return Sent(callback)


def _send_template(intent: Send, openid: str, api: Api) -> Call:
    """Send a template. Only if its answer has an id can the later word on it be matched."""
    answer = yield from api.ask(templates.request(intent.message, openid, intent.callback, api))
    named = subscription_id if templates.is_subscription(intent.message) else template_id
    return Sent(named(answer.get("msgid")) or intent.callback)


def _typing(intent: Typing, api: Api) -> Call:
    """Show the dots. Twice in a row, or long after the customer wrote, the platform refuses, which is no error for anybody."""
    body = {"touser": address_of(intent.to, OPENID), "command": "Typing"}
    try:
        yield from api.ask(api.post(_TYPING, body))
    except Rejected as error:
        if error.code != _TYPING_REFUSED:
            raise
    return Done()

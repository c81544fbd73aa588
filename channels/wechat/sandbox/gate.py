"""The API's front door: addresses, tokens, whitelist, trouble; every call is on the wire."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox import samples
from channels.sandbox.cut import CutLine
from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.wechat.sandbox import console, handshake, mass, media, qr, users
from channels.wechat.sandbox.calls import Call
from channels.wechat.sandbox.custom import Custom
from channels.wechat.sandbox.errors import WeChatError, answer
from channels.wechat.sandbox.kf.calls import Service
from channels.wechat.sandbox.mass import Mass
from channels.wechat.sandbox.platform import KF, OFFICIAL, Platform, flavour_of
from channels.wechat.sandbox.templates import Templates
from channels.wechat.sandbox.tokens import Tokens

Handler = Callable[[Call], Awaitable[Response]]
OURS = ("/cgi-bin/", "/customservice/", "/wxaapi/")
FACES = "/sandbox-faces/"
BOTH = "both"


class Gate:
    def __init__(
        self,
        host: Host,
        platform: Platform,
        tokens: Tokens,
        *,
        custom: Custom,
        templates: Templates,
        masses: Mass,
        service: Service,
    ) -> None:
        self._host = host
        self._platform = platform
        self._tokens = tokens
        self._routes = _routes(custom, templates, masses, service)

    async def answer(self, request: Request) -> Response | None:
        """Answer a call to the API, or for a picture; None for others' addresses."""
        path = request.url.path
        if path == qr.PICTURE:
            return qr.picture(self._platform, request)
        if path.startswith(media.FILES):
            return self._file(path.removeprefix(media.FILES))
        if path.startswith(handshake.CONSOLE):
            return await handshake.connect(self._host, self._platform, request)
        if path.startswith(FACES):
            return Response(samples.png(96, 96), media_type="image/png")
        if not path.startswith(OURS):
            return None
        began, raw, account = perf_counter(), await request.body(), None
        try:
            account, response = await self._try(request, raw)
        except _Refused as refused:
            account, response = refused.account, refused.error.response()
        if account is not None:
            self._log(request, account, raw, response, (perf_counter() - began) * 1000)
        return response

    async def _try(self, request: Request, raw: bytes) -> tuple[Account, Response]:
        """Raises _Refused."""
        if request.url.path in ("/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/gettoken"):
            return self._token(request, raw)
        account = None
        try:
            app = self._tokens.owner(request.query_params.get("access_token", ""))
            account = app[0]
            if self._host.faults.of(account.id).dark:
                return account, CutLine()
            self._check_address(request, account)
            flavour, handler = self._routes.get((request.method, request.url.path), ("", None))
            if handler is None:
                raise WeChatError(43002 if ("POST", request.url.path) in self._routes else 40066, "invalid url")
            if flavour not in (BOTH, flavour_of(account)):
                raise WeChatError(48001)
            return account, await handler(Call(request, self._host, self._platform, app, raw))
        except WeChatError as error:
            raise _Refused(error, account) from error

    def _token(self, request: Request, raw: bytes) -> tuple[Account, Response]:
        """Give out a token. Raises _Refused."""
        account = None
        try:
            asked = dict(request.query_params)
            if request.method == "POST":
                asked = json.loads(raw or b"{}")
            app = self._platform.of_app(str(asked.get("appid") or asked.get("corpid") or ""))
            if not app:
                raise WeChatError(40013)
            account = app[0]
            if self._host.faults.of(account.id).dark:
                return account, CutLine()
            self._check_address(request, account)
            if str(asked.get("secret") or asked.get("corpsecret") or "") != account.credentials["app_secret"]:
                raise WeChatError(40001 if flavour_of(account) == KF else 40125)
            return account, answer(**self._given(request.url.path, account, asked))
        except WeChatError as error:
            raise _Refused(error, account) from error
        except ValueError:
            raise _Refused(WeChatError(47001), account) from None

    def _given(self, path: str, account: Account, asked: Mapping[str, object]) -> Mapping[str, object]:
        if (path == "/cgi-bin/gettoken") != (flavour_of(account) == KF):
            raise WeChatError(40013)
        if path == "/cgi-bin/gettoken":
            return self._tokens.wecom(account)
        if asked.get("grant_type") != "client_credential":
            raise WeChatError(40002)
        if path == "/cgi-bin/token":
            return self._tokens.classic(account)
        return self._tokens.stable(account, force=asked.get("force_refresh") is True)

    def _check_address(self, request: Request, account: Account) -> None:
        """Raises WeChatError 40164 for an address that is not in `settings.ip_whitelist`, where there is one."""
        allowed = account.settings.get("ip_whitelist")
        caller = request.client.host if request.client else ""
        if allowed and caller not in allowed:
            raise WeChatError(40164 if flavour_of(account) == OFFICIAL else 60020, f"invalid ip {caller}")

    def _file(self, file_id: str) -> Response:
        file = self._host.world.files.get(file_id)
        if file is None or file.expires_at < self._host.now():
            return Response(status_code=404)
        return media.download(self._host, file)

    def _log(self, request: Request, account: Account, raw: bytes, response: Response, took_ms: float) -> None:
        label = f"{request.method} {request.url.path.removeprefix('/cgi-bin')}"
        is_text = request.headers.get("content-type", "").startswith(("application/json", "text/"))
        cut = isinstance(response, CutLine)
        shown = b"" if cut else bytes(response.body)
        code = 0
        if shown.startswith(b"{"):
            code = int(json.loads(shown).get("errcode") or 0)
        self._host.wire.log(
            "call",
            account.id,
            label,
            url=request.url.path,
            status=None if cut else response.status_code,
            code=code or None,
            took_ms=took_ms,
            request=raw if is_text else b"",
            response=shown if shown.startswith(b"{") else b"",
            note="the line was cut" if cut else "",
        )


class _Refused(Exception):
    """The call is refused; `account` is whose it was, as far as known."""

    def __init__(self, error: WeChatError, account: Account | None) -> None:
        super().__init__(error)
        self.error = error
        self.account = account


def _routes(
    custom: Custom, templates: Templates, masses: Mass, service: Service
) -> dict[tuple[str, str], tuple[str, Handler]]:
    """Return (method, address) → (whose, handler)."""
    official: dict[tuple[str, str], Handler] = {
        ("POST", "/cgi-bin/message/custom/send"): custom.send,
        ("POST", "/cgi-bin/message/custom/typing"): custom.typing,
        ("GET", "/cgi-bin/template/get_all_private_template"): templates.list_templates,
        ("POST", "/cgi-bin/message/template/send"): templates.send,
        ("GET", "/wxaapi/newtmpl/gettemplate"): templates.list_subscriptions,
        ("POST", "/cgi-bin/message/subscribe/bizsend"): templates.send_subscription,
        ("POST", "/cgi-bin/message/mass/send"): masses.send,
        ("POST", "/cgi-bin/message/mass/sendall"): masses.send_all,
        ("POST", "/cgi-bin/message/mass/get"): masses.state,
        ("POST", "/cgi-bin/message/mass/preview"): mass.preview,
        ("POST", "/cgi-bin/media/uploadvideo"): masses.keep_video,
        ("GET", "/cgi-bin/user/info"): users.info,
        ("POST", "/cgi-bin/user/info/batchget"): users.batch,
        ("POST", "/cgi-bin/user/info/updateremark"): users.remark,
        ("GET", "/cgi-bin/user/get"): users.followers,
        ("POST", "/cgi-bin/tags/create"): users.create_tag,
        ("GET", "/cgi-bin/tags/get"): users.list_tags,
        ("POST", "/cgi-bin/tags/members/batchtagging"): users.tag_people,
        ("POST", "/cgi-bin/tags/members/batchuntagging"): users.tag_people,
        ("POST", "/cgi-bin/tags/getidlist"): users.tags_of,
        ("POST", "/cgi-bin/menu/create"): console.create_menu,
        ("GET", "/cgi-bin/menu/get"): console.read_menu,
        ("GET", "/cgi-bin/menu/delete"): console.delete_menu,
        ("POST", "/cgi-bin/qrcode/create"): qr.create,
        ("POST", "/cgi-bin/openapi/quota/get"): console.quota,
        ("POST", "/cgi-bin/clear_quota"): console.clear_quota,
        ("GET", "/cgi-bin/customservice/getkflist"): console.colleagues,
    }
    kf: dict[tuple[str, str], Handler] = {
        ("POST", "/cgi-bin/kf/sync_msg"): service.pull,
        ("POST", "/cgi-bin/kf/send_msg"): service.send,
        ("POST", "/cgi-bin/kf/send_msg_on_event"): service.send_on_event,
        ("POST", "/cgi-bin/kf/service_state/get"): service.state,
        ("POST", "/cgi-bin/kf/service_state/trans"): service.move,
        ("POST", "/cgi-bin/kf/account/list"): service.accounts,
        ("GET", "/cgi-bin/kf/servicer/list"): service.servicers,
        ("POST", "/cgi-bin/kf/add_contact_way"): service.link,
        ("POST", "/cgi-bin/kf/customer/batchget"): service.customers,
    }
    both: dict[tuple[str, str], Handler] = {
        ("POST", "/cgi-bin/media/upload"): media.upload,
        ("GET", "/cgi-bin/media/get"): media.get,
        ("GET", "/cgi-bin/getcallbackip"): console.addresses,
    }
    known = {OFFICIAL: official, KF: kf, BOTH: both}
    return {route: (whose, handler) for whose, table in known.items() for route, handler in table.items()}

"""The shop beside the phones: its pages at /shop, its customers, and the web chat account that they belong to."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from channels.sandbox.emulator import Kind, Post, Update, WishRefused
from channels.sandbox.host import Host, short_id
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.webchat.sandbox import pages
from channels.webchat.sandbox.goods import BY_SLUG, art
from channels.webchat.sandbox.members import REGULARS, Member
from channels.webchat.sandbox.proof import signed

Json = dict[str, Any]
COOKIE = "shop_member"
STYLE = Path(__file__).parent / "static" / "shop.css"


class ShopSandbox:
    name = "webchat"
    place = 5
    label = "Web chat"
    kinds: Sequence[Kind] = ()
    reactions: Sequence[str] = ()
    asks: Sequence[str] = ()
    fail_codes: Sequence[int] = ()

    def __init__(self, host: Host) -> None:
        self.host = host

    async def answer(self, request: Request) -> Response | None:
        """Serve the shop."""
        if request.url.path == pages.SHOP:
            return RedirectResponse(f"{pages.SHOP}/")
        if not request.url.path.startswith(f"{pages.SHOP}/"):
            return None
        return await self._serve(request, request.url.path.removeprefix(f"{pages.SHOP}/"))

    async def _serve(self, request: Request, path: str) -> Response | None:
        member = self._member(request)
        if request.method == "POST":
            return await self._log(request, path)
        if path == "":
            return self._page(pages.shelf(member, self._chat(request, member)))
        if path == "log-in":
            return self._page(pages.log_in(self._members(), member, self._chat(request, member)))
        if path == "shop.css":
            return FileResponse(STYLE)
        folder, _, name = path.partition("/")
        tea = BY_SLUG.get(name.removesuffix(".svg"))
        if tea is None:
            return None
        if folder == "art":
            return Response(art(tea), media_type="image/svg+xml")
        return self._page(pages.product(tea, member, self._chat(request, member, name)))

    async def _log(self, request: Request, path: str) -> Response:
        """Log somebody in, without a password: everybody here is made up."""
        answer = RedirectResponse(f"{pages.SHOP}/", 303)
        if path == "log-in":
            chosen = parse_qs((await request.body()).decode()).get("member", [""])[0]
            answer.set_cookie(COOKIE, chosen, httponly=True, samesite="lax")
        else:
            answer.delete_cookie(COOKIE)
        return answer

    def _page(self, html: str) -> Response:
        headers = {"Content-Security-Policy": pages.policy(self._chat_origin()), "Cache-Control": "no-store"}
        return HTMLResponse(html, headers=headers)

    def _chat(self, request: Request, member: Member | None, slug: str = "") -> str:
        language = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
        account = self._account()
        token = ""
        if member is not None and account is not None:
            token = signed(pages.about(member), account.credentials["identity_secret"], self.host.now())
        return pages.chat_tag(self._script(), token, BY_SLUG.get(slug), language)

    def _script(self) -> str:
        """Return where widget.js is: beside the webhook that this account was connected with."""
        account = self._account()
        if account is None or not account.webhook_url:
            return ""
        return f"{self._chat_origin()}/chat/{account.webhook_url.rpartition('/')[2]}/widget.js"

    def _chat_origin(self) -> str:
        account = self._account()
        parts = urlsplit(account.webhook_url if account else "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def _account(self) -> Account | None:
        return next((one for one in self.host.world.accounts.values() if one.channel == self.name), None)

    def _members(self) -> list[Member]:
        """Return who has an account at the shop: its regulars, and whoever has this app on the phone."""
        on_phones = [one for one in self.host.world.customers.values() if one.channel == self.name]
        return [*REGULARS, *(Member(one.user_id, one.name) for one in on_phones)]

    def _member(self, request: Request) -> Member | None:
        return next((one for one in self._members() if one.id == request.cookies.get(COOKIE)), None)

    def unknown(self, request: Request) -> Response | None:
        return None

    def furnish(self) -> None:
        """Open the shop."""
        self.open_account({"name": "Tin Kettle 錫壺"})

    def open_account(self, wish: Json) -> Account:
        account = Account(
            id=short_id("acc"),
            channel=self.name,
            name=str(wish.get("name") or "Tin Kettle 錫壺"),
            external_id=f"shop-{short_id('web')}",
            credentials={"identity_secret": secrets.token_hex(20)},
            webhook_url=str(wish.get("webhook_url") or ""),
        )
        self.host.world.add_account(account)
        return account

    def describe(self, account: Account) -> Json:
        """The chat opens on pages of this laboratory, by either of the names that this machine has."""
        origin = self.host.base_url
        by_number = origin.replace("//localhost", "//127.0.0.1")
        by_name = origin.replace("//127.0.0.1", "//localhost")
        whatsapp = next((one.phone for one in self.host.world.accounts.values() if one.channel == "whatsapp"), "")
        settings: Json = {
            "allowed_origins": sorted({each for each in (origin, by_number, by_name) if each}),
            "title_en": "Tin Kettle",
            "title_zh_hant": "錫壺茶莊",
            "title_zh_hans": "锡壶茶庄",
            "greeting_en": "Welcome to Tin Kettle! Which tea may we tell you about?",
            "greeting_zh_hant": "歡迎光臨錫壺！想了解哪一款茶？",
            "greeting_zh_hans": "欢迎光临锡壶！想了解哪一款茶？",
        }
        if whatsapp:
            settings["whatsapp_number"] = f"+{whatsapp}"
        shown = {"subscribed": bool(account.webhook_url), "callback_url": account.webhook_url}
        return {**shown, "display": "/shop/", "hawker_settings": settings}

    def welcome(self, wish: Json) -> Customer:
        """Create somebody with an account at the shop."""
        one = Customer(
            id=short_id("cus"),
            channel=self.name,
            name=str(wish.get("name") or "Guest"),
            user_id=str(wish.get("user_id") or short_id("user")),
        )
        self.host.world.add_customer(one)
        return one

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        raise WishRefused("Write in the chat window of the shop: /shop/")

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        raise WishRefused("Do it in the chat window of the shop: /shop/")

    def inject(self, account: Account, wish: Json) -> None:
        raise WishRefused("There is no platform behind web chat that could tell of anything.")

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        return []

    def chat_state(self, chat: Chat) -> Json:
        return {}

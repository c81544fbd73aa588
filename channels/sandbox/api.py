"""The laboratory's own API under `/sandbox`: play a customer, read what was sent, make trouble. README lists the bodies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from channels.sandbox.asking import (
    Missing,
    account_for,
    body_of,
    emulator_of,
    find_account,
    find_customer,
    is_foreign,
    refusal,
    whole_number,
)
from channels.sandbox.emulator import WishRefused
from channels.sandbox.faults import CALM, FaultInvalid
from channels.sandbox.host import Host
from channels.sandbox.plugins import page_parts
from channels.sandbox.scripts import Scripts
from channels.sandbox.world import Account, Json, to_dict

Handler = Callable[[Host, Request], Awaitable[Response]]

CUSTOMER_SWITCHES = ("name", "language", "place", "read_receipts", "auto_read", "online")


def routes() -> list[BaseRoute]:
    """Return the routes; each finds its host in `app.state.host`."""
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/sandbox/accounts", list_accounts),
        ("POST", "/sandbox/accounts", open_account),
        ("PATCH", "/sandbox/accounts/{id}", change_account),
        ("PUT", "/sandbox/accounts/{id}", change_account),
        ("POST", "/sandbox/accounts/{id}/events", inject_event),
        ("GET", "/sandbox/apps", list_apps),
        ("GET", "/sandbox/customers", list_customers),
        ("POST", "/sandbox/customers", welcome_customer),
        ("PATCH", "/sandbox/customers/{id}", change_customer),
        ("GET", "/sandbox/customers/{id}/messages", read_phone),
        ("POST", "/sandbox/customers/{id}/messages", write_message),
        ("GET", "/sandbox/customers/{id}/chat", read_chat),
        ("POST", "/sandbox/customers/{id}/actions", act),
        ("GET", "/sandbox/faults", read_faults),
        ("PUT", "/sandbox/faults", set_faults),
        ("DELETE", "/sandbox/faults", calm_down),
        ("GET", "/sandbox/sent", read_sent),
        ("DELETE", "/sandbox/sent", clear_sent),
        ("GET", "/sandbox/wire", read_wire),
        ("GET", "/sandbox/wire/{n:int}", read_exchange),
        ("GET", "/sandbox/media/{id}", read_media),
        ("GET", "/sandbox/scripts", read_scripts),
        ("PUT", "/sandbox/scripts", change_scripts),
        ("POST", "/sandbox/scripts/start", start_scripts),
        ("POST", "/sandbox/scripts/stop", stop_scripts),
    ]
    return [
        *(Route(path, _answering(handler), methods=[method]) for method, path, handler in table),
        WebSocketRoute("/sandbox/live", live),
    ]


def _answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        host: Host = request.app.state.host
        if is_foreign(request):
            return refusal(403, "foreign_page", "Pages of other origins may not play here.")
        try:
            return await handler(host, request)
        except Missing as error:
            return refusal(404, "not_found", str(error))
        except (WishRefused, FaultInvalid) as error:
            return refusal(422, "not_possible", str(error))
        except JSONDecodeError:
            return refusal(400, "not_json", "The body is not JSON.")

    return endpoint


async def list_accounts(host: Host, request: Request) -> Response:
    return JSONResponse([_shown(host, account) for account in host.world.accounts.values()])


async def open_account(host: Host, request: Request) -> Response:
    wish = await body_of(request)
    account = emulator_of(host, str(wish.get("channel", ""))).open_account(wish)
    host.store.write_now(host.world)
    host.live.tell("accounts", {})
    return JSONResponse(_shown(host, account), 201)


async def change_account(host: Host, request: Request) -> Response:
    """Set `webhook_url`, `name`, or members of `settings`."""
    account = find_account(host, request.path_params["id"])
    wish = await body_of(request)
    account.webhook_url = str(wish.get("webhook_url", account.webhook_url))
    account.name = str(wish.get("name", account.name))
    account.settings.update(wish.get("settings", {}))
    host.store.write_now(host.world)
    host.live.tell("accounts", {})
    return JSONResponse(_shown(host, account))


async def inject_event(host: Host, request: Request) -> Response:
    account = find_account(host, request.path_params["id"])
    host.emulators[account.channel].inject(account, await body_of(request))
    return Response(status_code=202)


async def list_apps(host: Host, request: Request) -> Response:
    """Return the emulated apps, with what a customer can send in each; `page` names the files of its part of the page."""
    parts = page_parts()
    return JSONResponse(
        [
            {
                "name": emulator.name,
                "label": emulator.label,
                "kinds": [asdict(kind) for kind in emulator.kinds],
                "reactions": list(emulator.reactions),
                "asks": list(emulator.asks),
                "fail_codes": list(emulator.fail_codes),
                "page": sorted(path.name for path in parts[emulator.name].iterdir()) if emulator.name in parts else [],
            }
            for emulator in host.emulators.values()
        ]
    )


async def list_customers(host: Host, request: Request) -> Response:
    return JSONResponse([to_dict(customer) for customer in host.world.customers.values()])


async def welcome_customer(host: Host, request: Request) -> Response:
    """Create a person, or let one whom another app knows (`person`: a customer's id) use this app as well."""
    wish = await body_of(request)
    sibling = find_customer(host, str(wish["person"])) if wish.get("person") else None
    if sibling:
        wish = {"name": sibling.name, "language": sibling.language, "place": sibling.place, **wish}
    customer = emulator_of(host, str(wish.get("channel", ""))).welcome(wish)
    customer.person = sibling.person if sibling else ""
    if host.world.on_app(customer.person, customer.channel):
        raise WishRefused(f"{customer.name} uses that app already.")
    host.world.add_customer(customer)
    host.show_customer(customer)
    return JSONResponse(to_dict(customer), 201)


async def change_customer(host: Host, request: Request) -> Response:
    customer = find_customer(host, request.path_params["id"])
    wish = await body_of(request)
    unknown = set(wish) - set(CUSTOMER_SWITCHES)
    if unknown:
        raise WishRefused(f"Cannot change {', '.join(sorted(unknown))}. Can change: {', '.join(CUSTOMER_SWITCHES)}.")
    for name, value in wish.items():
        setattr(customer, name, bool(value) if isinstance(getattr(customer, name), bool) else str(value))
    host.show_customer(customer)
    return JSONResponse(to_dict(customer))


async def read_phone(host: Host, request: Request) -> Response:
    """Return the messages of the phone, oldest first, over all accounts or `?account=`."""
    customer = find_customer(host, request.path_params["id"])
    wanted = request.query_params.get("account", "")
    only = find_account(host, wanted).id if wanted else ""
    lines = [
        {"account": chat.account_id, **to_dict(line)}
        for chat in host.world.chats_of(customer)
        if only in ("", chat.account_id)
        for line in chat.lines.values()
    ]
    return JSONResponse(sorted(lines, key=lambda line: float(line["at"])))


async def read_chat(host: Host, request: Request) -> Response:
    """Return {lines, state} of one chat."""
    customer = find_customer(host, request.path_params["id"])
    account = account_for(host, customer, request.query_params.get("account", ""))
    chat = host.world.chat(account, customer)
    state = host.emulators[account.channel].chat_state(chat)
    return JSONResponse({"lines": [to_dict(line) for line in chat.lines.values()], "state": state})


async def write_message(host: Host, request: Request) -> Response:
    customer = find_customer(host, request.path_params["id"])
    wish = await body_of(request)
    account = account_for(host, customer, str(wish.get("account", "")))
    line = host.emulators[account.channel].write(account, customer, wish)
    if line is None:
        return JSONResponse({"account": account.id, "id": None}, 201)
    return JSONResponse({"account": account.id, **to_dict(line)}, 201)


async def act(host: Host, request: Request) -> Response:
    customer = find_customer(host, request.path_params["id"])
    wish = await body_of(request)
    account = account_for(host, customer, str(wish.get("account", "")))
    result = host.emulators[account.channel].act(account, customer, wish)
    return JSONResponse({"account": account.id, **result})


async def read_faults(host: Host, request: Request) -> Response:
    """Return the switches of `?account=`, or of every account by id."""
    wanted = request.query_params.get("account", "")
    if wanted:
        account = find_account(host, wanted)
        return JSONResponse({"account": account.id, **host.faults.of(account.id).to_json()})
    return JSONResponse({account_id: host.faults.of(account_id).to_json() for account_id in host.world.accounts})


async def set_faults(host: Host, request: Request) -> Response:
    """Throw the switches named in the body, of `account` or, without it, of every account."""
    wish = await body_of(request)
    wanted = str(wish.pop("account", "") or "")
    accounts = [find_account(host, wanted)] if wanted else list(host.world.accounts.values())
    changed = {account.id: host.faults.of(account.id).changed(wish) for account in accounts}
    for account in accounts:
        host.set_faults(account, changed[account.id])
    if wanted:
        return JSONResponse({"account": accounts[0].id, **changed[accounts[0].id].to_json()})
    return JSONResponse({account_id: faults.to_json() for account_id, faults in changed.items()})


async def calm_down(host: Host, request: Request) -> Response:
    wanted = request.query_params.get("account", "")
    for account in [find_account(host, wanted)] if wanted else host.world.accounts.values():
        host.set_faults(account, CALM)
    return Response(status_code=204)


async def read_sent(host: Host, request: Request) -> Response:
    """Return what was accepted, oldest first; `?account= ?to= ?callback= ?after=n`."""
    query = request.query_params
    account_id = find_account(host, query["account"]).id if query.get("account") else ""
    found = host.sent.entries(
        account_id=account_id,
        to=query.get("to", ""),
        callback=query.get("callback", ""),
        after=whole_number(query.get("after"), 0),
    )
    return JSONResponse([entry.to_json() for entry in found])


async def clear_sent(host: Host, request: Request) -> Response:
    host.sent.clear()
    return Response(status_code=204)


async def read_wire(host: Host, request: Request) -> Response:
    query = request.query_params
    account_id = find_account(host, query["account"]).id if query.get("account") else ""
    entries = host.wire.entries(account_id=account_id, limit=whole_number(query.get("limit"), 200))
    return JSONResponse({"items": entries, "last_minute": host.wire.last_minute()})


async def read_exchange(host: Host, request: Request) -> Response:
    entry = host.wire.entry(request.path_params["n"])
    if entry is None:
        raise Missing("That exchange is no longer kept.")
    return JSONResponse(entry)


async def read_media(host: Host, request: Request) -> Response:
    """Return a file as the phone shows it; platforms' own paths ask for a token, this one does not."""
    file = host.world.files.get(request.path_params["id"])
    if file is None:
        raise Missing("No such file.")
    headers = {
        "Cache-Control": "private, max-age=86400",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return Response(host.read_file(file), media_type=file.mime, headers=headers)


async def read_scripts(host: Host, request: Request) -> Response:
    return JSONResponse(_scripts(request).state())


async def change_scripts(host: Host, request: Request) -> Response:
    return JSONResponse(_scripts(request).change(await body_of(request)))


async def start_scripts(host: Host, request: Request) -> Response:
    return JSONResponse(_scripts(request).change({"running": True, **await body_of(request)}))


async def stop_scripts(host: Host, request: Request) -> Response:
    return JSONResponse(_scripts(request).change({"running": False}))


async def live(socket: WebSocket) -> None:
    host: Host = socket.app.state.host
    if is_foreign(socket):
        await socket.close(4403)
        return
    await host.live.serve(socket)


def _scripts(request: Request) -> Scripts:
    scripts: Scripts = request.app.state.scripts
    return scripts


def _shown(host: Host, account: Account) -> Json:
    return {**to_dict(account), **host.emulators[account.channel].describe(account)}

"""Reads what is asked of the laboratory's own API: bodies, names of accounts and people, and who asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse

from channels.sandbox.emulator import Emulator, WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer, Json


class Missing(LookupError):
    """No such account, customer, file or exchange: 404."""


def is_foreign(connection: HTTPConnection) -> bool:
    """Say whether a page of another origin asks: a browser on this machine must not be made to post for a stranger."""
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host")


def refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


async def body_of(request: Request) -> Json:
    """Return the JSON object of the body; nothing at all is an empty one."""
    raw = await request.body()
    data = await request.json() if raw else {}
    if not isinstance(data, dict):
        raise WishRefused("The body is a JSON object.")
    return data


def find_account(host: Host, wanted: str) -> Account:
    """Find by the laboratory's id or by the platform's. Raises Missing."""
    for account in host.world.accounts.values():
        if wanted in (account.id, account.external_id):
            return account
    raise Missing(f"No account {wanted}. GET /sandbox/accounts lists them.")


def find_customer(host: Host, wanted: str) -> Customer:
    """Find by id, phone or the platform's user id. Raises Missing."""
    found = host.world.customers.get(wanted)
    if found:
        return found
    for customer in host.world.customers.values():
        if wanted in (customer.phone, customer.user_id):
            return customer
    raise Missing(f"No customer {wanted}. GET /sandbox/customers lists them.")


def account_for(host: Host, customer: Customer, wanted: str) -> Account:
    """Return the account that is meant, else the first of the customer's channel. Raises Missing, WishRefused."""
    if not wanted:
        return next(account for account in host.world.accounts.values() if account.channel == customer.channel)
    account = find_account(host, wanted)
    if account.channel != customer.channel:
        raise WishRefused(f"{customer.name} is on {customer.channel}, the account on {account.channel}.")
    return account


def emulator_of(host: Host, channel: str) -> Emulator:
    """Raises WishRefused for a channel that nobody emulates."""
    if channel not in host.emulators:
        raise WishRefused(f"channel is one of: {', '.join(sorted(host.emulators))}.")
    return host.emulators[channel]


def whole_number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default

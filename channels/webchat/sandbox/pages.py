"""The shop's pages, under a policy as strict as a careful shop's: no inline script, no inline style, nothing but the chat from elsewhere."""

from __future__ import annotations

import json
from html import escape

from channels.webchat.sandbox.goods import TEAS, Tea
from channels.webchat.sandbox.members import Member

SHOP = "/shop"


def policy(chat_origin: str) -> str:
    """Return the Content-Security-Policy of every page: what docs/webchat.md asks for, and no more."""
    own = "default-src 'none'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    if not chat_origin:
        return f"{own}; img-src 'self'"
    socket = chat_origin.replace("http", "ws", 1)
    chat = f"script-src {chat_origin}; connect-src {chat_origin} {socket}; img-src 'self' blob: {chat_origin}"
    return f"{own}; {chat}; media-src {chat_origin}"


def shelf(member: Member | None, chat: str) -> str:
    cards = "".join(
        f'<a class="tea" href="{SHOP}/tea/{tea.slug}"><img src="{SHOP}/art/{tea.slug}.svg" alt="" width="400" height="400">'
        f'<b>{escape(tea.name)}</b><span lang="zh-Hant">{tea.chinese}</span><span class="price">{tea.price}</span></a>'
        for tea in TEAS
    )
    return _page(
        "Tin Kettle 錫壺",
        f'<p class="lead">Tea from hills we have walked. Sheung Wan, since 1987.</p><div class="shelf">{cards}</div>',
        member,
        chat,
    )


def product(tea: Tea, member: Member | None, chat: str) -> str:
    body = (
        f'<div class="product"><img src="{SHOP}/art/{tea.slug}.svg" alt="" width="400" height="400"><div><h1>{escape(tea.name)}</h1>'
        f'<p lang="zh-Hant" class="zh">{tea.chinese}</p><p class="price">{tea.price}</p><p>{escape(tea.words)}</p>'
        f'<button type="button" class="buy">Add to basket</button><p class="quiet">Not sure? Ask us in the chat.</p></div></div>'
    )
    return _page(f"{tea.name} · Tin Kettle", body, member, chat)


def log_in(members: list[Member], member: Member | None, chat: str) -> str:
    choices = "".join(
        f'<form method="post" action="{SHOP}/log-in"><button class="who" name="member" value="{escape(one.id)}">'
        f"<b>{escape(one.name)}</b><span>{escape(one.phone or one.id)}</span></button></form>"
        for one in members
    )
    return _page("Log in · Tin Kettle", f'<h1>Log in as</h1><div class="people">{choices}</div>', member, chat)


def chat_tag(src: str, token: str, tea: Tea | None, language: str) -> str:
    """Return the one line that a shop adds to its pages."""
    if not src:
        return ""
    attributes = f' data-language="{escape(language)}"' if language else ""
    attributes += f' data-identity="{token}"' if token else ""
    if tea is not None:
        about = {"id": tea.slug, "name": tea.name, "price": tea.price}
        attributes += f' data-product="{escape(json.dumps(about))}"'
    return f'<script src="{escape(src)}" async{attributes}></script>'


def _page(title: str, body: str, member: Member | None, chat: str) -> str:
    account = (
        f'<form method="post" action="{SHOP}/log-out"><span>{escape(member.name)}</span><button class="link">Log out</button></form>'
        if member
        else f'<a href="{SHOP}/log-in">Log in</a>'
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{SHOP}/shop.css">'
        f'<link rel="icon" href="{SHOP}/art/iron-goddess.svg"></head><body><header class="top">'
        f'<a class="brand" href="{SHOP}/">Tin Kettle <span lang="zh-Hant">錫壺</span></a>{account}</header><main>{body}</main>'
        f"<footer>Tin Kettle 錫壺 · 12 Wing Lok Street · a demo shop</footer>{chat}</body></html>"
    )


def about(member: Member) -> dict[str, object]:
    """Return what the shop tells of somebody who is logged in."""
    claims: dict[str, object] = {"sub": member.id, "name": member.name, "email": f"{member.id}@example.com"}
    return claims | ({"phone": member.phone, "phone_verified": True} if member.phone else {})

"""Codes with a scene, for a while or for ever, and their pictures.

Source: https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html (2026).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.world import Account
from channels.wechat.sandbox.calls import Call, part_of
from channels.wechat.sandbox.errors import WeChatError, answer
from channels.wechat.sandbox.platform import Json, Platform, opaque

PICTURE = "/cgi-bin/showqrcode"
LONGEST_S, DEFAULT_S = 2_592_000, 60
NUMBERED = ("QR_SCENE", "QR_LIMIT_SCENE")
NAMED = ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE")
PERMANENT_MOST = 100_000


async def create(call: Call) -> Response:
    """Make a code. The same lasting scene is the same code."""
    body = call.body()
    action = body.get("action_name")
    if action not in NUMBERED + NAMED:
        raise WeChatError(40053)
    scene = _scene(part_of(part_of(body, "action_info", missing=40053), "scene", missing=40053), str(action))
    lasts = "LIMIT" in str(action)
    expire_s = min(int(body.get("expire_seconds") or DEFAULT_S), LONGEST_S)
    codes = call.platform.shelf("codes")
    ticket = (
        next((key for key, one in codes.items() if lasts and _is(one, call.account, scene)), "") or f"gQ{opaque(94)}"
    )
    ends_at = 0 if lasts else call.host.now() + expire_s
    url = f"http://weixin.qq.com/q/{ticket[2:26]}"
    codes[ticket] = {"account": call.account.id, "scene": scene, "ends_at": ends_at, "url": url}
    call.host.store.touch()
    call.host.live.tell("accounts", {})
    return answer(ticket=ticket, **({} if lasts else {"expire_seconds": expire_s}), url=url)


def _scene(scene: Json, action: str) -> str:
    if action in NUMBERED:
        number = scene.get("scene_id")
        most = 100_000 if "LIMIT" in action else 2**32
        if not isinstance(number, int) or not 1 <= number <= most:
            raise WeChatError(40053)
        return str(number)
    name = scene.get("scene_str")
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise WeChatError(40053)
    return name


def _is(code: Json, account: Account, scene: str) -> bool:
    return (code["account"], code["scene"], code["ends_at"]) == (account.id, scene, 0)


def living(platform: Platform, account: Account) -> list[Json]:
    """Return the codes that lead to an account now, newest last: {ticket, scene, url}."""
    now = platform.host.now()
    return [
        {"ticket": ticket, "scene": one["scene"], "url": one["url"]}
        for ticket, one in platform.shelf("codes").items()
        if one["account"] == account.id and (not one["ends_at"] or one["ends_at"] > now)
    ]


def picture(platform: Platform, request: Request) -> Response:
    """Draw a code's picture: a pattern that follows from the ticket; nobody's camera is asked here."""
    ticket = request.query_params.get("ticket", "")
    if ticket not in platform.shelf("codes"):
        return Response(status_code=404)
    return Response(_drawn(ticket), media_type="image/svg+xml", headers={"Content-Security-Policy": "sandbox"})


def _drawn(ticket: str) -> str:
    size = 29
    seed = [ord(char) for char in ticket]
    cells = [
        f"M{x} {y}h1v1h-1z"
        for y in range(size)
        for x in range(size)
        if not _in_corner(x, y, size) and (seed[(x * 7 + y * 13) % len(seed)] >> ((x + y) % 6)) & 1
    ]
    corners = "".join(
        f'<path d="M{x} {y}h7v7h-7z"/><path fill="#fff" d="M{x + 1} {y + 1}h5v5h-5z"/><path d="M{x + 2} {y + 2}h3v3h-3z"/>'
        for x, y in ((0, 0), (size - 7, 0), (0, size - 7))
    )
    box = f'viewBox="-2 -2 {size + 4} {size + 4}" width="430" height="430"'
    ground = f'<path fill="#fff" d="M-2-2h{size + 4}v{size + 4}h-{size + 4}z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{ground}<path d="{"".join(cells)}"/>{corners}</svg>'


def _in_corner(x: int, y: int, size: int) -> bool:
    near = 8
    return (x < near and y < near) or (x >= size - near and y < near) or (x < near and y >= size - near)

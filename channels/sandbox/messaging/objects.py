"""Edges of people, messages, threads, comments and files: what can be asked about them, and done to them.

Source: Meta's "User Profile API", "Conversations API", "Attachment Upload API" and "Comment moderation" pages (2026).
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.calls import TRUE, paged, pick
from channels.sandbox.graph.errors import GraphError, Json, no_such_object
from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.messaging import refusals
from channels.sandbox.messaging.calls import Call
from channels.sandbox.messaging.comments import Wall
from channels.sandbox.messaging.files import Files, type_of_upload
from channels.sandbox.world import Chat, Customer, Line

DETAILED = 20
"""Messages of a chat that Instagram still tells details of."""


class Objects:
    def __init__(self, wall: Wall, files: Files) -> None:
        self._wall = wall
        self._files = files

    async def upload(self, call: Call) -> Response:
        """Keep a file under an attachment id: from the request itself, or fetched from a link."""
        message = call.params.get("message")
        kind = type_of_upload(message if isinstance(message, dict) else {})
        if kind not in call.platform.flavour.files:
            raise refuse(f"Param message[attachment][type] must be one of {{{', '.join(call.platform.flavour.files)}}}")
        file = await call.file()
        if file:
            return JSONResponse({"attachment_id": self._files.keep_upload(call.account, kind, *file)})
        payload = Shape(call.params["message"]["attachment"], "attachment").part("payload")
        payload.url("url")
        found = await self._files.resolve(call.account, kind, {**payload.data, "is_reusable": True})
        if "attachment_id" not in found:
            raise refusals.cannot_fetch()
        return JSONResponse({"attachment_id": found["attachment_id"]})

    async def person(self, call: Call) -> Response:
        """Return a profile. Without consent, or for somebody who has blocked the business, there is none."""
        customer = call.node.customer
        assert customer is not None
        chat = call.host.world.chat(call.account, customer)
        if call.account.settings.get("no_profiles"):
            return JSONResponse({})
        if call.platform.flavour.object == "page":
            return self._page_profile(call, customer)
        if not chat.last_inbound_at or chat.blocked_by_customer:
            raise GraphError(230, "(#230) User consent is required to access user profile", http=403)
        whole: Json = {
            "id": call.node.id,
            "name": customer.name,
            "username": customer.username,
            "profile_pic": self._files.portrait(customer),
            "follower_count": 200 + len(customer.name),
            "is_user_follow_business": True,
            "is_business_follow_user": False,
            "is_verified_user": False,
        }
        return JSONResponse(pick(whole, call.query.get("fields", ""), ("name", "username")))

    def _page_profile(self, call: Call, customer: Customer) -> Response:
        if customer.name.startswith("+"):
            raise GraphError(100, "(#100) No profile available for this user.", subcode=2018218)
        first, _, last = customer.name.partition(" ")
        whole: Json = {"id": call.node.id, "first_name": first, "last_name": last, "name": customer.name}
        whole |= {
            "profile_pic": self._files.portrait(customer),
            "locale": (customer.language or "en").replace("-", "_"),
        }
        return JSONResponse(pick(whole, call.query.get("fields", ""), ("first_name", "last_name", "profile_pic")))

    async def conversations(self, call: Call) -> Response:
        rows = []
        for customer_id, scoped_id in call.room["people"].items():
            customer = call.host.world.customers[customer_id]
            chat = call.host.world.chat(call.account, customer)
            if chat.lines and call.query.get("user_id", scoped_id) == scoped_id:
                rows.append(self._thread(call, customer, scoped_id, chat))
        return JSONResponse(paged(rows, call.query))

    def _thread(self, call: Call, customer: Customer, scoped_id: str, chat: Chat) -> Json:
        us = {"id": call.account.external_id, "name": call.account.name}
        people = [{"id": scoped_id, "name": customer.name}, us]
        shown = [line for line in chat.lines.values() if line.view["kind"] != "notice"]
        messages = [self._message(call, line, scoped_id, customer.name) for line in reversed(shown)]
        newest = shown[-1].at if shown else 0
        return {
            "id": f"t_{scoped_id}",
            "updated_time": _iso(newest),
            "participants": {"data": people},
            "messages": {"data": messages},
        }

    async def message(self, call: Call) -> Response:
        """Return one message; Instagram tells details only of the newest of a chat."""
        line, chat = call.node.line, call.node.chat
        assert line is not None
        assert chat is not None
        newest = list(chat.lines)[-DETAILED:]
        if line.deleted or (call.platform.flavour.reads_by_mid and line.id not in newest):
            raise no_such_object("get", line.id)
        customer = call.host.world.customers[chat.customer_id]
        whole = self._message(call, line, call.platform.scoped_id(call.account, customer), customer.name)
        return JSONResponse(pick(whole, call.query.get("fields", ""), ("id", "created_time")))

    def _message(self, call: Call, line: Line, scoped_id: str, name: str) -> Json:
        them, us = {"id": scoped_id, "name": name}, {"id": call.account.external_id, "name": call.account.name}
        sender, to = (them, us) if line.by == "customer" else (us, them)
        whole: Json = {"id": line.id, "created_time": _iso(line.at), "from": sender, "to": {"data": [to]}}
        whole["message"] = line.view.get("text", "")
        pictures = (
            line.view.get("album") or [line.view["media"]] if "media" in line.view or "album" in line.view else []
        )
        found = [self._attachment(picture) for picture in pictures if "file_id" in picture]
        return whole | ({"attachments": {"data": found}} if found else {})

    def _attachment(self, picture: Json) -> Json:
        """Return an attachment with a fresh address, which stands in another place for each kind of file."""
        url = self._files.address(picture["file_id"])
        base = {
            "id": picture["file_id"],
            "mime_type": picture["mime"],
            "name": picture["filename"],
            "size": picture["size_bytes"],
        }
        match picture["kind"]:
            case "image":
                return {**base, "image_data": {"width": 320, "height": 240, "url": url}}
            case "video":
                return {**base, "video_data": {"width": 16, "height": 16, "url": url}}
            case _:
                return {**base, "file_url": url}

    async def answer_comment(self, call: Call) -> Response:
        """Answer a comment or a post in public, as the business."""
        text = Shape(call.params, "comment").text("message", most=8000)
        target = {"parent_id": call.node.id} if call.node.kind == "comment" else {"post_id": call.node.id}
        comment = self._wall.comment(call.account, None, {**target, "text": text})
        call.host.sent.add(
            at=call.host.now(),
            account_id=call.account.id,
            line_id=comment["id"],
            to=call.node.id,
            kind="comment",
            callback="",
            body=call.raw if call.raw[:1] == b"{" else b"{}",
        )
        return JSONResponse({"id": comment["id"]})

    async def read_comment(self, call: Call) -> Response:
        found = call.room["comments"][call.node.id]
        whole = {"id": found["id"], "message": found["text"], "text": found["text"], "created_time": _iso(found["at"])}
        return JSONResponse(pick(whole, call.query.get("fields", ""), ("id", "message", "created_time")))

    async def change_comment(self, call: Call) -> Response:
        """Hide a comment, or show it again: `is_hidden` on Facebook, `hide` on Instagram."""
        wish = call.params.get("is_hidden", call.params.get("hide"))
        if wish is None:
            raise refuse("The parameter is_hidden is required")
        call.room["comments"][call.node.id]["hidden"] = wish in TRUE
        call.host.store.touch()
        return JSONResponse({"success": True})

    async def delete_comment(self, call: Call) -> Response:
        self._wall.change(call.account, call.room["comments"][call.node.id], "remove")
        return JSONResponse({"success": True})

    async def posts(self, call: Call) -> Response:
        rows = [
            {"id": post["id"], "message": post["text"], "caption": post["text"], "created_time": _iso(post["at"])}
            for post in call.room["posts"].values()
        ]
        return JSONResponse(paged(rows[::-1], call.query))

    async def comments(self, call: Call) -> Response:
        rows = [
            {"id": one["id"], "message": one["text"], "text": one["text"], "created_time": _iso(one["at"])}
            for one in call.room["comments"].values()
            if call.node.id in (one["post_id"], one["parent_id"])
        ]
        return JSONResponse(paged(rows, call.query))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")

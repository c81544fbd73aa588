"""`POST /{page}/messages`: rules of the moment, acceptance, echo, delivery; sender actions and reactions.

Source: Meta's "Send a Message" (5 May 2026), "Private Replies" (16 Apr 2026), "Messenger Platform rate limits" (23 Mar 2026).
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from channels.sandbox.bucket import Bucket
from channels.sandbox.cut import CutLine
from channels.sandbox.graph.errors import Json
from channels.sandbox.graph.shape import refuse
from channels.sandbox.host import DICE, Host
from channels.sandbox.messaging import comments, refusals, utility
from channels.sandbox.messaging.echo import echo_of
from channels.sandbox.messaging.files import Files
from channels.sandbox.messaging.flavour import DAY_S
from channels.sandbox.messaging.ids import message_id
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.messaging.receipts import Receipts
from channels.sandbox.messaging.sending import Outgoing, check_outgoing
from channels.sandbox.messaging.views import view_of
from channels.sandbox.world import Account, Chat, Customer, Line

WINDOW_S = DAY_S
HUMAN_AGENT_S = 7 * DAY_S
PER_S, CLIPS_PER_S = 300.0, 10.0
SLACK = 1.1
TYPING_S = 20
ECHO_FIRST_S = 0.05
LOVE = "❤️"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a request reaches. `comment_id`: it is the one private reply to that; `named`: the answer tells the person's id."""

    customer: Customer
    comment_id: str = ""
    named: bool = True


class Messages:
    def __init__(self, host: Host, platform: Platform, mail: Mail, files: Files, receipts: Receipts) -> None:
        self._host = host
        self._platform = platform
        self._mail = mail
        self._files = files
        self._receipts = receipts
        self._buckets: dict[tuple[str, float], Bucket] = {}

    async def handle(self, account: Account, params: Json, raw: bytes) -> Response:
        """Answer one request. Raises GraphError."""
        request = check_outgoing(params, self._platform.flavour)
        self._check_pace(account, request)
        to = self._addressee(account, request)
        chat = self._host.world.chat(account, to.customer)
        self._check_trouble(account)
        self._check_control(account, request, to.customer)
        if request.action:
            return self._act(account, request, to, chat, raw)
        self._check_moment(account, request, to, chat)
        view = await self._view(account, request)
        return await self._accept(account, request, to, chat, view, raw)

    def _check_pace(self, account: Account, request: Outgoing) -> None:
        """Allow 300 a second of words and pictures, 10 of sound and video, of this account."""
        usual = CLIPS_PER_S if request.kind in ("audio", "video") else PER_S
        per_s = self._host.faults.of(account.id).throttle_per_second or float(account.settings.get("per_second", usual))
        now, most = self._host.now(), max(1.0, per_s * SLACK)
        if not self._buckets.setdefault((account.id, per_s), Bucket(per_s, most, most, now)).take(now):
            raise refusals.too_fast()

    def _addressee(self, account: Account, request: Outgoing) -> Addressee:
        match request.how:
            case "id":
                customer = self._platform.person(account, request.to)
                if customer is None:
                    raise refusals.nobody(self._platform.flavour)
                return Addressee(customer)
            case "comment_id" | "post_id":
                return Addressee(comments.private_reply(self._host, self._platform, account, request.to), request.to)
            case "user_ref":
                return Addressee(self._kept(account, "user_refs", request.to), named=False)
            case "one_time_notif_token":
                return Addressee(self._kept(account, "optins", request.to))
            case _:
                raise refuse("Recurring notifications are no longer supported")

    def _kept(self, account: Account, drawer: str, key: str) -> Customer:
        found = self._platform.room(account)[drawer].get(key)
        if found is None:
            raise refusals.nobody(self._platform.flavour)
        return self._host.world.customers[found]

    def _check_trouble(self, account: Account) -> None:
        faults = self._host.faults.of(account.id)
        if faults.fail_code and DICE.random() < faults.fail_share:
            raise refusals.forced(faults.fail_code, self._platform.flavour)

    def _check_control(self, account: Account, request: Outgoing, customer: Customer) -> None:
        owner = self._platform.room(account)["owners"].get(self._platform.scoped_id(account, customer))
        if owner and owner != account.settings["app_id"]:
            raise refusals.other_app_controls()

    def _check_moment(self, account: Account, request: Outgoing, to: Addressee, chat: Chat) -> None:
        """Say whether this may be written to this person now. Raises GraphError."""
        if chat.blocked_by_customer:
            raise refusals.not_available()
        if request.messaging_type == "UTILITY":
            utility.check_usable(self._platform.room(account), request.message["template"])
            return
        if to.comment_id or request.how != "id":
            return
        silent_s = self._host.now() - chat.last_inbound_at
        if request.tag == "HUMAN_AGENT" and not account.settings.get("human_agent", True):
            raise refusals.permission_missing("Human Agent")
        if silent_s >= (HUMAN_AGENT_S if request.tag == "HUMAN_AGENT" else WINDOW_S):
            raise refusals.window_closed(self._platform.flavour)

    async def _view(self, account: Account, request: Outgoing) -> Json:
        """Return what the phone shows; files are looked up, links fetched. Raises GraphError."""
        room = self._platform.room(account)
        if request.persona_id and request.persona_id not in room["personas"]:
            raise refuse(f"Persona {request.persona_id} does not exist")
        if request.kind == "utility":
            return utility.hydrate(room, request.message["template"])
        if request.kind == "media_share" and request.message["attachment"]["payload"]["id"] not in room["posts"]:
            raise refuse("The post does not belong to this account")
        pictures = [
            await self._files.resolve(account, part["type"], part["payload"])
            for part in parts_of(request.message)
            if part["type"] in self._platform.flavour.files
        ]
        return view_of(request, pictures)

    async def _accept(
        self, account: Account, request: Outgoing, to: Addressee, chat: Chat, view: Json, raw: bytes
    ) -> Response:
        if request.reply_to and request.reply_to not in chat.lines:
            raise refuse("reply_to[mid] is no message of this thread")
        line = Line(
            message_id(self._platform.flavour), "business", self._host.now(), view, "sent", request.reply_to, request.metadata,
            extra={"type": request.kind, "tag": request.tag},
        )  # fmt: skip
        if to.comment_id:
            comments.mark_replied(self._platform, account, to.comment_id, line)
        if request.how == "one_time_notif_token":
            del self._platform.room(account)["optins"][request.to]
        self._log_sent(account, request, to, line.id, raw)
        self._host.add_line(chat, line)
        self._mail.item(account, to.customer, "echo", self._echo(account, request, line), ours=True)
        if account.settings.get("echo_first"):
            await asyncio.sleep(ECHO_FIRST_S)
        self._receipts.travel(account, to.customer, chat, line)
        answer = {"recipient_id": self._platform.scoped_id(account, to.customer), "message_id": line.id}
        if attachment_id := view.get("media", {}).get("attachment_id"):
            answer["attachment_id"] = attachment_id
        return self._answer(account, answer, to)

    def _echo(self, account: Account, request: Outgoing, line: Line) -> Json:
        return echo_of(account, request, line, self._files, says_who=self._platform.flavour.echoes_say_who)

    def _log_sent(self, account: Account, request: Outgoing, to: Addressee, line_id: str, raw: bytes) -> None:
        self._host.sent.add(
            at=self._host.now(),
            account_id=account.id,
            line_id=line_id,
            to=self._platform.scoped_id(account, to.customer),
            kind=request.action or request.kind,
            callback=request.metadata,
            body=raw if raw[:1] == b"{" else json.dumps(request.message).encode(),
        )

    def _answer(self, account: Account, answer: Json, to: Addressee) -> Response:
        lose = self._host.faults.of(account.id).lose_answer
        if lose:
            return CutLine(silent=lose == "silence")
        if not to.named:
            answer.pop("recipient_id", None)
        return JSONResponse(answer)

    def _act(self, account: Account, request: Outgoing, to: Addressee, chat: Chat, raw: bytes) -> Response:
        """Carry out a sender action; none of them but a reaction leaves a trace."""
        match request.action:
            case "typing_on" | "typing_off":
                self._host.show_typing(chat, TYPING_S if request.action == "typing_on" else 0)
            case "mark_seen":
                for line in list(chat.lines.values()):
                    if line.by == "customer" and line.rises_to("read"):
                        line.status = "read"
                        self._host.show_line(chat, line)
            case _:
                self._check_moment(account, request, to, chat)
                self._react(chat, request)
                self._log_sent(account, request, to, "", raw)
        return self._answer(account, {"recipient_id": self._platform.scoped_id(account, to.customer)}, to)

    def _react(self, chat: Chat, request: Outgoing) -> None:
        line = chat.lines.get(request.payload["message_id"])
        if line is None:
            raise refuse("payload[message_id] is no message of this thread")
        if request.action == "react":
            emoji = str(request.payload["reaction"])
            line.reactions["business"] = LOVE if emoji == "love" else emoji
        else:
            line.reactions.pop("business", None)
        self._host.show_line(chat, line)


def parts_of(message: Json) -> list[Json]:
    """Return the attachments of a checked message, and the file that a media template shows."""
    single = [message["attachment"]] if "attachment" in message else []
    for attachment in single:
        if attachment["type"] == "template" and attachment["payload"]["template_type"] == "media":
            element = attachment["payload"]["elements"][0]
            return [{"type": element["media_type"], "payload": element}]
    return [*single, *message.get("attachments", [])]

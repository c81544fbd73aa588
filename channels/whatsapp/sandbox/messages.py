"""`POST /{phone}/messages` and `/marketing_messages`: checks, rules of the moment, acceptance; read marks and typing.

Source: Meta's "Messages", "Throughput", "Messaging limits" and "Error codes" pages (Dec 2025 – Mar 2026).
"""

from __future__ import annotations

import base64
import json
import secrets
from json import JSONDecodeError

from starlette.responses import JSONResponse, Response

from channels.sandbox.cut import CutLine
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.whatsapp.sandbox import people
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json, Part
from channels.whatsapp.sandbox.pace import STANDARD_PER_S, Pace
from channels.whatsapp.sandbox.platform import Platform
from channels.whatsapp.sandbox.sending import Outgoing, check_outgoing
from channels.whatsapp.sandbox.statuses import Parcel, Statuses
from channels.whatsapp.sandbox.template_send import hydrate
from channels.whatsapp.sandbox.templates import usable
from channels.whatsapp.sandbox.views import view_of

WINDOW_S = 86_400
FREE_ENTRY_S = 72 * 3600
TYPING_S = 25
DICE = secrets.SystemRandom()
REACTION_MOST_S = 30 * 86_400
LATE_ERRORS = (131026, 131049, 131050, 130472)
"""Codes that Meta tells by webhook after accepting; an account's setting `late_errors` replaces them."""


class Messages:
    def __init__(self, host: Host, platform: Platform, statuses: Statuses) -> None:
        self._host = host
        self._platform = platform
        self._statuses = statuses
        self._pace = Pace(host.now)

    def handle(self, account: Account, raw: bytes, *, marketing_api: bool = False) -> Response:
        """Answer one request to the messages endpoint. Raises GraphError."""
        try:
            body = json.loads(raw)
        except (JSONDecodeError, UnicodeDecodeError):
            raise GraphError(100, message="(#100) Invalid parameter: the body is not JSON") from None
        if not account.settings.get("registered", True):
            raise GraphError(133010)
        if isinstance(body, dict) and "status" in body:
            return self._mark_read(account, Part(body, "$"))
        message = check_outgoing(body)
        if marketing_api and message.kind != "template":
            raise GraphError(100, message="(#100) Message must be a template message.")
        return self._send(account, message, raw, marketing_api=marketing_api)

    def _send(self, account: Account, message: Outgoing, raw: bytes, *, marketing_api: bool) -> Response:
        faults = self._host.faults.of(account.id)
        if not self._pace.number_allows(account.id, self._speed(account)):
            raise GraphError(130429)
        phone, customer = self._recipient(account, message)
        person = phone or message.recipient
        chat = self._host.world.chat(account, customer) if customer else None
        if account.settings.get("pair_limit", True) and not self._pace.pair_allows(account.id, person):
            raise GraphError(131056)
        view, template = self._view(account, message, chat)
        if marketing_api and template and template["category"] != "MARKETING":
            raise GraphError(134100)
        forced = GraphError(faults.fail_code) if faults.fail_code and DICE.random() < faults.fail_share else None
        if forced and faults.fail_as == "answer":
            raise forced
        error = forced or self._verdict(account, phone, chat, template)
        if error and not forced and error.code not in account.settings.get("late_errors", LATE_ERRORS):
            raise error

        parcel = self._parcel(account, message, phone, customer, chat, template, marketing_api=marketing_api)
        self._host.sent.add(
            at=self._host.now(),
            account_id=account.id,
            line_id=parcel.line_id,
            to=person,
            kind=message.kind,
            callback=message.callback,
            body=raw,
        )
        self._carry_out(message, view, parcel, chat, customer, error)
        if faults.lose_answer:
            return CutLine(silent=faults.lose_answer == "silence")
        return JSONResponse(self._accepted(message, phone, customer, parcel, template))

    def _speed(self, account: Account) -> float:
        throttle = self._host.faults.of(account.id).throttle_per_second
        return throttle or float(account.settings.get("throughput_per_second", STANDARD_PER_S))

    def _recipient(self, account: Account, message: Outgoing) -> tuple[str, Customer | None]:
        """Return (digits or "", known customer or None); `to` wins over `recipient`."""
        if message.to:
            phone = people.digits_of(message.to, account)
            if phone == account.phone:
                raise GraphError(131021)
            return phone, people.find(self._host.world, phone, "")
        customer = people.find(self._host.world, "", message.recipient)
        if customer is None:
            raise GraphError(131009, "Parameter 'recipient' is not a user of this business.")
        return customer.phone, customer

    def _view(self, account: Account, message: Outgoing, chat: Chat | None) -> tuple[Json, Json | None]:
        """Return what the phone will show, and the template when it is one."""
        if message.kind == "template":
            language = message.payload.data["language"]["code"]
            templates = self._platform.waba_of(account)["templates"].values()
            template = usable(templates, message.payload.data["name"], language)
            if not message.to and template["category"] == "AUTHENTICATION":
                raise GraphError(131062)
            return hydrate(template, message.payload), template
        if message.kind == "reaction":
            self._check_target(message.payload.data["message_id"], chat)
            return {"kind": "reaction"}, None
        view = view_of(message)
        self._check_file(account, view)
        return view, None

    def _check_target(self, line_id: str, chat: Chat | None) -> None:
        line = chat.lines.get(line_id) if chat else None
        if line is None:
            raise GraphError(131009, "Parameter value is not valid: message_id is not a message of this chat.")
        if self._host.now() - line.at > REACTION_MOST_S:
            raise GraphError(131009, "The message is older than 30 days.")

    def _check_file(self, account: Account, view: Json) -> None:
        media = view.get("media") or view.get("header", {}).get("media") or {}
        if "file_id" not in media:
            return
        file = self._host.world.files.get(media["file_id"])
        if file is None or file.expires_at < self._host.now():
            raise GraphError(131009, f"Media ID {media['file_id']} does not exist or has expired.")
        wanted = {"document": "", "sticker": "image/webp"}.get(media["kind"], f"{media['kind']}/")
        if not file.mime.startswith(wanted):
            raise GraphError(131053, f"The file is {file.mime}, not of type {media['kind']}.")
        media["mime"], media["size_bytes"] = file.mime, file.size_bytes
        media["filename"] = media["filename"] or file.filename

    def _verdict(self, account: Account, phone: str, chat: Chat | None, template: Json | None) -> GraphError | None:
        """Say why this message may not reach this person now, or None."""
        if phone.startswith(people.NOT_ON_WHATSAPP):
            return GraphError(131026)
        if chat and (chat.blocked_by_customer or chat.blocked_by_account):
            return GraphError(131026)
        if template is None:
            is_open = chat is not None and self._host.now() - chat.last_inbound_at < WINDOW_S
            return None if is_open else GraphError(131047)
        if template["category"] == "MARKETING":
            if chat and chat.marketing_stopped:
                return GraphError(131050)
            if people.is_in_united_states(phone):
                return GraphError(131049)
        return None

    def _parcel(
        self,
        account: Account,
        message: Outgoing,
        phone: str,
        customer: Customer | None,
        chat: Chat | None,
        template: Json | None,
        *,
        marketing_api: bool,
    ) -> Parcel:
        waba = self._platform.waba_of(account)
        category = template["category"].lower() if template else "service"
        in_window = chat is not None and self._host.now() - chat.last_inbound_at < WINDOW_S
        if chat is not None and self._host.now() < chat.free_entry_until:
            pricing = "free_entry_point"
        elif template is None or (category == "utility" and in_window):
            pricing = "free_customer_service"
        else:
            pricing = "regular"
        return Parcel(
            account=account,
            line_id=message_id(),
            phone=phone,
            user_id=customer.user_id if customer else people.user_id_of(phone, waba["business_id"]),
            name=customer.name if customer else "",
            callback=message.callback,
            category="marketing_lite" if marketing_api else category,
            pricing_type=pricing,
        )

    def _carry_out(
        self,
        message: Outgoing,
        view: Json,
        parcel: Parcel,
        chat: Chat | None,
        customer: Customer | None,
        error: GraphError | None,
    ) -> None:
        if chat and message.kind == "reaction":
            self._react(chat, message.payload.data)
            self._statuses.report(parcel, None, "sent")
            return
        if chat:
            extra = {"category": parcel.category, "pricing_type": parcel.pricing_type}
            line = Line(
                parcel.line_id,
                "business",
                self._host.now(),
                view,
                "pending",
                message.reply_to,
                message.callback,
                extra=extra,
            )
            if error:
                chat.add(line)
                self._host.show_line(chat, line)
            else:
                self._host.add_line(chat, line)
        if error:
            self._statuses.fail(parcel, chat, error)
        else:
            self._statuses.travel(
                parcel, chat, customer, reads=customer is None and people.stranger_reads(parcel.phone)
            )

    def _react(self, chat: Chat, reaction: Json) -> None:
        line = chat.lines[reaction["message_id"]]
        if reaction["emoji"]:
            line.reactions["business"] = reaction["emoji"]
        else:
            line.reactions.pop("business", None)
        self._host.show_line(chat, line)

    @staticmethod
    def _accepted(
        message: Outgoing, phone: str, customer: Customer | None, parcel: Parcel, template: Json | None
    ) -> Json:
        contact: Json = (
            {"input": message.to, "wa_id": phone}
            if message.to
            else {"input": message.recipient, "user_id": parcel.user_id}
        )
        answer: Json = {"id": parcel.line_id}
        if template:
            answer["message_status"] = "accepted"
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [answer]}

    def _mark_read(self, account: Account, top: Part) -> Response:
        """Show the ticks on the customer's phone, for this message and all before it, and the typing dots if asked."""
        top.only("messaging_product", "status", "message_id", "typing_indicator")
        if top.data.get("messaging_product") != "whatsapp":
            raise GraphError(100, message="(#100) The parameter messaging_product is required.")
        top.one_of("status", ("read",), code=100)
        found = self._host.world.find_line(account, top.text("message_id", most=512))
        if found is None or found[1].by != "customer":
            raise GraphError(131009, "Parameter 'message_id' is not a received message.")
        typing = top.optional_part("typing_indicator")
        if typing:
            typing.fixed("type", "text")
        chat, line = found
        for earlier in chat.lines.values():
            if earlier.by == "customer" and earlier.at <= line.at and earlier.rises_to("read"):
                earlier.status = "read"
                self._host.show_line(chat, earlier)
        if typing:
            self._host.show_typing(chat, TYPING_S)
        return JSONResponse({"success": True})


def message_id() -> str:
    """Return an id as WhatsApp makes them: base64 behind `wamid.`."""
    return "wamid." + base64.b64encode(b"\x1d\x06\x0b" + secrets.token_bytes(33)).decode()

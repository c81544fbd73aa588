"""Who may write in a thread: control is passed, taken, asked for, given back; whoever has it not, listens in `standby`.

Source: Meta's "Conversation Routing" (24 Sep 2025).
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.errors import GraphError, Json
from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.host import Host
from channels.sandbox.messaging import refusals
from channels.sandbox.messaging.calls import Call
from channels.sandbox.messaging.flavour import DAY_S
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Customer

OWNER_LASTS_S = DAY_S
EXTEND_MOST_S = 7 * DAY_S


class Control:
    def __init__(self, host: Host, platform: Platform, mail: Mail) -> None:
        self._host = host
        self._platform = platform
        self._mail = mail

    async def act(self, call: Call) -> Response:
        """Carry out one of the edges on a thread. Raises GraphError."""
        customer = self._customer(call)
        own = str(call.account.settings["app_id"])
        owner = self.owner(call.account, customer)
        note = str(call.params.get("metadata") or "")
        match call.edge:
            case "pass_thread_control":
                self._want(owner, own)
                self.move(call.account, customer, "pass", str(call.params.get("target_app_id") or ""), note)
            case "release_thread_control":
                self._want(owner, own)
                self.move(call.account, customer, "pass", "", note)
            case "take_thread_control":
                if not call.account.settings.get("is_default_app"):
                    raise GraphError(10, "(#10) Only the default app may take thread control", http=403)
                self.move(call.account, customer, "take", own, note)
            case "extend_thread_control":
                self._want(owner, own)
                if not 0 < int(call.params.get("duration") or 0) <= EXTEND_MOST_S:
                    raise refuse("Param duration must be between 1 and 604800")
        return JSONResponse({"success": True})

    async def read(self, call: Call) -> Response:
        owner = self.owner(call.account, self._customer(call, call.query.get("recipient", "")))
        return JSONResponse({"data": [{"thread_owner": {"app_id": owner}}] if owner else []})

    def owner(self, account: Account, customer: Customer) -> str:
        """Return the app that has the thread, "" when nobody does."""
        owners = self._platform.room(account)["owners"]
        return str(owners.get(self._platform.scoped_id(account, customer), ""))

    def move(self, account: Account, customer: Customer, how: str, to: str, note: str = "") -> None:
        """Give the thread to the app `to` ("" = to nobody) and tell the apps; `how` is "pass", "take" or "request"."""
        owners = self._platform.room(account)["owners"]
        person = self._platform.scoped_id(account, customer)
        before = owners.get(person)
        if how == "request":
            event: Json = {"requested_owner_app_id": int(to) if to else None}
        else:
            event = {"previous_owner_app_id": int(before) if before else None, "new_owner_app_id": to or None}
            owners[person] = to
        if note:
            event["metadata"] = note
        self._mail.item(account, customer, how, {f"{how}_thread_control": event})
        self._host.store.touch()

    def _customer(self, call: Call, named: str = "") -> Customer:
        person = named or Shape(call.params.get("recipient"), "recipient").identifier("id")
        customer = self._platform.person(call.account, person)
        if customer is None:
            raise refusals.nobody(self._platform.flavour)
        return customer

    @staticmethod
    def _want(owner: str, own: str) -> None:
        if owner and owner != own:
            raise refusals.other_app_controls()

"""Fetch what customers wrote to a customer service account, and read its events.

Source: https://developer.work.weixin.qq.com/document/path/94670 (read Nov 2026).
Example: tests/channels/wechat/fixtures/kf_messages.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.contract import (
    AccountChanged,
    Call,
    ContactActed,
    Failure,
    FetchUpdates,
    InboundEvent,
    Json,
    MessageDeleted,
    MessageEchoed,
    MessageReceived,
    Person,
    StatusChanged,
    UpdatesFetched,
    WindowOpened,
)
from channels.kit.events import event_key
from channels.kit.tolerant import identifier, integer, items, kept, moment, obj, text, without_empty
from channels.wechat.api import Api
from channels.wechat.kf.bodies import body_of
from channels.wechat.people import customer
from channels.wechat.unknown import unrecognised

_PATH = "/cgi-bin/kf/sync_msg"
_PAGE_SIZE = 1000
_CUSTOMER, _COLLEAGUE = 3, 5
_FAILURES = {
    1: "service_account_missing",
    2: "permission_missing",
    4: "window_closed",
    5: "session_ended",
    6: "window_used_up",
    7: "channels_account_missing",
    8: "account_unverified",
    9: "account_unverified",
    10: "contact_blocked",
    11: "permission_missing",
}
_CHANGES = {
    1: "service_session_opened",
    2: "service_session_moved",
    3: "service_session_closed",
    4: "service_session_opened",
}


def fetch_updates(intent: FetchUpdates, api: Api, open_kfid: str) -> Call:
    """Fetch one page. A page may be short, even empty, while there is more; a cursor that stands still is the end."""
    body: Json = {"cursor": intent.cursor, "limit": _PAGE_SIZE, "voice_format": 0, "open_kfid": open_kfid}
    if intent.token:
        body["token"] = intent.token
    answer = yield from api.ask(api.post(_PATH, body))
    cursor = text(answer.get("next_cursor")) or intent.cursor
    events = tuple(event for raw in items(answer.get("msg_list")) for event in _events(raw, open_kfid, intent.now))
    return UpdatesFetched(events, cursor, more=answer.get("has_more") == 1 and cursor != intent.cursor)


def _events(raw: Any, open_kfid: str, now: datetime) -> Iterator[InboundEvent]:
    if not isinstance(raw, dict):
        yield unrecognised("msg_list", raw, open_kfid, now)
        return
    account = identifier(raw.get("open_kfid")) or identifier(obj(raw.get("event")).get("open_kfid")) or open_kfid
    occurred_at = moment(raw.get("send_time"), now)
    read = _happening if raw.get("msgtype") == "event" else _message
    event = read(raw, account, occurred_at)
    yield event if event is not None else unrecognised(text(raw.get("msgtype")), raw, account, occurred_at)


def _message(raw: Json, account: str, occurred_at: datetime) -> InboundEvent | None:
    """Read what a customer wrote, or what a colleague wrote in WeCom. What we sent ourselves is not among it."""
    someone, external_id = customer(raw.get("external_userid")), identifier(raw.get("msgid"))
    if someone is None or not external_id:
        return None
    body = body_of(raw)
    if raw.get("origin") == _COLLEAGUE:
        return MessageEchoed(
            account=account, occurred_at=occurred_at, external_id=external_id, recipient=someone, body=body
        )
    if raw.get("origin") != _CUSTOMER:
        return None
    return MessageReceived(account=account, occurred_at=occurred_at, external_id=external_id, sender=someone, body=body)


@dataclass(frozen=True, slots=True)
class _Happening:
    event: Json
    account: str
    occurred_at: datetime
    external_id: str

    @property
    def key(self) -> str:
        return event_key(self.account, self.external_id, kept(self.event))

    @property
    def person(self) -> Person | None:
        return customer(self.event.get("external_userid"))

    def text(self, field: str) -> str:
        return text(self.event.get(field))


def _happening(raw: Json, account: str, occurred_at: datetime) -> InboundEvent | None:
    event = obj(raw.get("event"))
    read = _READERS.get(text(event.get("event_type")))
    return read(_Happening(event, account, occurred_at, identifier(raw.get("msgid")))) if read else None


def _entered(one: _Happening) -> InboundEvent | None:
    """Somebody opened the chat. The code for a greeting comes only where no other greeting is set, and works once, for 20 s."""
    someone, code = one.person, one.text("welcome_code")
    if someone is None:
        return None
    params: Json = {}
    if scene := one.text("scene"):
        source = {"source_type": "service_link", "source_id": scene, "ref": one.text("scene_param")}
        params["referral"] = without_empty(source)
    if not code:
        return _acted(one, someone, "chat_opened", params)
    return WindowOpened(
        account=one.account,
        occurred_at=one.occurred_at,
        event_key=one.key,
        person=someone,
        code="chat_opened",
        params={**params, "reply_code": code},
        external_id=one.external_id,
    )


def _failed(one: _Happening) -> InboundEvent | None:
    target, kind = identifier(one.event.get("fail_msgid")), integer(one.event.get("fail_type"))
    if not target:
        return None
    return StatusChanged(
        account=one.account,
        occurred_at=one.occurred_at,
        event_key=one.key,
        external_id=target,
        status="failed",
        recipient=one.person,
        failure=Failure(_FAILURES.get(kind or 0, "rejected"), one.text("fail_type")),
    )


def _session(one: _Happening) -> InboundEvent | None:
    someone, code = one.person, _CHANGES.get(integer(one.event.get("change_type")) or 0)
    if someone is None or code is None:
        return None
    params = {
        "before": one.text("old_servicer_userid"),
        "after": one.text("new_servicer_userid"),
        "reply_code": one.text("msg_code"),
    }
    return _acted(one, someone, code, without_empty(params))


def _refusal(one: _Happening) -> InboundEvent | None:
    someone = one.person
    if someone is None:
        return None
    return _acted(one, someone, "messages_refused" if one.event.get("reject_switch") == 1 else "messages_accepted", {})


def _acted(one: _Happening, someone: Person, code: str, params: Json) -> ContactActed:
    return ContactActed(
        account=one.account,
        occurred_at=one.occurred_at,
        event_key=one.key,
        person=someone,
        code=code,
        params=params,
        raw=kept(one.event),
    )


def _recalled(*, ours: bool) -> Callable[[_Happening], InboundEvent | None]:
    def read(one: _Happening) -> InboundEvent | None:
        someone, target = one.person, identifier(one.event.get("recall_msgid"))
        if someone is None or not target:
            return None
        return MessageDeleted(
            account=one.account,
            occurred_at=one.occurred_at,
            event_key=one.key,
            target=target,
            person=someone,
            external_id=one.external_id,
            ours=ours,
        )

    return read


def _servicer(one: _Happening) -> InboundEvent:
    return AccountChanged(
        account=one.account,
        occurred_at=one.occurred_at,
        event_key=one.key,
        field="servicer_status",
        value="on_duty" if one.event.get("status") == 1 else "off_duty",
        data=kept(one.event),
    )


_READERS: dict[str, Callable[[_Happening], InboundEvent | None]] = {
    "enter_session": _entered,
    "msg_send_fail": _failed,
    "session_status_change": _session,
    "reject_customer_msg_switch_change": _refusal,
    "user_recall_msg": _recalled(ours=False),
    "servicer_recall_msg": _recalled(ours=True),
    "servicer_status_change": _servicer,
}

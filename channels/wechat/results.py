"""Turn the platform's later words on what we sent into events: templates, subscription messages, messages to many.

Source: https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Interface.html (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from channels.contract import BulkFinished, Failure, InboundEvent, Json, StatusChanged
from channels.kit.tolerant import identifier, integer, kept, obj, text
from channels.wechat.errors import meaning_of
from channels.wechat.people import person
from channels.wechat.xml import records

_TEMPLATE_FAILURES = {
    "user block": "contact_blocked",
    "system failed": "platform_down",
    "freq limit": "contact_rate_limited",
}


def template_id(number: object) -> str:
    """Return the external id of a template message. The platform numbers each kind of message by itself, so the kind is part of it."""
    return f"template:{found}" if (found := identifier(number)) else ""


def subscription_id(number: object) -> str:
    return f"subscription:{found}" if (found := identifier(number)) else ""


def mass_id(number: object) -> str:
    return f"mass:{found}" if (found := identifier(number)) else ""


def template_finished(payload: Json, account: str, occurred_at: datetime, key: str) -> Iterator[InboundEvent]:
    """Read `<MsgID>39…</MsgID><Status>failed: system failed</Status>`."""
    external_id, said = template_id(payload.get("MsgID")), text(payload.get("Status")).strip()
    if not external_id or not said:
        return
    reason = said.removeprefix("failed:").strip()
    failed = said != "success"
    yield StatusChanged(
        account=account,
        occurred_at=occurred_at,
        event_key=key,
        external_id=external_id,
        status="failed" if failed else "delivered",
        recipient=person(payload.get("FromUserName")),
        failure=Failure(_TEMPLATE_FAILURES.get(reason, "rejected"), "", said) if failed else None,
    )


def subscription_sent(payload: Json, account: str, occurred_at: datetime, key: str) -> Iterator[InboundEvent]:
    """Read `<SubscribeMsgSentEvent><List><TemplateId/><MsgID/><ErrorCode>0</ErrorCode><ErrorStatus/></List>`."""
    for item in records(obj(payload.get("SubscribeMsgSentEvent")).get("List")):
        external_id, code = subscription_id(item.get("MsgID")), integer(item.get("ErrorCode"))
        if not external_id:
            continue
        failure = Failure(meaning_of(code).code, text(item.get("ErrorCode")), text(item.get("ErrorStatus")))
        yield StatusChanged(
            account=account,
            occurred_at=occurred_at,
            event_key=f"{key}:{external_id}",
            external_id=external_id,
            status="failed" if code else "delivered",
            recipient=person(payload.get("FromUserName")),
            failure=failure if code else None,
        )


def mass_finished(payload: Json, account: str, occurred_at: datetime, key: str) -> Iterator[InboundEvent]:
    """Read the counts of a message to many. `status` is the platform's: send success, send fail, or err(N), why it was refused."""
    external_id = mass_id(payload.get("MsgID"))
    if external_id:
        status = text(payload.get("Status"))
        yield BulkFinished(
            account=account,
            occurred_at=occurred_at,
            event_key=key,
            external_id=external_id,
            ok=status == "send success",
            status=status,
            total=integer(payload.get("TotalCount")),
            sent=integer(payload.get("SentCount")),
            failed=integer(payload.get("ErrorCount")),
            data=kept(payload),
        )

"""Read what Graph tells of a message template: WhatsApp's and Messenger's have the same shape."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from channels.contract import Json, TemplateChanged
from channels.kit.tolerant import identifier, kept, text


def template_event(
    value: Json, *, account: str, platform_account: str, occurred_at: datetime, event_key: str
) -> TemplateChanged | None:
    """Return a template's new status, quality, category or wording, told apart by content: Meta's samples name wrong fields.

    None when no template is named.
    """
    external_id, name = identifier(value.get("message_template_id")), text(value.get("message_template_name"))
    if not (external_id or name):
        return None
    change, new, reason = _change(value)
    return TemplateChanged(
        account=account,
        occurred_at=occurred_at,
        event_key=event_key,
        change=change,
        external_id=external_id,
        name=name,
        language=text(value.get("message_template_language")).replace("-", "_"),
        value=new.lower(),
        reason="" if reason == "NONE" else reason.lower(),
        platform_account=platform_account,
        data=kept(value),
    )


def _change(value: Json) -> tuple[Literal["status", "quality", "category", "components"], str, str]:
    if "new_quality_score" in value:
        return "quality", text(value["new_quality_score"]), ""
    if "new_category" in value:
        impending = text(value.get("correct_category"))
        return "category", impending or text(value["new_category"]), "impending" if impending else ""
    if "event" in value:
        return "status", text(value["event"]), text(value.get("reason"))
    return "components", "", ""

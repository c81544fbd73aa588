"""Read the templates of a WhatsApp business account.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management (read Dec 2025).
"""

from __future__ import annotations

from channels.contract import Call
from channels.kit import templates
from channels.kit.graph import Graph
from channels.whatsapp.errors import answer_of

_FIELDS = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format"


def sync(graph: Graph, waba: str) -> Call:
    """Return every template of the account."""
    return templates.sync(graph, waba, fields=_FIELDS, answer_of=answer_of)

"""Ask Meta about the access token itself: its permissions and when it ends.

Source: https://developers.facebook.com/docs/graph-api/reference/debug_token (read Nov 2026). An answer is
`{"data": {"scopes": ["pages_messaging", …], "expires_at": 0, "data_access_expires_at": 1700000000, …}}`; 0 = never.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from channels.contract import CheckItem, Json, PlatformRequest, PlatformResponse, SendError
from channels.kit.checks import ask
from channels.kit.graph import Graph
from channels.kit.tolerant import integer, items, obj, text, without_empty


def look_at_token(
    graph: Graph, wanted: Sequence[str], answer_of: Callable[[PlatformResponse], Json]
) -> Generator[PlatformRequest, PlatformResponse, tuple[CheckItem, Json]]:
    """Return the line about permissions, and the fact `token_expires_at` (Unix time; 0 = never, absent = not told).

    A token that may not be asked about is no trouble: the calls that it is for tell the rest.
    """
    answer = yield from ask(graph.get("debug_token", input_token=graph.token), answer_of)
    data = {} if isinstance(answer, SendError) else obj(answer.get("data"))
    granted = [text(scope) for scope in items(data.get("scopes"))]
    facts = without_empty({"token_expires_at": integer(data.get("expires_at"))})
    if not granted:
        return CheckItem("permissions_unknown", "ok"), facts
    missing = [scope for scope in wanted if scope not in granted]
    params = {"granted": [scope for scope in wanted if scope in granted], "missing": missing}
    return CheckItem("permissions", "error" if missing else "ok", params), facts

"""The refusals of the Send API, in Meta's words; which code stands for what is the channel's flavour.

Sources: Meta's "Error codes" of the Messenger Platform, and answers that others published (2026).
"""

from __future__ import annotations

from channels.sandbox.graph.errors import GraphError
from channels.sandbox.messaging.flavour import Flavour

FORCED: dict[int, tuple[str, int | None]] = {
    1: ("An unknown error occurred", None),
    2: ("Service temporarily unavailable", None),
    4: ("Application request limit reached", None),
    10: ("This message is sent outside of allowed window.", None),
    17: ("User request limit reached", None),
    32: ("Page request limit reached", None),
    100: ("Invalid parameter", None),
    190: ("Error validating access token: Session has expired.", 463),
    200: ("Permissions error", None),
    368: ("The action attempted has been deemed abusive or is otherwise disallowed", None),
    551: ("This person isn't available right now.", 1545041),
    613: ("Calls to this api have exceeded the rate limit.", 1893016),
    1200: ("Temporary send message failure. Please try again later.", None),
}
"""What `fail_code` says, and the subcode that comes along."""


def forced(code: int, flavour: Flavour) -> GraphError:
    """Return the refusal that somebody wished for."""
    words, subcode = FORCED.get(code, ("Something went wrong", None))
    if code == flavour.window_closed[0]:
        subcode = flavour.window_closed[1]
    http = {190: 401, 1: 500, 2: 503}.get(code, 400)
    return GraphError(code, f"(#{code}) {words}", subcode=subcode, http=http, transient=code in (1, 2, 4, 1200))


def too_fast() -> GraphError:
    return forced_plain(613)


def forced_plain(code: int) -> GraphError:
    words, subcode = FORCED[code]
    return GraphError(code, f"(#{code}) {words}", subcode=subcode)


def not_available() -> GraphError:
    return forced_plain(551)


def window_closed(flavour: Flavour) -> GraphError:
    return _of(flavour.window_closed, "This message is sent outside of allowed window.")


def nobody(flavour: Flavour) -> GraphError:
    return _of(flavour.person_unknown, "No matching user found")


def already_answered(flavour: Flavour) -> GraphError:
    return _of(flavour.reply_used, "Activity already replied to")


def too_old(flavour: Flavour) -> GraphError:
    return _of(flavour.reply_late, "The comment is too old to be replied to in private")


def other_app_controls() -> GraphError:
    """Another app has this thread. Nobody but it may write there."""
    return GraphError(
        10, "(#10) Message not sent: another app is controlling this thread now.", subcode=2018300, http=403
    )


def permission_missing(name: str) -> GraphError:
    return GraphError(10, f"(#10) To use this endpoint, this endpoint requires the '{name}' permission", http=403)


def wrong_type(found: str, wanted: str) -> GraphError:
    return GraphError(
        100, f"(#100) Upload attachment failure: the file is {found}, not of type {wanted}.", subcode=2018047
    )


def too_big(most_bytes: int) -> GraphError:
    return GraphError(
        100, f"(#100) Attachment size exceeds allowable limit of {most_bytes // 1_048_576}MB", subcode=2018109
    )


def cannot_fetch() -> GraphError:
    return GraphError(100, "(#100) Failed to fetch the file from the url", subcode=2018008)


def _of(pair: tuple[int, int | None], words: str) -> GraphError:
    return GraphError(pair[0], f"(#{pair[0]}) {words}", subcode=pair[1], http=403 if pair[0] == 10 else 400)

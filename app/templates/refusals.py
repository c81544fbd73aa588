"""What a platform's refusal is as an answer of the API."""

from __future__ import annotations

from app.errors import AppError, Conflict, Unavailable
from app.outbound.words import failure_text
from app.words import Gettext, _
from channels.contract import SendError


def as_app_error(error: SendError, gettext: Gettext = _) -> AppError:
    """Return Unavailable for what may pass, else Conflict, with the platform's own words behind ours."""
    words = failure_text(error.code, gettext)
    said = f"{words} ({error.text})" if error.text else words
    return Unavailable(said, code=error.code) if error.retryable else Conflict(said, code=error.code)

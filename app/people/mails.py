"""The mails that people who work here get: an invitation, and the way to a new password, in their language.

The words are put together where the catalogs are; the link is made by the job that mails it, so that no queue holds one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from starlette.requests import Request

from app.api import runtime_of
from app.db import UnitOfWork
from app.mail import can_mail
from app.people.password_links import Purpose, make_link
from app.words import _

URL = "{url}"
SUBJECTS: dict[Purpose, str] = {
    "invitation": _("Your invitation to the inbox of {shop}"),
    "reset": _("A new password for the inbox of {shop}"),
}
TEXTS: dict[Purpose, tuple[str, ...]] = {
    "invitation": (
        _("Hello {name},"),
        _("You can now answer customers in the inbox of {shop}. Choose a password here, within 7 days:"),
        URL,
    ),
    "reset": (
        _("Hello {name},"),
        _("Choose a new password for the inbox of {shop} here, within 2 hours:"),
        URL,
        _("If you did not ask for it, do nothing: the old one stays."),
    ),
}


async def send_link(
    uow: UnitOfWork, request: Request, *, agent_id: UUID, purpose: Purpose, by_agent_id: UUID | None, mail: bool = True
) -> dict[str, Any]:
    """Have a link mailed to a person; without a mail server, or unless `mail`, answer it to who asked: {url, mailed, expires_at}."""
    runtime = runtime_of(request)
    if mail and can_mail(runtime.settings):
        row = await uow.conn.fetchrow("SELECT name, language FROM agent WHERE id = $1", agent_id)
        assert row is not None
        enqueue_mail(uow, request, row, agent_id=agent_id, purpose=purpose)
        return {"url": None, "mailed": True, "expires_at": None}
    link = await make_link(uow, runtime, agent_id=agent_id, purpose=purpose, by_agent_id=by_agent_id)
    return {"url": link.url, "mailed": False, "expires_at": link.expires_at}


def enqueue_mail(
    uow: UnitOfWork, request: Request, person: asyncpg.Record, *, agent_id: UUID, purpose: Purpose
) -> None:
    """Have a link mailed to a person, a row with `name` and `language`."""
    gettext = request.app.state.translations(person["language"]).gettext
    filled = {"shop": runtime_of(request).settings.business_name, "name": person["name"], "url": URL}
    subject = gettext(SUBJECTS[purpose]).format(**filled)
    text = "\n\n".join((text if text == URL else gettext(text)).format(**filled) for text in TEXTS[purpose])
    uow.enqueue("mail_password_link", str(agent_id), purpose, " ".join(subject.split()), text)

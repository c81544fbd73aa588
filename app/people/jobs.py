"""Jobs about people."""

from __future__ import annotations

from uuid import UUID

from app.jobs import Context
from app.mail import send_mail
from app.people.mails import URL
from app.people.password_links import Purpose, make_link

TRIES = 3
AGAIN_AFTER_S = 60.0


async def mail_password_link(
    ctx: Context, agent_id: str, purpose: Purpose, subject: str, text: str, tried: int = 0
) -> None:
    """Make a link for a person and mail it; when the mail server does not take it, try again with a new one."""
    runtime = ctx["runtime"]
    async with runtime.database.begin() as uow:
        email = await uow.conn.fetchval("SELECT email FROM agent WHERE id = $1 AND disabled_at IS NULL", UUID(agent_id))
        if email is None:
            return
        link = await make_link(uow, runtime, agent_id=UUID(agent_id), purpose=purpose, by_agent_id=None)
    if (
        await send_mail(runtime.settings, to=email, subject=subject, text=text.replace(URL, link.url))
        or tried + 1 >= TRIES
    ):
        return
    async with runtime.database.begin() as uow:
        uow.enqueue("mail_password_link", agent_id, purpose, subject, text, tried + 1, defer_s=AGAIN_AFTER_S)


JOBS = (mail_password_link,)
SWEEPS = ()

"""Mail to the people who work here, through the mail server of HAWKER_SMTP_URL. Without one nothing is sent, and callers say so."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

from app.config import Settings

TIMEOUT_S = 20.0
_log = structlog.get_logger()


def can_mail(settings: Settings) -> bool:
    return settings.smtp_url is not None


async def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> bool:
    """Send a plain mail; False, with a line in the log, when the mail server did not take it."""
    assert settings.smtp_url is not None, "ask can_mail first"
    import aiosmtplib  # only who mails waits for it

    server = urlsplit(settings.smtp_url)
    user, password = unquote(server.username or "") or None, unquote(server.password or "") or None
    mail = EmailMessage()
    mail["From"] = settings.mail_from or user or f"hawker@{server.hostname}"
    mail["To"], mail["Subject"] = to, subject
    mail.set_content(text)
    is_tls = server.scheme == "smtps"
    try:
        await aiosmtplib.send(
            mail,
            hostname=server.hostname,
            port=server.port or (465 if is_tls else 587),
            username=user,
            password=password,
            use_tls=is_tls,
            start_tls=False if is_tls else None,
            timeout=TIMEOUT_S,
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        _log.warning("mail_failed", error=type(error).__name__, host=server.hostname)
        return False
    return True

"""Every table, in one place: importing this fills SQLModel.metadata for migrations and tests."""

from sqlmodel import SQLModel

from app import events
from app.assignment import models as assignment
from app.channel_accounts import models as channel_accounts
from app.contacts import models as contacts
from app.conversations import models as conversations
from app.hosted import models as hosted
from app.inbound import models as inbound
from app.media import models as media
from app.people import models as people
from app.templates import models as templates

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "assignment",
    "channel_accounts",
    "contacts",
    "conversations",
    "events",
    "hosted",
    "inbound",
    "media",
    "people",
    "templates",
]

"""The conversations of a group while it is written: locked rows, what each message does to them, and their new rows.

Thread order: a message stands at the platform's time, raised just above the message before it when within 2 s of it
(platform times are whole seconds); what is found later than that sorts into the past and is marked as arrived late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from app.channel_accounts.directory import AccountView
from app.conversations.present import conversation_json, conversation_patch, last_message_json, time_json
from app.conversations.queries import REPLY_WINDOWS
from app.db import UnitOfWork
from app.events import Scope
from app.ids import uuid7
from app.inbound.batch import Batch, Row, insert, update
from app.inbound.parties import Party, Raced

Watermark = Literal["delivered", "read"]
RAISED_WITHIN = timedelta(seconds=2)
_STEP = timedelta(milliseconds=1)
"""As fine as readers are told times."""


class Grant(NamedTuple):
    """A reply window as the group opens it. `quota`: how many messages it allows, None = any number."""

    opened_at: datetime
    ends_at: datetime
    quota: int | None


class Thread:
    """One conversation, locked by this transaction or made by it. `row` is what it will be after the group."""

    def __init__(self, row: Row, party: Party | None, *, is_new: bool) -> None:
        self.id: UUID = row["id"]
        self.row = row
        self.party = party
        self.is_new = is_new
        self.changed = is_new
        self.announced = False
        self.needs_owner = False
        self.watermarked: dict[Watermark, datetime] = {}
        self.grants: dict[str, Grant] = {}
        self.windows_closed_at: datetime | None = None
        self._newest_at: datetime | None = None if is_new else row["last_message_at"]
        self._closed_at: datetime | None = row["closed_at"]

    @property
    def scope(self) -> Scope:
        row = self.row
        return Scope(row["channel_account_id"], row["team_id"], row["assignee_id"])

    def place(self, occurred_at: datetime, now: datetime, *, historical: bool = False) -> tuple[datetime, bool]:
        """Return where a message of `occurred_at` stands, and whether it arrived late. A platform's clock may run ahead of ours."""
        at, newest = min(occurred_at, now), self._newest_at
        if self._closed_at is not None and timedelta() <= self._closed_at - at <= RAISED_WITHIN:
            at = self._closed_at + _STEP  # what reopens it does not stand above the line that closed it
        if newest is None or at > newest:
            self._newest_at = at
            return at, False
        if historical:
            return at, False
        if newest - at <= RAISED_WITHIN:
            self._newest_at = newest + _STEP
            return self._newest_at, False
        return at, True

    def show(self, message: Row) -> None:
        """Let a written message be the line of the list, if none is newer."""
        row = self.row
        self.changed = True
        if row["last_message"] is None or message["position_at"] >= row["last_message_at"]:
            row["last_message"] = last_message_json(message)
            row["last_message_at"] = message["position_at"]

    def call_for_answer(self, message: Row) -> bool:
        """Count a customer's message, and open the conversation for it. Return True when that reopened it."""
        row = self.row
        row["unread_count"] += 1
        row["waiting_since"] = row["waiting_since"] or message["position_at"]
        if row["last_inbound_at"] is None or message["position_at"] >= row["last_inbound_at"]:
            row["last_inbound_at"] = message["position_at"]
            row["last_inbound_external_id"] = message["external_id"]
        return self.open()

    def open(self) -> bool:
        """Make it open and listed; ask for an owner if it has none and was not open. Return True when it was closed or snoozed."""
        row = self.row
        was_open, was_listed = row["status"] == "open", row["listed"]
        row["status"], row["listed"] = "open", True
        row["snoozed_until"] = row["closed_at"] = None
        if row["assignee_id"] is None and (self.is_new or not was_open or not was_listed):
            self.needs_owner = True
        self.changed = True
        return not was_open

    def hold(self, app: str | None) -> bool:
        """Note which app has the thread at the platform, None = ours to answer. Return True when that is new."""
        if self.row["held_by"] == app:
            return False
        self.row["held_by"] = app
        self.changed = self.announced = True
        return True

    def answered(self) -> None:
        """Our side wrote elsewhere: nobody waits, nothing is unread, and what we asked by number is overtaken."""
        self.row["question"] = None
        self.row["waiting_since"] = None
        self.row["unread_count"] = 0
        self.changed = True

    def open_windows(self, account: AccountView, opened_by: str, at: datetime) -> None:
        """Note the reply windows that `opened_by` ("message", "reaction", "comment", "call", …) opens at `at`."""
        for window in account.capabilities.windows:
            if opened_by not in window.opened_by:
                continue
            ends_at = at + timedelta(seconds=window.lasts_s)
            known = self.grants.get(window.kind)
            if known is None or ends_at > known.ends_at:
                self.grants[window.kind] = Grant(at, ends_at, window.quota)
            latest = self.row["reply_window_ends_at"]
            if latest is None or ends_at > latest:
                self.row["reply_window_ends_at"] = ends_at
                self.changed = True

    def close_windows(self, at: datetime) -> None:
        """Note that what was opened until `at` allows nothing more."""
        self.grants = {kind: grant for kind, grant in self.grants.items() if grant.opened_at > at}
        self.windows_closed_at = max(at, self.windows_closed_at or at)
        latest, wrote_at = self.row["reply_window_ends_at"], self.row["last_inbound_at"]
        if latest is not None and latest > at and (wrote_at is None or wrote_at <= at):
            self.row["reply_window_ends_at"] = at
            self.changed = True

    def move_watermark(self, status: Watermark, until: datetime) -> None:
        """Note that everything sent until then is delivered or read; what is recorded as sent later looks at it too."""
        column = f"{status}_until"
        if self.row[column] is None or until > self.row[column]:
            self.row[column] = until
            self.changed = True
        self.watermarked[status] = max(until, self.watermarked.get(status, until))

    def contact(self) -> Row:
        """Return the person's part of the conversation, as readers see it."""
        return {"contact": self.whole()["contact"]} if self.party else {}

    def patch(self) -> Row:
        return conversation_patch({**self.row, "reply_windows": self._windows()})

    def _windows(self) -> list[Row]:
        """Return the reply windows as readers see them: those that were stored, and what this group opened or closed."""
        shown = {window["kind"]: window for window in self.row["reply_windows"]}
        if self.windows_closed_at is not None:
            shown = {}
        for kind, grant in self.grants.items():
            known = shown.get(kind)
            ends_at = time_json(grant.ends_at)
            if known is None or known["ends_at"] <= (ends_at or ""):
                shown[kind] = {"kind": kind, "ends_at": ends_at, "messages_left": grant.quota}
        return [window for _, window in sorted(shown.items())]

    def whole(self) -> Row:
        """Return the whole conversation as a reader first sees it. Tags and windows are only those of one that this group made."""
        assert self.party is not None, "a thread is made for a party"
        party, row = self.party, self.row
        phone = next((f"+{value}" for _, _, kind, value in sorted(party.keys) if kind == "phone"), None)
        return conversation_json(
            {
                **row,
                "channel": party.account.channel,
                "contact_name": party.contact_name,
                "avatar_media_id": party.avatar_media_id,
                "contact_language": party.language,
                "contact_phone": party.phone,
                "identity_external_id": party.external_id,
                "identity_username": party.username,
                "identity_phone": phone,
                "tags": [],
                "reply_windows": self._windows(),
            }
        )


class Threads:
    """The conversations of one group, by id and by identity."""

    def __init__(self) -> None:
        self._by_id: dict[UUID, Thread] = {}
        self._by_identity: dict[UUID, Thread] = {}

    def get(self, conversation_id: UUID | None) -> Thread | None:
        return None if conversation_id is None else self._by_id.get(conversation_id)

    def all(self) -> list[Thread]:
        return list(self._by_id.values())

    async def lock(self, uow: UnitOfWork, parties: Iterable[Party], others: Iterable[UUID]) -> None:
        """Lock the conversations of `parties`, and `others`, in the order of their ids, and read them.

        Raises Raced when a contact was merged since the parties were read.
        """
        by_conversation = {party.conversation_id: party for party in parties if party.conversation_id}
        wanted = {*by_conversation, *others}
        if not wanted:
            return
        for record in await uow.conn.fetch(_LOCK, sorted(wanted)):
            row = dict(record)
            party = by_conversation.get(row["id"])
            if party is not None and party.contact_id != row["contact_id"]:
                raise Raced
            self._add(Thread(row, party, is_new=False))

    def of(self, party: Party, now: datetime, *, status: str = "open") -> Thread:
        """Return the party's thread; a person without one gets a new one in `status`."""
        known = self._by_identity.get(party.identity_id)
        if known is not None:
            return known
        thread = Thread(_new_row(party, now, status), party, is_new=True)
        party.conversation_id = thread.id
        self._add(thread)
        return thread

    def hand_over(self, goes: Party, stays: Party) -> None:
        """Let the thread of one identity be that of another, which had none."""
        thread = self._by_identity.pop(goes.identity_id)
        thread.row |= {"identity_id": stays.identity_id, "contact_id": stays.contact_id}
        thread.party, stays.conversation_id, thread.announced = stays, thread.id, True
        self._by_identity[stays.identity_id] = thread

    def closed_into(self, goes: Party, stays: Party, now: datetime) -> None:
        """Note that one thread was closed with a pointer to another."""
        thread = self._by_identity[goes.identity_id]
        thread.announced = True
        thread.row |= {
            "status": "closed",
            "merged_into_id": stays.conversation_id,
            "closed_at": now,
            "snoozed_until": None,
            "unread_count": 0,
            "waiting_since": None,
        }

    def _add(self, thread: Thread) -> None:
        self._by_id[thread.id] = thread
        self._by_identity[thread.row["identity_id"]] = thread


_LOCK = f"""
SELECT id, channel_account_id, identity_id, contact_id, status, listed, assignee_id, team_id, priority, snoozed_until,
       unread_count, last_message, last_message_at, last_inbound_at, last_inbound_external_id, waiting_since,
       reply_window_ends_at, delivered_until, read_until, merged_into_id, held_by, question, closed_at, created_at,
       {REPLY_WINDOWS} AS reply_windows
FROM conversation c WHERE id = ANY($1) ORDER BY id FOR UPDATE OF c
"""


def _new_row(party: Party, now: datetime, status: str) -> Row:
    return {
        "id": uuid7(),
        "channel_account_id": party.account.id,
        "identity_id": party.identity_id,
        "contact_id": party.contact_id,
        "status": status,
        "listed": True,
        "assignee_id": None,
        "team_id": None,
        "priority": 0,
        "snoozed_until": None,
        "unread_count": 0,
        "last_message": None,
        "last_message_at": now,
        "last_inbound_at": None,
        "last_inbound_external_id": None,
        "waiting_since": None,
        "reply_window_ends_at": None,
        "delivered_until": None,
        "read_until": None,
        "merged_into_id": None,
        "held_by": None,
        "question": None,
        "reply_windows": [],
        "closed_at": None if status == "open" else now,
        "created_at": now,
    }


_HOT = {
    "status": "text",
    "unread_count": "int",
    "last_message": "jsonb",
    "last_message_at": "timestamptz",
    "last_inbound_at": "timestamptz",
    "last_inbound_external_id": "text",
    "waiting_since": "timestamptz",
    "reply_window_ends_at": "timestamptz",
    "held_by": "text",
    "closed_at": "timestamptz",
}
_FIRST = {
    "id": "uuid",
    "channel_account_id": "uuid",
    "identity_id": "uuid",
    "contact_id": "uuid",
    "created_at": "timestamptz",
    **_HOT,
}
_LATER = {
    "id": "uuid",
    "listed": "bool",
    "snoozed_until": "timestamptz",
    "delivered_until": "timestamptz",
    "read_until": "timestamptz",
    "question": "jsonb",
    **_HOT,
}

CONVERSATION = insert("conversation", _FIRST, conflict="ON CONFLICT DO NOTHING")
CHANGED_CONVERSATION = update("conversation", _LATER)
GRANT = insert(
    "reply_grant",
    {
        "conversation_id": "uuid",
        "kind": "text",
        "opened_at": "timestamptz",
        "ends_at": "timestamptz",
        "quota_left": "int",
    },
    conflict="""ON CONFLICT (conversation_id, kind) DO UPDATE
    SET quota_left = CASE WHEN excluded.opened_at > reply_grant.opened_at THEN excluded.quota_left ELSE reply_grant.quota_left END,
        opened_at = greatest(reply_grant.opened_at, excluded.opened_at),
        ends_at = greatest(reply_grant.ends_at, excluded.ends_at)""",
)
REQUEST = insert(
    "assignment_request",
    {"conversation_id": "uuid", "team_id": "uuid", "code": "text"},
    conflict="ON CONFLICT DO NOTHING",
)


_CLOSE_GRANTS = """
UPDATE reply_grant g SET ends_at = least(g.ends_at, closed.at)
FROM unnest($1::uuid[], $2::timestamptz[]) AS closed(conversation_id, at)
WHERE g.conversation_id = closed.conversation_id AND g.opened_at <= closed.at
"""


async def close_grants(uow: UnitOfWork, threads: Iterable[Thread]) -> None:
    """End the stored windows of the conversations whose windows were closed. Before `add_threads`: what was opened later stays."""
    closed = {thread.id: thread.windows_closed_at for thread in threads if thread.windows_closed_at is not None}
    if closed:
        await uow.conn.execute(_CLOSE_GRANTS, list(closed), list(closed.values()))


def add_threads(batch: Batch, threads: Iterable[Thread]) -> None:
    """Put what changed about the conversations into the batch."""
    for thread in threads:
        if thread.is_new:
            batch.add(CONVERSATION, thread.row)
        elif thread.changed:
            batch.add(CHANGED_CONVERSATION, thread.row)
        for kind, grant in thread.grants.items():
            row = {"opened_at": grant.opened_at, "ends_at": grant.ends_at, "quota_left": grant.quota}
            batch.add(GRANT, {"conversation_id": thread.id, "kind": kind, **row})
        if thread.needs_owner:
            code = "new" if thread.is_new else "reopened"
            batch.add(REQUEST, {"conversation_id": thread.id, "team_id": thread.row["team_id"], "code": code})

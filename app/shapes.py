"""What the API answers, described: for the page at /api/docs, and for the test that holds real answers against it.

Answers are not made through these models: lists go from rows to JSON in one step.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Shape(BaseModel):
    """An answer. Members may be added in later versions; none is taken away."""

    model_config = ConfigDict(extra="forbid")


class Page(Shape, Generic[T]):
    """A part of a list. `next_cursor` is what to ask for as `cursor`; null = that was all."""

    items: list[T]
    next_cursor: str | None


class Problem(Shape):
    code: str
    message: str
    fields: dict[str, str] | None = None


class ErrorAnswer(Shape):
    """`code` is for programs, `message` says what to do, `fields` names what is wrong in a body or query."""

    error: Problem


class Reason(Shape):
    code: str
    params: dict[str, Any]


class Tag(Shape):
    id: UUID
    name: str
    hue: int


class Presence(Shape):
    state: Literal["available", "busy", "away", "offline"]
    online: bool


class Team(Shape):
    id: UUID
    name: str


class Agent(Shape):
    """`visibility`, `skills` and `languages` are shown to those who manage people."""

    id: UUID
    name: str
    email: str
    role: str
    presence: Presence
    capacity: float
    open_load: int
    team_ids: list[UUID]
    disabled_at: datetime | None
    visibility: str | None = None
    skills: list[str] | None = None
    languages: list[str] | None = None
    has_second_factor: bool | None = None
    invited: bool | None = None


class Business(Shape):
    name: str
    time_zone: str
    currency: str


class Me(Agent):
    """Oneself."""

    language: str
    has_second_factor: bool
    theme: Literal["system", "light", "dark"]
    density: Literal["comfortable", "compact"]
    permissions: list[str]
    csrf_token: str
    business: Business


class Program(Shape):
    """What an API token is told of itself."""

    id: None
    name: str
    role: str
    permissions: list[str]
    business: Business


class LoggedIn(Shape):
    csrf_token: str
    me: Me


class Link(Shape):
    """A link to set a password, shown this once; `url` and `expires_at` are null when it is on its way by mail."""

    url: str | None
    mailed: bool
    expires_at: datetime | None


class Mails(Shape):
    """Whether there is a mail server; without one an administrator makes the link."""

    mails: bool


class NewAgent(Agent):
    """`invitation` only when no password was given."""

    invitation: Link | None = None


class PasswordLink(Shape):
    """Whose link it is."""

    email: str
    name: str
    purpose: Literal["invitation", "reset"]


class Enrolment(Shape):
    """For an authenticator app: shown this once. `qr` is `uri` as a picture, a data: address."""

    secret: str
    uri: str
    qr: str


class RecoveryCodes(Shape):
    """Each takes the place of one code, once. Shown this once."""

    recovery_codes: list[str]


class OpenSession(Shape):
    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


class AuditEntry(Shape):
    """`actor_name` is null for a command on the server and for what Hawker does by itself."""

    id: UUID
    at: datetime
    actor_kind: Literal["agent", "token", "command", "system"]
    actor_id: UUID | None
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    subject_name: str | None
    params: dict[str, Any]


class Token(Shape):
    id: UUID
    name: str
    role: str
    permissions: list[str] | None
    created_at: datetime
    last_used_at: datetime | None


class NewToken(Shape):
    """`token` is shown this once."""

    id: UUID
    name: str
    role: str
    permissions: list[str] | None
    token: str


class Finding(Shape):
    """One line of a check. `text` says what was found and `mend` what to do, in the reader's language; `detail` is the platform's own."""

    code: str
    state: Literal["ok", "warning", "error"]
    params: dict[str, Any]
    label: str
    text: str
    mend: str
    detail: str


class Health(Shape):
    """Only `state` for those who may not manage accounts. `facts` is what the platform answers of itself, `told` what it told by webhook."""

    state: Literal["unchecked", "ok", "warning", "error"]
    items: list[Finding] | None = None
    facts: dict[str, Any] | None = None
    told: dict[str, Any] | None = None


class ChannelAccount(Shape):
    """`guide` names the guide of /channels that it was connected by. To those who manage accounts also: `settings`, and in
    `credentials_kept` the names of the credentials that are there."""

    id: UUID
    channel: str
    label: str
    guide: str
    name: str
    external_id: str
    state: Literal["active", "paused", "removed"]
    health: Health
    sending_stopped_reason: str | None
    settings: dict[str, Any]
    credentials_kept: list[str]
    webhook_path: str
    webhook_url: str | None
    capabilities: dict[str, Any]
    checked_at: datetime | None
    last_webhook_at: datetime | None
    created_at: datetime


class QrCode(Shape):
    """`url` is what the code says. `people`: how many first came by it."""

    id: UUID
    channel_account_id: UUID
    scene: str
    name: str
    url: str
    image_url: str
    created_at: datetime
    expires_at: datetime | None
    people: int


class AccountFigures(Shape):
    """What went out since `since`; `failed_share` (0–1) is null when nothing did. `refused_calls`: requests the platform refused."""

    channel_account_id: UUID
    since: datetime
    tried: int
    failed: int
    unknown: int
    failed_share: float | None
    waiting: int
    refused_calls: int
    reasons: list[dict[str, Any]]


class Guide(Shape):
    """How one kind of account is connected, in the reader's language. `fields` are credentials, `setting_fields` may be chosen later."""

    name: str
    channel: str
    label: str
    title: str
    about: str
    id_label: str
    id_help: str
    settings: dict[str, str]
    fields: list[dict[str, Any]]
    setting_fields: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    snippet: str
    webhook_by_hand: bool
    token_renewed: bool


class ContactBrief(Shape):
    id: UUID
    name: str
    avatar_url: str | None
    language: str | None
    phone: str | None


class Identity(Shape):
    external_id: str
    username: str | None
    phone: str | None


class ContactIdentity(Identity):
    """`unreachable_reason` is a code; null = the person can be written to there."""

    id: UUID
    unreachable_reason: str | None
    channel: str
    channel_account_id: UUID


class Visit(Shape):
    """`page` {url, title, product: {id, name, price, image_url, url}}, what is known of it; `user_id` is the shop's, once proven."""

    page: dict[str, Any] | None
    page_at: datetime | None
    seen_at: datetime
    language: str | None
    user_id: str | None
    since: datetime


class VisitAnswer(Shape):
    visit: Visit | None


class ReplyWindow(Shape):
    kind: str
    ends_at: datetime
    messages_left: int | None


class LastMessage(Shape):
    id: UUID
    direction: str
    kind: str
    text: str
    status: str
    agent_id: UUID | None
    content: dict[str, Any] | None = None
    created_at: datetime


class Draft(Shape):
    text: str
    updated_at: datetime


class Match(Shape):
    """The newest message that a search found: the part of its text around the words, which stand at `marks`: [begin, end) in characters."""

    message_id: UUID
    text: str
    marks: list[tuple[int, int]]
    at: datetime


class Conversation(Shape):
    """`held_by`: the app that has the thread at the platform, "other" where nobody names it; null = we may write.

    `draft` is the reader's own; live events do not carry it. `match` is there in a search: null when the person was found."""

    id: UUID
    channel: str
    channel_account_id: UUID
    contact: ContactBrief
    identity: Identity
    status: Literal["open", "snoozed", "closed"]
    assignee_id: UUID | None
    team_id: UUID | None
    priority: Literal["low", "normal", "high", "urgent"]
    snoozed_until: datetime | None
    unread_count: int
    last_message: LastMessage | None
    last_message_at: datetime
    waiting_since: datetime | None
    reply_window_ends_at: datetime | None
    reply_windows: list[ReplyWindow]
    held_by: str | None
    tags: list[Tag]
    draft: Draft | None = None
    match: Match | None = None
    created_at: datetime


class ConversationPage(Page[Conversation]):
    """`searched_since` is there in a search: how far back the pages so far have looked, once they found all that lies there.

    Then `next_cursor` leads on to older messages.
    """

    searched_since: datetime | None = None


class BulkAct(Shape):
    """How far an act on many conversations is: `done` of `total` were looked at, `changed` were not so before."""

    id: UUID
    state: Literal["running", "done", "undone"]
    total: int
    done: int
    changed: int
    undo_token: UUID | None


class Counts(Shape):
    """1000 means 1000 or more."""

    mine: int
    unassigned: int
    all_open: int
    snoozed: int
    closed: int
    waiting: int


class Attachment(Shape):
    """`width` and `height` are pixels, of pictures."""

    id: UUID
    url: str
    thumb_url: str | None
    mime: str
    filename: str
    size_bytes: int | None
    width: int | None
    height: int | None
    state: Literal["pending", "ready", "failed"]
    voice: bool
    animated: bool


class Quoted(Shape):
    id: UUID
    direction: str
    kind: str
    text: str
    agent_id: UUID | None


class Reaction(Shape):
    emoji: str
    by: Literal["contact", "us"]
    agent_id: UUID | None
    at: datetime


class Failure(BaseModel):
    """`text` says it in the reader's language; `external_code` and `external_text` are the platform's own. Live events have no `text`."""

    code: str
    external_code: str = ""
    external_text: str = ""
    text: str = ""
    params: dict[str, Any] = {}


class Message(Shape):
    """One line of a thread. Activities carry {code, params} in `content`, and `text` in the reader's language."""

    id: UUID
    conversation_id: UUID
    direction: Literal["inbound", "outbound", "note", "activity"]
    kind: str
    text: str
    content: dict[str, Any]
    attachments: list[Attachment]
    external_id: str | None
    client_id: str | None
    reply_to_id: UUID | None
    reply_to: Quoted | None
    group_id: UUID | None
    resent_as_id: UUID | None
    agent_id: UUID | None
    campaign_id: UUID | None
    status: Literal[
        "received", "scheduled", "queued", "sending", "sent", "delivered", "read", "failed", "unknown", "cancelled"
    ]
    error: Failure | None
    reactions: list[Reaction]
    arrived_late: bool
    position_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    played_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    original_text: str | None = None
    created_at: datetime


class MessagePage(Page[Message]):
    """`newer_cursor` is there around a message: what to ask for as `after`; null = the page reaches the end."""

    newer_cursor: UUID | None = None


class Read(Shape):
    id: UUID
    unread_count: int


class Drafted(Shape):
    draft: Draft | None


class Contact(Shape):
    """`alike`: how many other contacts may be the same person."""

    id: UUID
    name: str
    phone: str | None
    email: str | None
    language: str | None
    birthday: date | None
    gender: str | None
    time_zone: str | None
    country: str | None
    avatar_url: str | None
    tags: list[Tag]
    attributes: dict[str, Any]
    source: dict[str, Any]
    identities: list[ContactIdentity]
    consent: dict[str, dict[str, Any]]
    alike: int
    merged_into_id: UUID | None
    blocked_at: datetime | None
    archived_at: datetime | None
    created_at: datetime


class ContactInFull(Contact):
    """With the conversations that the reader may see."""

    conversations: list[Conversation]


class ContactMerged(ContactInFull):
    """The contact that stayed. `merge_id` undoes it."""

    merge_id: UUID


class MergedField(Shape):
    """A value of two contacts and what it becomes. `conflict`: both have one, so that a person may choose."""

    field: str
    stays: Any
    goes: Any
    becomes: Any
    taken_from: Literal["stays", "goes"]
    conflict: bool


class MovedConversation(Shape):
    id: UUID
    channel: str
    channel_account_id: UUID
    status: str
    last_message_at: datetime


class MergePreview(Shape):
    """What a merge would do. `hidden` conversations move too, but are not the reader's to see."""

    stays: Contact
    goes: Contact
    fields: list[MergedField]
    tags: list[Tag]
    moves: list[MovedConversation]
    hidden: int


class ContactMerge(Shape):
    """A merge into (or of) a contact, newest first. `evidence`: code → the value that both had."""

    id: UUID
    stays_id: UUID
    goes_id: UUID
    name: str
    reason: str
    evidence: dict[str, Any]
    by_agent_id: UUID | None
    merged_at: datetime
    undone_at: datetime | None
    undone_by_agent_id: UUID | None
    can_undo: bool


class ContactSuggestion(Shape):
    """Two contacts that may be one person; of a contact's own list, `other` is the other one."""

    id: UUID
    contact: Contact
    other: Contact
    evidence: dict[str, Any]
    created_at: datetime


class HistoryEntry(Shape):
    """Who did what to a contact, as code and parameters."""

    id: UUID
    at: datetime
    actor_kind: Literal["agent", "token", "command", "system"]
    actor_id: UUID | None
    action: str
    params: dict[str, Any]


class Uploaded(Shape):
    media_id: UUID
    mime: str
    filename: str
    size_bytes: int
    sha256: str
    kind: Literal["image", "video", "audio", "document"]


class TemplateVariable(Shape):
    """What to fill in. `key` is what `variables` of a send calls it; `example` a sample, "" = none."""

    key: str
    kind: str
    name: str
    example: str
    required: bool


class TemplateVersion(Shape):
    """One language. `status` is the platform's word, or draft; `error` why it was not taken."""

    id: UUID
    template_id: UUID
    language: str
    external_id: str | None
    category: str
    status: str
    quality: str
    rejected_reason: str
    parameter_format: str
    components: list[dict[str, Any]]
    variables: list[TemplateVariable]
    error: Failure | None
    submitted_at: datetime | None
    updated_at: datetime


class Template(Shape):
    """`status` is that of its best language; `defaults` say where variables are filled from."""

    id: UUID
    channel: str
    channel_account_ids: list[UUID]
    name: str
    title: str
    default_language: str
    defaults: dict[str, str]
    status: str
    versions: list[TemplateVersion]
    archived_at: datetime | None
    created_at: datetime


class TemplateProblem(Shape):
    place: str
    code: str
    message: str


class TemplateChecked(Shape):
    problems: list[TemplateProblem]
    variables: list[TemplateVariable]


class TemplatePreview(Shape):
    """What a send would say: `values` are those given, and what is known for the others."""

    template_id: UUID
    version_id: UUID
    language: str
    text: str
    components: list[dict[str, Any]]
    variables: list[TemplateVariable]
    values: dict[str, Any]
    problems: list[TemplateProblem]


class TemplatesSynced(Shape):
    seen: int
    gone: int


class Ready(Shape):
    state: Literal["ok", "missing"]
    missing: list[str] = []

"""The whole surface between a channel and the app: deliveries in, events out, intents in, platform requests out.

An adapter is pure: no network, clock, database or environment. Everything it needs is passed in, everything it wants
done is returned or yielded. Vendor values that nobody knows survive as `unsupported`, never as an exception.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Json = dict[str, Any]
Credentials = Mapping[str, str]
"""Decrypted secrets of the channel account and of the platform objects above it, by the names of the set-up form."""


# ── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────
#
#   ChannelError
#   ├── SignatureInvalid      401, nothing stored
#   ├── PayloadMalformed      delivery kept and shown, 200
#   └── SendError             what became of a request to the platform
#       ├── ConnectionFailed  surely not sent; retried with back-off
#       ├── OutcomeUnknown    may have been sent; never retried without an idempotency key
#       ├── Throttled         retried after retry_after_s; slows the whole account (or, pair=True, only this person)
#       ├── PlatformDown      the platform answered that it could not; retried with back-off
#       ├── CredentialsInvalid  account marked unhealthy, its sending stops
#       │   └── TokenRejected   only the access token is: renewed by RefreshToken, then the call is made again, once
#       ├── MessageInvalid    what we sent is wrong
#       ├── ResponseUnexpected  an answer nobody documented; the exchange is logged
#       ├── WindowClosed      only a template may go out now
#       ├── ContactUnreachable
#       ├── ContactOptedOut   also records that consent was withdrawn
#       └── Rejected          the platform's own code and text, shown to the agent


class ChannelError(Exception):
    """Something a platform sent, or answered, that is expected to go wrong now and then."""


class SignatureInvalid(ChannelError):
    """The delivery is not from the platform: answered 401, nothing is stored."""


class PayloadMalformed(ChannelError):
    """Rightly signed and not understood: kept, shown under Settings → Deliveries, answered 200."""


class SendError(ChannelError):
    """A request to the platform that did not succeed.

    `code` is ours (snake_case, stable, translated for people), `external_code` and `text` are the platform's.
    `retryable`: the same request may be made again without risk of a second message. `ours`: an operator must act.
    """

    code = "send_failed"
    retryable = False
    ours = False

    def __init__(
        self,
        text: str = "",
        *,
        code: str | None = None,
        external_code: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(text or code or self.code)
        self.text = text
        self.code = code or type(self).code
        self.external_code = external_code
        self.retry_after_s = retry_after_s


class ConnectionFailed(SendError):
    code, retryable = "connection_failed", True


class OutcomeUnknown(SendError):
    code = "outcome_unknown"


class Throttled(SendError):
    """Too fast. `pair=True`: only for this person (WhatsApp 131056), not for the account."""

    code, retryable = "throttled", True

    def __init__(self, text: str = "", *, pair: bool = False, **kwargs: Any) -> None:
        super().__init__(text, **kwargs)
        self.pair = pair


class PlatformDown(SendError):
    code, retryable = "platform_down", True


class CredentialsInvalid(SendError):
    code, ours = "credentials_invalid", True


class TokenRejected(CredentialsInvalid):
    """The platform refused the access token, which expired or was replaced by somebody else's fresh one. Surely nothing was done.

    Who runs the call looks whether another process has stored a newer token meanwhile, else carries out one `RefreshToken` for all
    processes, and makes the call again once. Refused again, or where tokens cannot be renewed, it is what its parent says.
    """

    code = "token_rejected"


class MessageInvalid(SendError):
    code, ours = "message_invalid", True


class ResponseUnexpected(SendError):
    code, ours = "response_unexpected", True


class WindowClosed(SendError):
    code = "window_closed"


class ContactUnreachable(SendError):
    code = "contact_unreachable"


class ContactOptedOut(SendError):
    code = "contact_opted_out"


class Rejected(SendError):
    code = "rejected"


# ── Deliveries in ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Delivery:
    """One raw webhook request. `query` is the raw query string; header names are lower-case."""

    method: str
    query: str
    headers: Mapping[str, str]
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A delivery whose origin is proven. `challenge` is set for a platform's verification handshake, which has no events.

    `body` is what was signed, decrypted where the platform encrypts. `takes_reply`: a `PassiveReply` may go back in the answer.
    `envelope` is what the adapter's `acknowledge` needs to know of how the delivery came; it may hold keys and is never stored.
    """

    delivery: Delivery
    body: bytes
    challenge: str | None = None
    takes_reply: bool = False
    envelope: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class PassiveReply:
    """An automatic answer for the response to the customer's own delivery (`Opened.takes_reply`, `Capabilities.passive_reply`).

    `randomness`: 32 fresh bytes, since adapters are pure and some platforms want the answer encrypted. The app stores the
    `HttpAnswer` that `acknowledge` makes of it and hands that in again when the platform repeats the delivery.
    """

    message: OutboundMessage
    at: datetime
    randomness: bytes = field(repr=False)


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

KeyScope = Literal["world", "portfolio", "app", "account", "open_platform"]
PORTFOLIO_KINDS = ("bsuid", "parent_bsuid")
"""Kinds of keys that are unique within a portfolio."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One name a platform knows a person by. `scope` says where the value is unique; the app fills in which portfolio or app.

    kinds: `phone` (E.164 digits without +, scope world), `bsuid`, `parent_bsuid` (portfolio), `psid`, `igsid` (account),
    `user_ref` (account: somebody who opted in on a web page and has not written yet), `commenter` (account: the public profile
    that wrote below a post), `openid` (account), `unionid` (open_platform), `visitor` (account), `shop_user` (account:
    whom the shop's server proved to be logged in).
    """

    scope: KeyScope
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as one payload shows them. `keys` is never empty; the first is the one to show as the identity's external id."""

    keys: tuple[Key, ...]
    name: str = ""
    username: str = ""
    language: str = ""
    country: str = ""


# ── Events out of parse() ───────────────────────────────────────────────────────────────────────────────────────────

InboundKind = Literal[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "button_reply",
    "list_reply",
    "order",
    "form_reply",
    "story_reply",
    "story_mention",
    "share",
    "comment",
    "postback",
    "referral",
    "system",
    "unsupported",
]


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where a customer's file can be fetched: the platform's media id and, when given, a short-lived address.

    `keep_until_s`: the platform allows to keep the file until this Unix time (a story lives 24 h); None = as long as the message.
    """

    external_id: str
    url: str = ""
    mime: str = ""
    filename: str = ""
    sha256: str = ""
    size_bytes: int | None = None
    voice: bool = False
    animated: bool = False
    keep_until_s: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says, in our kinds.

    `content` by kind:
      location {latitude, longitude, name, address, url} · contacts {contacts: [{name, phones: [{phone, wa_id, type}], emails: [str],
      org, urls: [str], addresses: [str], birthday}], origin} · button_reply {id, title} · list_reply {id, title, description} ·
      order {catalog_id, items: [{product_id, quantity, price: money|null}], total: money|null}, money = {amount_minor, currency} ·
      form_reply {name, values} · system {code, params} · unsupported {kind, raw, code} · postback {id, title} ·
      story_reply {story: {id, url}}, the story's picture among the media · story_mention {} · sticker {sticker_id} ·
      share {shares: [{kind: post|reel|story|link|product|mini_program, id, url, path, title, subtitle, image_url}]} ·
      comment {comment: {id, kind: comment|post|mention|live_comment, parent_id, post_id, media_kind, url, ad_id, ad_title}} ·
      audio also transcript, the platform's own speech recognition · menu {head, options: [{id, title}], foot} of an echo ·
      any kind also: forwarded: "once"|"often", referral {source_url, source_id, source_type, ref, headline, body, media_type, media_url,
      thumbnail_url, click_id, welcome_text, post_id}, product {catalog_id, product_id}, commands: [name], shares (a link in a text),
      cards [{title, subtitle, image_url, url, buttons}] and buttons [{title, id|url}] (echoes), unread_parts: [raw] (attachments of an
      unknown type beside known ones)
    What the platform did not tell is left out; a price or quantity that cannot be read is null, and then so is the total.
    """

    kind: InboundKind
    text: str = ""
    content: Json = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event carries. `account` is the external id of the channel account it belongs to ("" = the one addressed).

    `occurred_at` is the platform's time (aware UTC). `event_key` identifies an event that has no id of its own:
    a hash of its canonical form, so that a repeat is recognised.
    """

    account: str
    occurred_at: datetime
    event_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """The customer wrote. `opens_window`: this lets us answer freely (false for system messages); `opened_by` names, for
    `Window.opened_by`, as what it counts: on WeChat the tap on a menu message is a "menu_click".

    `historical`: from before the account was connected; it is stored, but nobody is called to answer it.
    `standby`: another app has this thread (Meta's conversation routing); nothing may be sent until it is given to us.
    """

    external_id: str
    sender: Person
    body: Body
    reply_to: str = ""
    group: str = ""
    opens_window: bool = True
    opened_by: str = "message"
    historical: bool = False
    standby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEchoed(Event):
    """Our side wrote, outside of Hawker (the phone app, the page's own inbox) or inside (`callback` is then our message id)."""

    external_id: str
    recipient: Person
    body: Body
    reply_to: str = ""
    callback: str = ""
    historical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionChanged(Event):
    """`emoji` None = taken back. `ours`: set by our side elsewhere (an echo). `external_id` is the reaction's own id, or ""."""

    target: str
    emoji: str | None
    person: Person
    external_id: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    target: str
    body: Body
    person: Person
    external_id: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    target: str
    person: Person
    external_id: str = ""
    ours: bool = False


DeliveryStatus = Literal["sent", "delivered", "read", "played", "failed"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed, as a platform reports it later. `code` is what a `SendError` of the call would have carried."""

    code: str
    external_code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Event):
    """A tick for a message of ours. `callback` is what we put into the platform's callback field when we sent it.

    `pricing`, where told: {billable, model, type, category, conversation: {id, origin, expires_at (RFC 3339)}}, all optional.
    """

    external_id: str
    status: DeliveryStatus
    recipient: Person | None = None
    failure: Failure | None = None
    callback: str = ""
    pricing: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatermarkMoved(Event):
    """Everything sent to this person until `until` is delivered or read (Messenger, Instagram)."""

    person: Person
    status: Literal["delivered", "read"]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOpened(Event):
    """The customer did something without words that lets us write (opened the chat, called). Shown as a system line.

    `opened_by` is what `Window.opened_by` names. `params` may hold referral, as in `Body`, and reply_code: a one-shot code
    that the first answer has to carry (`OutboundMessage.content["reply_code"]`).
    """

    person: Person
    code: str
    params: Json = field(default_factory=dict)
    external_id: str = ""
    opened_by: str = "welcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactActed(Event):
    """The customer did something that is no message and lets us do nothing: followed a menu link, reported a place, used a coupon.

    It belongs on the contact's timeline and calls nobody; `params` is small, and whatever else the platform said is in `raw`.
    """

    person: Person
    code: str
    params: Json = field(default_factory=dict)
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachabilityChanged(Event):
    """The person can be written to again, or no more (followed, unfollowed, revoked). `code` says why; all open windows close with False."""

    person: Person
    reachable: bool
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested(Event):
    """The person told the platform to have personal data removed: the law of the place decides, an operator must see it."""

    person: Person
    code: str
    params: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatesWaiting(Event):
    """The delivery carries nothing but word that there is something to fetch: run `FetchUpdates` for `account`, one at a time.

    `token` makes fetching cheap and lives some minutes; without a usable one the platform allows it only now and then.
    """

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFinished(Event):
    """A message to many is done: how many it was for, got it, and did not. `external_id` is that of its `Sent`."""

    external_id: str
    ok: bool
    status: str
    total: int | None = None
    sent: int | None = None
    failed: int | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChanged(Event):
    """The same person is known by other keys from now on (new phone number, new BSUID)."""

    before: Person
    after: Person
    code: str
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """The person allowed or forbade us to write for a purpose. `data`: what the platform gave to use it by {token, frequency,
    time_zone, expires_at_ms, title, payload}, all optional."""

    person: Person
    purpose: str
    granted: bool
    source: str
    detail: str = ""
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChanged(Event):
    """A template of `platform_account` changed its status, quality, category or wording. Values are lower-case."""

    change: Literal["status", "quality", "category", "components"]
    external_id: str
    name: str
    language: str
    value: str = ""
    reason: str = ""
    platform_account: str = ""
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(Event):
    """Health, limits, name or rights of the account changed. `platform_account` is the WABA, page or app it speaks of."""

    field: str
    value: str = ""
    severity: Literal["info", "warning", "error"] = "info"
    platform_account: str = ""
    data: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChanged(Event):
    """A payment inside the chat moved. `external_id` is the message that asked for it, `reference` our order's name there."""

    external_id: str
    reference: str
    status: str
    person: Person | None = None
    amount_minor: int | None = None
    currency: str = ""
    transaction_id: str = ""
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChanged(Event):
    """Another app, the platform's own inbox or we got the right to write in this thread. `owner` and `previous` are app ids, "" = nobody.

    `change`: passed and taken moved it; requested is `owner` asking for it.
    """

    person: Person
    change: Literal["passed", "taken", "requested"]
    owner: str = ""
    previous: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChanged(Event):
    """A voice call rang, was answered or ended. `external_id` is the call's; one call has several of these."""

    external_id: str
    state: str
    person: Person | None = None
    inbound: bool = False
    duration_s: int | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReported(Event):
    """The platform tells of a trouble that belongs to no message of ours."""

    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSynced(Event):
    """An address-book entry of the phone app; `removed` when it was deleted there."""

    person: Person
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised(Event):
    """A part of a payload that nobody knows. Kept raw and counted, so that a new platform feature is seen."""

    field: str
    raw: Json


InboundEvent = (
    MessageReceived
    | MessageEchoed
    | ReactionChanged
    | MessageEdited
    | MessageDeleted
    | StatusChanged
    | WatermarkMoved
    | WindowOpened
    | ContactActed
    | ReachabilityChanged
    | ErasureRequested
    | UpdatesWaiting
    | BulkFinished
    | IdentityChanged
    | ConsentChanged
    | TemplateChanged
    | AccountChanged
    | PaymentChanged
    | ControlChanged
    | CallChanged
    | ErrorReported
    | ContactSynced
    | Unrecognised
)


# ── Capabilities: data that composer, splitting, pre-flight and pacing read ─────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Limit:
    """A length and the unit the platform counts it in, with the page that says so."""

    n: int
    unit: Literal["characters", "utf8_bytes", "utf16_units"] = "characters"
    source: str = ""


@dataclass(frozen=True, slots=True)
class MediaRule:
    """What one message kind may carry. `mimes` exact; max size in bytes."""

    mimes: tuple[str, ...]
    max_bytes: int
    caption: Limit | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Buttons or list rows: how many, and how long their parts may be."""

    most: int
    title: Limit
    text: Limit
    id: Limit
    description: Limit | None = None
    button: Limit | None = None
    sections: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of cards with a picture, two lines of text and buttons: how many, and how long their parts may be."""

    most: int
    title: Limit
    subtitle: Limit
    buttons: int
    button: Limit
    source: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A reply window that the customer opens. `opened_by` names by what: "message", "reaction", "comment", "call", "welcome",
    "menu_click", "follow", "scan".

    `quota`: how many messages it allows, None = any number; opening it anew sets it to that again. `by`: who may use it, since some
    platforms allow only words that a person wrote. Of several open windows the one that comes first in `Capabilities.windows` is
    used; `Send.window` tells which.
    """

    kind: str
    lasts_s: int
    opened_by: tuple[str, ...] = ("message",)
    source: str = ""
    quota: int | None = None
    by: Literal["anybody", "agent"] = "anybody"


@dataclass(frozen=True, slots=True)
class Pace:
    """Platform speed limits. `pair_per_s` with `pair_burst` is for one person on one account; `by_kind` slows some message kinds."""

    per_second: float
    pair_per_s: float | None = None
    pair_burst: int = 1
    source: str = ""
    by_kind: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bulk:
    """One request to many people (`SendMany`): how many, which kinds, and how often one person gets any in a calendar month."""

    least: int
    most: int
    kinds: tuple[str, ...]
    per_person_and_month: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """One kind of template button: how many of it, and how long its words and its target may be.

    `text` None: the platform words it. `variable`: the target may end in one `{{1}}`, or is wholly filled in at each send (a code).
    """

    kind: str
    most: int
    text: Limit | None = None
    target: Limit | None = None
    variable: bool = False


@dataclass(frozen=True, slots=True)
class Carousel:
    """Cards side by side below the body, all made alike."""

    least: int
    most: int
    body: Limit
    headers: tuple[str, ...]
    buttons: int


@dataclass(frozen=True, slots=True)
class TemplateRules:
    """What templates of a channel may be made of: the editor, the check before submission and the picker read it.

    `owner`: the platform object above the account shares them, or each account has its own. `makes`: they are written and submitted
    here; else only listed. `edits`: the statuses in which one may be changed. `name`: a regular expression. `headers`: formats.
    `parameters`: limits of values by the letters that a parameter's name begins with, "" for all others.
    `hydrated`: of the filled text. `one_line`: values have no line breaks. `link`: each send may lead to an address of its own.
    """

    owner: Literal["platform", "account"]
    categories: tuple[str, ...]
    body: Limit
    name: str = r"[a-z0-9_]+"
    name_most: int = 512
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("positional", "named")
    headers: tuple[str, ...] = ()
    header: Limit | None = None
    footer: Limit | None = None
    buttons: tuple[TemplateButton, ...] = ()
    most_buttons: int = 0
    carousel: Carousel | None = None
    offer: Limit | None = None
    parameters: Mapping[str, Limit] = field(default_factory=dict)
    hydrated: Limit | None = None
    one_line: bool = False
    link: bool = False
    makes: bool = True
    edits: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`templates`: what templates may be made of, None = there are none. `kinds`: further kinds of the platform's own, whose content
    `OutboundMessage` describes. `profiles`: a person's name and other keys come by `FetchProfile`. `comments`: public comments
    arrive, and kind `comment` answers them in public. `token_lifetime_s`: the access token has to be renewed by `RefreshToken`
    within; where it is no pasted secret it comes of `RefreshToken` only. `passive_reply`: the kinds that `acknowledge` can carry.
    `windows_add_up`: open windows allow their messages one after the other; else one message counts against each that is open.
    `qr_scene`: `MakeQrCode` makes codes that lead into a chat, and how long their scene may be; `qr_lasts_s`: the longest life of one
    that ends, None where they only last for ever.
    `pulls`: deliveries only announce (`UpdatesWaiting`), and `FetchUpdates` also has to run now and then without one.
    `webhook_by_hand`: somebody pastes our address into the platform's console; `Subscribe` is refused.
    `sources`: the page that says so, for each number that stands here by itself."""

    text: Limit
    media: Mapping[str, MediaRule]
    windows: tuple[Window, ...]
    pace: Pace
    buttons: Choices | None = None
    list: Choices | None = None
    cards: Cards | None = None
    location: bool = False
    reply_to: bool = False
    reactions: bool = False
    link_preview: bool = False
    templates: TemplateRules | None = None
    kinds: tuple[str, ...] = ()
    read_receipts: bool = False
    typing: bool = False
    callback: bool = False
    idempotent_send: bool = False
    profiles: bool = False
    comments: bool = False
    token_lifetime_s: int | None = None
    passive_reply: tuple[str, ...] = ()
    windows_add_up: bool = True
    qr_scene: Limit | None = None
    qr_lasts_s: int | None = None
    pulls: bool = False
    webhook_by_hand: bool = False
    bulk: Bulk | None = None
    statuses: tuple[str, ...] = ("sent",)
    reaction_max_age_s: int | None = None
    lane_share_for_agents: float = 0.2
    sources: Mapping[str, str] = field(default_factory=dict)


# ── Intents into call(), results out of it ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MediaHandle:
    """A file the app holds. Adapters pass it on in `FilePart`s; only the runner opens it.

    `url`: a public address of it for the next 24 h, where the app can give one; a platform may fetch it from there instead.
    """

    media_id: str
    mime: str
    size_bytes: int
    filename: str
    sha256: str = ""
    platform_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """What to send. `content` by kind: buttons {buttons: [{id, title} or {url, title}]} ·
    list {button, sections: [{title, rows: [{id, title, description}]}]} · location {latitude, longitude, name, address} ·
    reaction {emoji} with `reply_to` = its target · template {name, language, components: [{type, parameters: [{type, …}]}]} as WhatsApp
    wants them, where a file is {type: image, image: {media_id}} and one of `files` ·
    cards {cards: [{title, subtitle, image_url, url, buttons}]} · comment {} with `reply_to` = the comment to answer in public ·
    mini_program {app_id, path, title}, `media` its picture · music {url, hd_url, title, description}, `media` its picture ·
    article {article_id} · coupon {card_id}. Any kind may carry reply_code (see `WindowOpened`). `text` is the caption for media."""

    kind: str
    text: str = ""
    content: Json = field(default_factory=dict)
    media: MediaHandle | None = None
    reply_to: str = ""
    link_preview: bool = False
    voice: bool = False
    files: tuple[MediaHandle, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """`callback` is our message id: it comes back in statuses where the platform has a field for it.

    `window` is the kind of the reply window that allows this message, "" for one that needs none: some platforms want to be told.
    """

    message: OutboundMessage
    to: Person
    callback: str
    window: str = ""


@dataclass(frozen=True, slots=True)
class SendMany:
    """Send one message to up to `Capabilities.bulk.most` people in one request. `key` (≤ 64 bytes) names it: the same key sends once.

    The result is a `Sent`; what became of it comes as `BulkFinished`.
    """

    message: OutboundMessage
    to: tuple[Person, ...]
    key: str


@dataclass(frozen=True, slots=True)
class FetchMedia:
    media: MediaRef
    max_bytes: int


@dataclass(frozen=True, slots=True)
class MarkRead:
    """`to` wrote the message: some platforms mark by message, others by person."""

    external_id: str
    to: Person | None = None


@dataclass(frozen=True, slots=True)
class Typing:
    """`external_id` is the customer's newest message, where the platform wants one."""

    to: Person
    external_id: str


@dataclass(frozen=True, slots=True)
class FetchProfile:
    """Ask who a person is. Raises Rejected `profile_unavailable` where the platform or the person does not tell."""

    person: Person


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Get a fresh access token. `rejected`: the one that the platform refused, where that is why. One at a time for an account,
    over all processes: on some platforms a new token ends the old one."""

    rejected: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FetchUpdates:
    """Fetch what is new since `cursor` ("" = all that is kept up there). `token` is that of the newest `UpdatesWaiting`.

    `now` stands in for times that the platform does not tell. One at a time for an account.
    """

    cursor: str
    now: datetime
    token: str = ""


@dataclass(frozen=True, slots=True)
class MakeQrCode:
    """Make a code that leads into a chat with this account. `scene` comes back as `referral.source_id` of whoever comes by it.

    `lasts_s` None = for ever. The result is a `QrCodeMade`.
    """

    scene: str
    lasts_s: int | None = None


@dataclass(frozen=True, slots=True)
class SyncTemplates:
    pass


@dataclass(frozen=True, slots=True)
class SubmitTemplate:
    """Hand one language of a template in for approval; with `external_id`, the new wording of one that the platform has.

    `components` as in `TemplateSeen`; a sample file is named there by `media_id` and is one of `samples`.
    """

    name: str
    language: str
    category: str
    components: tuple[Json, ...]
    parameter_format: str = "positional"
    external_id: str = ""
    samples: tuple[MediaHandle, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteTemplate:
    """Delete one language of a template at the platform. One that is gone already is Done too."""

    name: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Check:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask the platform to deliver this account's events to `callback_url`."""

    callback_url: str
    verify_token: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    pass


Intent = (
    Send
    | SendMany
    | FetchMedia
    | MarkRead
    | Typing
    | FetchProfile
    | RefreshToken
    | FetchUpdates
    | MakeQrCode
    | SyncTemplates
    | SubmitTemplate
    | DeleteTemplate
    | Check
    | Subscribe
    | Unsubscribe
)


@dataclass(frozen=True, slots=True)
class FilePart:
    name: str
    media: MediaHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRequest:
    """One HTTP request for the runner to make. `path` follows the account's base address (or is absolute).

    `body`: a file that is the request's body as it is. `delivers`: a lost answer may mean that the customer got something: only
    these can become `unknown`.
    `download_max_bytes`: stream the answer into a file; the response then carries `downloaded` instead of `body`, unless its
    content type is one of `not_files` (WeChat answers errors, and a video's address, as JSON with status 200).
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    json: Json | None = None
    form: Mapping[str, str] | None = None
    files: tuple[FilePart, ...] = ()
    body: MediaHandle | None = None
    delivers: bool = False
    download_max_bytes: int | None = None
    not_files: tuple[str, ...] = ()
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A streamed answer in a temporary file of the runner."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PlatformResponse:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    downloaded: Downloaded | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One message row = one platform message = one id, "" where the platform gives none (a reaction on Messenger).

    `person` carries keys that the answer taught us. `uploaded` = {media_id: the platform's id} of `OutboundMessage.files`.
    """

    external_id: str
    person: Person | None = None
    uploaded_media_id: str = ""
    uploaded: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass(frozen=True, slots=True)
class MediaFetched:
    file: Downloaded
    mime: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, slots=True)
class ProfileSeen:
    """What a platform says of a person: `person` has the keys that were asked for; "" = not told. `facts`: {follower_count, verified, …}."""

    person: Person
    avatar: MediaRef | None = None
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TokenRefreshed:
    access_token: str = field(repr=False)
    expires_in_s: int | None = None


@dataclass(frozen=True, slots=True)
class UpdatesFetched:
    """What `FetchUpdates` got, in order. Store `cursor` in the transaction that writes `events`; `more`: fetch again at once."""

    events: tuple[InboundEvent, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class QrCodeMade:
    """`url` is what the code says, and does the same when it is followed on a phone; `image_url` a picture of it, "" = there is none."""

    url: str
    image_url: str = ""
    expires_in_s: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateSeen:
    """One language of a template. Statuses, categories and qualities in lower case.

    `components`, in this order, each at most once:
      {type: header, format: text, text, examples} or {type: header, format: image|video|gif|document|location|product, example: url} ·
      {type: body, text, examples} · {type: footer, text} · {type: limited_time_offer, text, expires} ·
      {type: buttons, buttons: [{kind: quick_reply|url|phone_number|copy_code|otp|catalog|mpm|spm|flow|…, text, url, phone_number,
      example, …}]} ·
      {type: carousel, cards: [{components}]}.
    Variables stand in texts as `{{1}}` or `{{name}}`; `examples` = {variable: sample}. An authentication body is the platform's own words:
    {type: body, security: bool}, its footer {type: footer, expires_minutes}. What nobody knows is kept as it came.
    """

    external_id: str
    name: str
    language: str
    category: str
    status: str
    components: Sequence[Json]
    quality: str = ""
    rejected_reason: str = ""
    parameter_format: str = "positional"


@dataclass(frozen=True, slots=True)
class TemplateSubmitted:
    """What the platform says of a template that was handed in. "" = not told."""

    external_id: str
    status: str = "pending"
    category: str = ""


@dataclass(frozen=True, slots=True)
class TemplatesSeen:
    templates: tuple[TemplateSeen, ...]


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of a health check. `code` is translated for people; `params` fill it."""

    code: str
    state: Literal["ok", "warning", "error"]
    params: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """`above`: the object that the account's platform object belongs to, such as a WABA's portfolio, where the platform tells."""

    items: tuple[CheckItem, ...]
    facts: Json = field(default_factory=dict)
    above: PlatformObject | None = None


Result = (
    Sent
    | MediaFetched
    | Done
    | ProfileSeen
    | TokenRefreshed
    | UpdatesFetched
    | QrCodeMade
    | TemplatesSeen
    | TemplateSubmitted
    | Checked
)
Call = Generator[PlatformRequest, PlatformResponse, Result]


# ── The adapter ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Account:
    """What an adapter may know of the channel account it works for. `base_url` = scheme, host, port (settings.api_base_url or the platform's)."""

    external_id: str
    base_url: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing to paste when an account is connected. `shared` secrets belong to the platform object above the account.

    `setting`: it is kept as `settings.<name>` and handed in together with the secrets; `choices` are its values, the first by default.
    `label` names it and `help` says where to find it. `made_up`: we choose it and it is pasted over there; the set-up page proposes
    that many random letters and digits, and shows them until it is left.
    `made`: nobody pastes it; the app makes a random one when the account is connected.
    """

    name: str
    secret: bool = True
    required: bool = True
    shared: bool = False
    setting: bool = False
    made: bool = False
    choices: tuple[str, ...] = ()
    label: str = ""
    help: str = ""
    made_up: int = 0


@dataclass(frozen=True, slots=True)
class SettingField:
    """One thing that an administrator may choose for a connected account: `settings.<name>`, absent = `default`.

    Values by kind: text and long_text str · lines [str] · number int or float between `least` and `most` · switch bool ·
    choice one of the keys of `choices`, whose values name them · color "#rrggbb" · questions [{name, label, kind, required}],
    kind one of `choices`. `most` bounds the length of texts and lists.
    """

    name: str
    kind: Literal["text", "long_text", "lines", "number", "switch", "choice", "color", "questions"]
    label: str
    help: str = ""
    default: Any = None
    choices: Mapping[str, str] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of connecting an account: what to do in the platform's console, and which fields to fill in after.

    `fields` are names of credential fields, or "external_id". `shows` is what the page puts below the words: the webhook's address
    and what is pasted beside it, the snippet of the guide, or the first message. `proof`: the codes of the check lines that prove
    the step. `link` is the vendor's page.
    """

    title: str
    lines: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    shows: Literal["", "webhook", "snippet", "hello"] = ""
    proof: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """How one kind of account is connected without code: what the set-up page says. The first guide whose `settings` an account has
    is the account's; they are preset when it is connected by this guide.

    `name` tells it from all other guides, in addresses. `id_label` and `id_help` are of the external id; "" = the account has none to
    paste, we make it. `labels` renames credential fields: {name: (label, help)}. `snippet` is what the shop's own pages include;
    {base_url} and {id} are filled in.
    """

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]
    id_label: str = ""
    id_help: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class CheckWords:
    """What a `CheckItem` of one code says, by its state; {places} are its params. `mend`: what to do when it is not ok.

    `values` are words for values of params, such as a platform's own states.
    """

    label: str
    ok: str
    warning: str = ""
    error: str = ""
    mend: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlatformObject:
    """An object above the account that others may share (rules 21): kind and external id, from the pasted credentials."""

    kind: Literal["portfolio", "waba", "page", "app", "open_platform"]
    external_id: str


class Adapter(Protocol):
    """One channel. `channels/README.md` walks through adding one."""

    name: str
    label: str
    credential_fields: tuple[CredentialField, ...]
    setting_fields: tuple[SettingField, ...]
    guides: tuple[Guide, ...]
    checks: Mapping[str, CheckWords]
    """By code of a `CheckItem`. These words and those of the fields are English, the keys of the pages' catalogs."""

    def base_url(self, settings: Mapping[str, Any]) -> str:
        """Return the platform's scheme and host for an account with these settings; `settings.api_base_url` is the app's to apply."""

    def capabilities(self, account: Account) -> Capabilities: ...

    def platform_object(self, account: Account, credentials: Credentials) -> PlatformObject | None:
        """Name the shared object above this account, or None when there is none."""

    def open(self, delivery: Delivery, credentials: Credentials, now: datetime) -> Opened:
        """Prove the origin of the raw bytes, in constant time. Raises SignatureInvalid."""

    def parse(self, opened: Opened) -> list[InboundEvent]:
        """Return the events in the payload's order. Raises PayloadMalformed when nothing in it can be understood, nothing else."""

    def acknowledge(self, opened: Opened, results: Sequence[Any]) -> HttpAnswer:
        """Return what the platform wants to hear after the events are safe.

        `results` may hold one `PassiveReply`, or the `HttpAnswer` that one became when this delivery came before: the same bytes go
        back. Raises MessageInvalid for a reply that cannot go this way.
        """

    def call(self, intent: Intent, account: Account, credentials: Credentials) -> Call:
        """Yield platform requests, receive their responses, return the result. Raises SendError."""

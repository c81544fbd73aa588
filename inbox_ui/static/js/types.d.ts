/** What the JSON API and the socket speak, and what the store keeps. Times are RFC 3339 UTC, sizes bytes. */

export type Id = string;
export type Json = Record<string, any>;
export type Language = "en" | "zh-Hant" | "zh-Hans";
export type PresenceState = "available" | "busy" | "away" | "offline";
export type Presence = { state: PresenceState; online: boolean };

export type Me = {
  id: Id; name: string; email: string; role: string; language: Language;
  theme: "system" | "light" | "dark"; density: "comfortable" | "compact";
  presence: Presence; capacity: number; open_load: number; permissions: string[]; csrf_token: string;
  business: { name: string; time_zone: string; currency: string }; has_second_factor: boolean;
};
export type Agent = {
  id: Id; name: string; email: string; role: string; presence: Presence; capacity: number; open_load: number;
  team_ids: Id[]; disabled_at: string | null; visibility?: string | null; skills?: string[] | null; languages?: string[] | null;
  has_second_factor?: boolean | null; invited?: boolean | null;
};
export type PasswordLink = { url: string | null; mailed: boolean; expires_at: string | null };
export type OpenSession = { id: Id; user_agent: string; address: string; created_at: string; last_seen_at: string; is_this: boolean };
export type Token = { id: Id; name: string; role: string; permissions: string[] | null; created_at: string; last_used_at: string | null };
export type AuditEntry = {
  id: Id; at: string; actor_kind: "agent" | "token" | "command" | "system"; actor_name: string | null; action: string;
  subject_kind: string; subject_name: string | null; params: Record<string, string>;
};
export type Team = { id: Id; name: string };
export type Tag = { id: Id; name: string; hue: number };

export type Limit = { n: number; unit: "characters" | "utf8_bytes" | "utf16_units" };
export type Choices = {
  most: number; title: Limit; text: Limit; id: Limit; description?: Limit | null; button?: Limit | null; sections?: number;
};
export type MediaRule = { mimes: string[]; max_bytes: number; caption?: Limit | null };
export type Capabilities = {
  text: Limit; media: Record<string, MediaRule>; buttons: Choices | null; list: Choices | null; location: boolean;
  reply_to: boolean; reactions: boolean; link_preview: boolean; templates: TemplateRules | null; read_receipts: boolean; typing: boolean;
  windows: { kind: string; lasts_s: number; quota: number | null; by: "anybody" | "agent"; opened_by: string[] }[]; pace: { per_second: number }; statuses: string[]; cards: { most: number } | null;
};
export type FindingState = "ok" | "warning" | "error";
export type Finding = { code: string; state: FindingState; params: Json; label: string; text: string; mend: string; detail: string };
/** Only `state` for those who may not manage accounts. */
export type Health = { state: FindingState | "unchecked"; items?: Finding[]; facts?: Json; told?: Json };
export type ChannelAccount = {
  id: Id; channel: string; label: string; guide: string; name: string; external_id: string; state: "active" | "paused" | "removed";
  health: Health; sending_stopped_reason: string | null; settings: Json; webhook_path: string; webhook_url: string | null;
  capabilities: Capabilities; credentials_kept?: string[]; checked_at: string | null; last_webhook_at: string | null; created_at: string;
};
export type Figures = {
  channel_account_id: Id; since: string; tried: number; failed: number; unknown: number; failed_share: number | null; waiting: number;
  refused_calls: number; reasons: { code: string; n: number }[];
};
export type GuideField = {
  name: string; label: string; help: string; secret: boolean; required: boolean; setting: boolean; choices: string[]; made_up: number;
};
export type SettingField = {
  name: string; kind: "text" | "long_text" | "lines" | "number" | "switch" | "choice" | "color" | "questions"; label: string; help: string;
  default: any; choices: Record<string, string>; least: number | null; most: number | null;
};
export type GuideStep = { title: string; lines: string[]; fields: string[]; shows: "" | "webhook" | "snippet" | "hello"; proof: string[]; link: string };
/** How one kind of account is connected, in the reader's language. */
export type Guide = {
  name: string; channel: string; label: string; title: string; about: string; id_label: string; id_help: string;
  settings: Record<string, string>; fields: GuideField[]; setting_fields: SettingField[]; steps: GuideStep[]; snippet: string;
  webhook_by_hand: boolean; token_renewed: boolean;
};

export type TemplateVariable = {
  key: string; name: string; example: string; required: boolean;
  kind: "text" | "image" | "video" | "gif" | "document" | "location" | "product" | "link" | "code" | "time" | "products";
};
export type TemplateVersion = {
  id: Id; template_id: Id; language: string; external_id: string | null; category: string; status: string; quality: string;
  rejected_reason: string; parameter_format: string; components: Json[]; variables: TemplateVariable[]; error: Failure | null;
  submitted_at: string | null; updated_at: string;
};
export type Template = {
  id: Id; channel: string; channel_account_ids: Id[]; name: string; title: string; default_language: string; defaults: Record<string, string>;
  status: string; versions: TemplateVersion[]; archived_at: string | null; created_at: string;
};
export type TemplatePreview = {
  template_id: Id; version_id: Id; language: string; text: string; components: Json[]; variables: TemplateVariable[];
  values: Record<string, any>; problems: { place: string; code: string; message: string }[];
};
export type TemplateRules = {
  owner: string; categories: string[]; body: Limit; name: string; name_most: number; languages: string[]; formats: string[]; headers: string[];
  header: Limit | null; footer: Limit | null; buttons: { kind: string; most: number; text: Limit | null; target: Limit | null; variable: boolean }[];
  most_buttons: number; carousel: { least: number; most: number; body: Limit; headers: string[]; buttons: number } | null; offer: Limit | null;
  one_line: boolean; link: boolean; makes: boolean; edits: string[];
};

export type Identity = { external_id: string; username: string | null; phone: string | null };
export type ContactBrief = { id: Id; name: string; avatar_url: string | null; language: string | null; phone: string | null };
export type ContactIdentity = {
  id: Id; channel: string; channel_account_id: Id; external_id: string; username?: string | null; phone?: string | null;
  unreachable_reason: string | null;
};
export type Contact = ContactBrief & {
  email: string | null; birthday: string | null; gender: string | null; time_zone: string | null; country: string | null; tags: Tag[];
  attributes: Json; identities: ContactIdentity[]; consent: Record<string, Json>; conversations?: Conversation[];
  /** How many other contacts may be the same person. */
  alike: number;
  merged_into_id: Id | null; blocked_at: string | null; archived_at: string | null; created_at: string;
};
export type ContactSuggestion = { id: Id; contact: Contact; other: Contact; evidence: Record<string, string>; created_at: string };
export type MergedField = { field: string; stays: any; goes: any; becomes: any; taken_from: "stays" | "goes"; conflict: boolean };
export type MergePreview = {
  stays: Contact; goes: Contact; fields: MergedField[]; tags: Tag[];
  moves: { id: Id; channel: string; channel_account_id: Id; status: string; last_message_at: string }[];
  /** Conversations that move too, but are not the reader's to see. */
  hidden: number;
};
export type ContactMerge = {
  id: Id; stays_id: Id; goes_id: Id; name: string; reason: string; evidence: Record<string, string>; by_agent_id: Id | null; merged_at: string;
  undone_at: string | null; undone_by_agent_id: Id | null; can_undo: boolean;
};
export type HistoryEntry = { id: Id; at: string; actor_kind: string; actor_id: Id | null; action: string; params: Json };

export type ReplyWindow = { kind: string; ends_at: string; messages_left: number | null };
export type LastMessage = {
  id: Id; direction: Direction; kind: string; text: string; status: Status; agent_id: Id | null; content?: Json; created_at: string;
};
export type ConversationStatus = "open" | "snoozed" | "closed";
export type Conversation = {
  id: Id; channel: string; channel_account_id: Id; contact: ContactBrief; identity: Identity; status: ConversationStatus;
  assignee_id: Id | null; team_id: Id | null; priority: string; tags: Tag[]; unread_count: number; last_message: LastMessage | null;
  last_message_at: string; waiting_since: string | null; reply_window_ends_at: string | null; reply_windows: ReplyWindow[]; held_by: string | null;
  snoozed_until: string | null; draft: { text: string; updated_at: string } | null;
};

export type Direction = "inbound" | "outbound" | "note" | "activity";
export type Status =
  | "received" | "waiting" | "scheduled" | "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown" | "cancelled";
export type Attachment = {
  id: Id; url: string; thumb_url: string | null; mime: string; filename: string; size_bytes: number | null;
  width?: number | null; height?: number | null; state: "pending" | "ready" | "failed"; voice: boolean; animated: boolean;
};
export type Reaction = { emoji: string; by: "contact" | "us"; agent_id: Id | null; at: string };
export type Quoted = { id: Id; direction: Direction; kind: string; text: string; agent_id: Id | null };
export type Failure = { code: string; external_code?: string; external_text?: string; text?: string; params?: Json };
export type Message = {
  id: Id; conversation_id: Id; direction: Direction; kind: string; text: string; content: Json; attachments: Attachment[];
  external_id: string | null; client_id: string | null; reply_to_id: Id | null; reply_to: Quoted | null; status: Status;
  error: Failure | null; agent_id: Id | null; campaign_id: Id | null; sent_at: string | null; created_at: string; position_at: string;
  delivered_at: string | null; read_at: string | null; reactions: Reaction[]; edited_at: string | null; deleted_at: string | null;
  original_text?: string | null; arrived_late: boolean; resent_as_id: Id | null; group_id: Id | null; played_at?: string | null; folded_into_id?: Id;
};

export type BulkAct = { id: Id; state: "running" | "done" | "undone"; total: number; done: number; changed: number; undo_token: string | null };
export type Counts = { mine: number; unassigned: number; all_open: number; snoozed: number; closed: number; waiting: number };
export type View = "mine" | "unassigned" | "all" | "waiting" | "snoozed" | "closed";
export type Sort = "newest" | "oldest" | "waiting" | "unread";

/** What a list shows: the view of the sidebar, the segment above the list, and what narrows it. */
export type Filter = {
  view: View; status: ConversationStatus | null; sort: Sort; q: string; channel: string | null; account: Id | null;
  tag: Id | null; team: Id | null; priority: string | null; unread?: boolean;
};
/** The message that a search found; `marks` are [begin, end) in characters. */
export type Match = { message_id: Id; text: string; marks: [number, number][]; at: string };
export type List = {
  ids: Id[]; cursor: string | null; complete: boolean; loading: boolean; loaded: boolean; failed: Failure | null;
  /** By conversation; only in a search. */
  matches: Record<Id, Match>;
  /** How far back a search has looked, when it goes on only by a person's word. */
  searched: string | null;
};
export type Thread = {
  messages: Message[]; complete: boolean; loading: boolean; loaded: boolean; failed: Failure | null;
  /** The first message that was unread when the conversation was opened. */
  first_unread_id: Id | null;
  /** New since the last fresh load: the thread was left behind by a reset. */
  stale: boolean;
  /** The thread was opened further up: what stands after this message is not loaded. null: the loaded part reaches the end. */
  newer: Id | null;
};
export type Draft = { text: string; updated_at: string; saved: boolean };
/** A message that has not reached the server yet. */
export type Waiting = { client_id: string; conversation_id: Id; body: Json; tries: number };

export type Visit = {
  page: { url?: string; title?: string; product?: { id?: string; name?: string; price?: string; image_url?: string; url?: string } } | null;
  page_at: string | null;
};

export type State = {
  me: Me | null; agents: Record<Id, Agent>; teams: Record<Id, Team>; tags: Record<Id, Tag>; accounts: Record<Id, ChannelAccount>;
  conversations: Record<Id, Conversation>; versions: Record<string, number>; contacts: Record<Id, Contact>; threads: Record<Id, Thread>;
  lists: Record<string, List>; filters: Record<string, Filter>; counts: Counts | null; counts_stale: boolean;
  visits: Record<Id, Visit | null>; typing: Record<Id, Record<string, number>>; viewing: Record<Id, Id[]>; drafts: Record<Id, Draft>; outbox: Waiting[];
  link: { state: "connecting" | "catching_up" | "live" | "offline"; since: string | null }; cursor: number;
};

/** Anything that changes the store: an event of the socket, an answer of the API, or a person's act. */
export type StoreEvent = Json & { id?: number; type: string };
export type Verb = (state: State, event: StoreEvent) => State;

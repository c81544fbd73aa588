"""The spine: people, accounts, contacts, conversations, messages, assignment, deliveries, live events, files."""

from alembic import op

revision = "0001"
down_revision = None

BIGRAMS = """
CREATE FUNCTION bigrams(t text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    folded text := lower(t);
    gram text;
    found text[] := '{}';
BEGIN
    FOR i IN 1 .. coalesce(length(folded), 0) - 1 LOOP
        gram := substr(folded, i, 2);
        IF gram !~ '\\s' THEN
            found := found || gram;
        END IF;
    END LOOP;
    RETURN found;
END
$$
"""
"""Pairs of characters without white space. As one SQL query it took 80 µs, which every new contact pays twice; so it takes 10."""

SCHEMA = """
CREATE TABLE agent (
    id uuid NOT NULL,
    email text COLLATE "C" NOT NULL,
    name text NOT NULL,
    role text COLLATE "C" DEFAULT 'agent' NOT NULL,
    password_hash text DEFAULT '' NOT NULL,
    visibility text COLLATE "C" DEFAULT 'all' NOT NULL,
    availability text COLLATE "C" DEFAULT 'available' NOT NULL,
    availability_changed_at timestamptz,
    capacity double precision DEFAULT 15 NOT NULL,
    skills text[] COLLATE "C" DEFAULT '{}' NOT NULL,
    languages text[] COLLATE "C" DEFAULT '{}' NOT NULL,
    language text COLLATE "C" DEFAULT 'en' NOT NULL,
    preferences jsonb DEFAULT '{}' NOT NULL,
    last_assigned_at timestamptz,
    disabled_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
)

CREATE UNIQUE INDEX agent_email ON agent (email)

CREATE TABLE api_token (
    id uuid NOT NULL,
    name text NOT NULL,
    role text COLLATE "C" DEFAULT 'agent' NOT NULL,
    permissions text[] COLLATE "C",
    token_digest bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (token_digest)
)

CREATE TABLE audit_entry (
    id uuid NOT NULL,
    at timestamptz DEFAULT now() NOT NULL,
    actor_kind text COLLATE "C" DEFAULT 'agent' NOT NULL,
    actor_id uuid,
    action text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" DEFAULT '' NOT NULL,
    subject_id uuid,
    params jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
)

CREATE INDEX audit_entry_at ON audit_entry (at)

CREATE INDEX audit_entry_subject ON audit_entry (subject_kind, subject_id, at)

CREATE TABLE brand (
    id uuid NOT NULL,
    name text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    time_zone text DEFAULT 'Asia/Hong_Kong' NOT NULL,
    currency text DEFAULT 'HKD' NOT NULL,
    language text DEFAULT 'en' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
)

CREATE UNIQUE INDEX brand_default ON brand (is_default) WHERE is_default

CREATE TABLE contact (
    id uuid NOT NULL,
    name text DEFAULT '' NOT NULL,
    folded_name text COLLATE "C" DEFAULT '' NOT NULL,
    named_by text COLLATE "C" DEFAULT 'platform' NOT NULL,
    phone text COLLATE "C",
    email text COLLATE "C",
    language text COLLATE "C",
    birthday date,
    gender text COLLATE "C",
    time_zone text COLLATE "C",
    country text COLLATE "C",
    attributes jsonb DEFAULT '{}' NOT NULL,
    source jsonb DEFAULT '{}' NOT NULL,
    avatar_media_id uuid,
    blocked_at timestamptz,
    merged_into_id uuid,
    archived_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(merged_into_id) REFERENCES contact (id)
)

CREATE INDEX contact_avatar ON contact (avatar_media_id) WHERE avatar_media_id IS NOT NULL

CREATE INDEX contact_email ON contact (email) WHERE email IS NOT NULL

CREATE INDEX contact_folded_name ON contact (folded_name, id)

CREATE INDEX contact_grams ON contact USING gin (bigrams(folded_name))

CREATE INDEX contact_merged ON contact (merged_into_id) WHERE merged_into_id IS NOT NULL

CREATE INDEX contact_phone ON contact (phone) WHERE phone IS NOT NULL

CREATE INDEX contact_phone_grams ON contact USING gin (bigrams(phone))

CREATE TABLE delivery (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    channel_account_id uuid NOT NULL,
    digest bytea NOT NULL,
    headers jsonb DEFAULT '{}' NOT NULL,
    query text DEFAULT '' NOT NULL,
    body bytea NOT NULL,
    state text COLLATE "C" DEFAULT 'ingested' NOT NULL,
    error text,
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at)

CREATE INDEX delivery_failed ON delivery (received_at) WHERE state = 'failed'

CREATE TABLE erased_key (
    digest bytea NOT NULL,
    withdrawn text[] COLLATE "C" DEFAULT '{}' NOT NULL,
    erased_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (digest)
)

CREATE TABLE event (
    at timestamptz DEFAULT now() NOT NULL,
    id bigint DEFAULT nextval('event_id_seq') NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    horizon xid8 DEFAULT pg_snapshot_xmin(pg_current_snapshot()) NOT NULL,
    type text COLLATE "C" NOT NULL,
    conversation_id uuid,
    channel_account_id uuid,
    existed boolean DEFAULT true NOT NULL,
    team_before_id uuid,
    assignee_before_id uuid,
    team_after_id uuid,
    assignee_after_id uuid,
    data json NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at)

CREATE INDEX event_id ON event (id)

CREATE INDEX event_xid ON event (xid)

CREATE TABLE idempotency_key (
    scope_digest bytea NOT NULL,
    body_digest bytea NOT NULL,
    status smallint NOT NULL,
    body bytea,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (scope_digest)
)

CREATE INDEX idempotency_key_created ON idempotency_key (created_at)

CREATE TABLE match_request (
    contact_id uuid NOT NULL,
    requested_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (contact_id),
    FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
)

CREATE TABLE platform_account (
    id uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    parent_id uuid,
    credentials bytea,
    facts jsonb DEFAULT '{}' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT platform_account_key UNIQUE (channel, kind, external_id),
    FOREIGN KEY(parent_id) REFERENCES platform_account (id)
)

CREATE TABLE search_cursor (
    id integer DEFAULT 1 NOT NULL,
    event_id bigint NOT NULL,
    PRIMARY KEY (id)
)

CREATE TABLE tag (
    id uuid NOT NULL,
    name text NOT NULL,
    folded_name text COLLATE "C" NOT NULL,
    hue integer DEFAULT 8 NOT NULL,
    archived_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT tag_hue CHECK (hue BETWEEN 1 AND 8)
)

CREATE UNIQUE INDEX tag_name ON tag (folded_name) WHERE archived_at IS NULL

CREATE TABLE team (
    id uuid NOT NULL,
    name text NOT NULL,
    archived_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
)

CREATE TABLE agent_socket (
    agent_id uuid NOT NULL,
    process_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (agent_id, process_id),
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE
)

CREATE TABLE channel_account (
    id uuid NOT NULL,
    brand_id uuid,
    platform_account_id uuid,
    channel text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    state text COLLATE "C" DEFAULT 'active' NOT NULL,
    credentials bytea,
    settings jsonb DEFAULT '{}' NOT NULL,
    health jsonb DEFAULT '{}' NOT NULL,
    sending_stopped_reason text COLLATE "C",
    checked_at timestamptz,
    last_webhook_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(brand_id) REFERENCES brand (id),
    FOREIGN KEY(platform_account_id) REFERENCES platform_account (id)
)

CREATE UNIQUE INDEX channel_account_key ON channel_account (channel, external_id) WHERE state <> 'removed'

CREATE INDEX ix_channel_account_platform_account_id ON channel_account (platform_account_id)

CREATE TABLE contact_merge (
    id uuid NOT NULL,
    stays_id uuid NOT NULL,
    goes_id uuid NOT NULL,
    reason text COLLATE "C" NOT NULL,
    evidence jsonb DEFAULT '{}' NOT NULL,
    by_agent_id uuid,
    image jsonb DEFAULT '{}' NOT NULL,
    moved jsonb DEFAULT '{}' NOT NULL,
    merged_at timestamptz DEFAULT now() NOT NULL,
    undone_at timestamptz,
    undone_by_agent_id uuid,
    PRIMARY KEY (id),
    FOREIGN KEY(stays_id) REFERENCES contact (id),
    FOREIGN KEY(goes_id) REFERENCES contact (id),
    FOREIGN KEY(by_agent_id) REFERENCES agent (id),
    FOREIGN KEY(undone_by_agent_id) REFERENCES agent (id)
)

CREATE UNIQUE INDEX contact_merge_goes ON contact_merge (goes_id) WHERE undone_at IS NULL

CREATE INDEX contact_merge_stays ON contact_merge (stays_id, merged_at)

CREATE TABLE contact_suggestion (
    id uuid NOT NULL,
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    evidence jsonb DEFAULT '{}' NOT NULL,
    dismissed_at timestamptz,
    dismissed_by_agent_id uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT contact_suggestion_order CHECK (one_id < other_id),
    CONSTRAINT contact_suggestion_pair UNIQUE (one_id, other_id),
    FOREIGN KEY(one_id) REFERENCES contact (id),
    FOREIGN KEY(other_id) REFERENCES contact (id),
    FOREIGN KEY(dismissed_by_agent_id) REFERENCES agent (id)
)

CREATE INDEX contact_suggestion_other ON contact_suggestion (other_id)

CREATE TABLE contact_tag (
    contact_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (contact_id, tag_id),
    FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE,
    FOREIGN KEY(tag_id) REFERENCES tag (id) ON DELETE CASCADE
)

CREATE INDEX contact_tag_tag ON contact_tag (tag_id, contact_id)

CREATE TABLE password_link (
    id uuid NOT NULL,
    agent_id uuid NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    token_digest bytea NOT NULL,
    by_agent_id uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE,
    UNIQUE (token_digest),
    FOREIGN KEY(by_agent_id) REFERENCES agent (id)
)

CREATE INDEX password_link_agent ON password_link (agent_id)

CREATE TABLE second_factor (
    agent_id uuid NOT NULL,
    secret bytea NOT NULL,
    recovery_digests bytea[] DEFAULT '{}' NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    confirmed_at timestamptz,
    PRIMARY KEY (agent_id),
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE
)

CREATE TABLE session (
    id uuid NOT NULL,
    token_digest bytea NOT NULL,
    agent_id uuid NOT NULL,
    csrf_token text COLLATE "C" NOT NULL,
    user_agent text DEFAULT '' NOT NULL,
    address text DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (token_digest),
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE
)

CREATE INDEX ix_session_agent_id ON session (agent_id)

CREATE TABLE team_member (
    team_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    PRIMARY KEY (team_id, agent_id),
    FOREIGN KEY(team_id) REFERENCES team (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE
)

CREATE TABLE template (
    id uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    platform_account_id uuid,
    channel_account_id uuid,
    name text COLLATE "C" NOT NULL,
    title text DEFAULT '' NOT NULL,
    default_language text COLLATE "C" NOT NULL,
    defaults jsonb DEFAULT '{}' NOT NULL,
    archived_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT template_owner CHECK (num_nonnulls(platform_account_id, channel_account_id) = 1),
    FOREIGN KEY(platform_account_id) REFERENCES platform_account (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE UNIQUE INDEX template_name ON template (coalesce(platform_account_id, channel_account_id), name) WHERE archived_at IS NULL

CREATE INDEX template_order ON template (name, id)

CREATE TABLE template_version (
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    language text COLLATE "C" NOT NULL,
    external_id text COLLATE "C",
    category text COLLATE "C" DEFAULT '' NOT NULL,
    status text COLLATE "C" DEFAULT 'draft' NOT NULL,
    quality text COLLATE "C" DEFAULT '' NOT NULL,
    rejected_reason text COLLATE "C" DEFAULT '' NOT NULL,
    parameter_format text COLLATE "C" DEFAULT 'positional' NOT NULL,
    components jsonb DEFAULT '[]' NOT NULL,
    error jsonb,
    told_at jsonb DEFAULT '{}' NOT NULL,
    submitted_at timestamptz,
    archived_at timestamptz,
    updated_at timestamptz DEFAULT now() NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(template_id) REFERENCES template (id) ON DELETE CASCADE
)

CREATE INDEX template_version_external ON template_version (external_id)

CREATE UNIQUE INDEX template_version_language ON template_version (template_id, language) WHERE archived_at IS NULL

CREATE TABLE exchange (
    id uuid NOT NULL,
    at timestamptz DEFAULT now() NOT NULL,
    channel_account_id uuid NOT NULL,
    message_id uuid,
    method text COLLATE "C" NOT NULL,
    url text NOT NULL,
    status integer,
    duration_ms double precision DEFAULT 0 NOT NULL,
    error_code text COLLATE "C",
    external_code text COLLATE "C",
    request jsonb DEFAULT '{}' NOT NULL,
    response jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE INDEX exchange_account_at ON exchange (channel_account_id, at)

CREATE INDEX exchange_at ON exchange (at)

CREATE TABLE identity (
    id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    name text DEFAULT '' NOT NULL,
    username text COLLATE "C" DEFAULT '' NOT NULL,
    merged_into_id uuid,
    unreachable_reason text COLLATE "C",
    reachability_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(merged_into_id) REFERENCES identity (id)
)

CREATE INDEX ix_identity_channel_account_id ON identity (channel_account_id)

CREATE INDEX ix_identity_contact_id ON identity (contact_id)

CREATE TABLE media (
    id uuid NOT NULL,
    state text COLLATE "C" DEFAULT 'pending' NOT NULL,
    mime text COLLATE "C" DEFAULT '' NOT NULL,
    filename text DEFAULT '' NOT NULL,
    size_bytes bigint,
    sha256 text COLLATE "C",
    storage_key text COLLATE "C",
    thumb_key text COLLATE "C",
    width integer,
    height integer,
    looked_at timestamptz,
    made_from_id uuid,
    made_for text COLLATE "C" DEFAULT '' NOT NULL,
    channel_account_id uuid,
    source bytea,
    attempts smallint DEFAULT '0' NOT NULL,
    next_try_at timestamptz,
    error jsonb,
    platform_ids jsonb DEFAULT '{}' NOT NULL,
    uploaded_by_id uuid,
    uploaded_by_token_id uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(made_from_id) REFERENCES media (id) ON DELETE SET NULL,
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    FOREIGN KEY(uploaded_by_id) REFERENCES agent (id),
    FOREIGN KEY(uploaded_by_token_id) REFERENCES api_token (id)
)

CREATE UNIQUE INDEX media_made ON media (made_from_id, made_for) WHERE made_from_id IS NOT NULL

CREATE INDEX media_thumb_key ON media (thumb_key) WHERE thumb_key IS NOT NULL

CREATE INDEX media_unseen ON media (created_at) WHERE state = 'ready' AND looked_at IS NULL AND mime LIKE 'image/%'

CREATE INDEX media_pending ON media (next_try_at) WHERE state = 'pending'

CREATE INDEX media_storage_key ON media (storage_key)

CREATE INDEX media_uploaded ON media (created_at) WHERE channel_account_id IS NULL

CREATE TABLE pending_status (
    channel_account_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    error jsonb,
    pricing jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (channel_account_id, external_id, status),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE INDEX pending_status_created ON pending_status (created_at)

CREATE TABLE passive_answer (
    channel_account_id uuid NOT NULL,
    answered text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    content_type text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (channel_account_id, answered),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE INDEX passive_answer_at ON passive_answer (created_at)

CREATE TABLE pull (
    channel_account_id uuid NOT NULL,
    cursor text DEFAULT '' NOT NULL,
    token text DEFAULT '' NOT NULL,
    told_at timestamptz,
    announced bigint DEFAULT 0 NOT NULL,
    fetched bigint DEFAULT 0 NOT NULL,
    fetched_at timestamptz,
    leased_until timestamptz,
    PRIMARY KEY (channel_account_id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE TABLE platform_event (
    id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    event_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    field text COLLATE "C" DEFAULT '' NOT NULL,
    severity text COLLATE "C" DEFAULT 'info' NOT NULL,
    data jsonb DEFAULT '{}' NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT platform_event_key UNIQUE (channel_account_id, event_key),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id)
)

CREATE INDEX platform_event_kind ON platform_event (kind, occurred_at)

CREATE TABLE consent (
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    identity_id uuid,
    purpose text COLLATE "C" NOT NULL,
    channel text COLLATE "C" DEFAULT '' NOT NULL,
    granted boolean NOT NULL,
    source text COLLATE "C" NOT NULL,
    wording text DEFAULT '' NOT NULL,
    proof jsonb DEFAULT '{}' NOT NULL,
    event_key text COLLATE "C",
    occurred_at timestamptz NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(identity_id) REFERENCES identity (id)
)

CREATE INDEX consent_contact ON consent (contact_id, purpose, channel, occurred_at)

CREATE UNIQUE INDEX consent_event_key ON consent (event_key) WHERE event_key IS NOT NULL

CREATE TABLE qr_code (
    id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    scene text COLLATE "C" NOT NULL,
    name text DEFAULT '' NOT NULL,
    url text DEFAULT '' NOT NULL,
    image_url text DEFAULT '' NOT NULL,
    created_by_id uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    FOREIGN KEY(created_by_id) REFERENCES agent (id)
)

CREATE UNIQUE INDEX qr_code_scene ON qr_code (channel_account_id, scene)

CREATE TABLE conversation (
    id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    identity_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    status text COLLATE "C" DEFAULT 'open' NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    assignee_id uuid,
    team_id uuid,
    priority smallint DEFAULT '0' NOT NULL,
    snoozed_until timestamptz,
    unread_count integer DEFAULT '0' NOT NULL,
    last_message jsonb,
    last_message_at timestamptz NOT NULL,
    last_inbound_at timestamptz,
    last_inbound_external_id text COLLATE "C",
    read_receipt_external_id text COLLATE "C",
    waiting_since timestamptz,
    reply_window_ends_at timestamptz,
    delivered_until timestamptz,
    read_until timestamptz,
    merged_into_id uuid,
    held_by text COLLATE "C",
    question jsonb,
    closed_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT conversation_identity UNIQUE (identity_id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    FOREIGN KEY(identity_id) REFERENCES identity (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(assignee_id) REFERENCES agent (id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(merged_into_id) REFERENCES conversation (id)
) WITH (fillfactor = 80)

CREATE INDEX conversation_account ON conversation (channel_account_id, status, last_message_at, id) WHERE listed

CREATE INDEX conversation_team ON conversation (team_id, status, last_message_at, id) WHERE listed AND team_id IS NOT NULL

CREATE INDEX conversation_unread ON conversation (status, last_message_at, id) WHERE listed AND unread_count > 0

CREATE INDEX conversation_priority ON conversation (priority, status, last_message_at, id) WHERE listed AND priority <> 0

CREATE INDEX conversation_assignee ON conversation (assignee_id, status, last_message_at, id) WHERE listed

CREATE INDEX conversation_contact ON conversation (contact_id)

CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE status = 'snoozed'

CREATE INDEX conversation_status_last ON conversation (status, last_message_at, id) WHERE listed

CREATE INDEX conversation_waiting ON conversation (waiting_since, id) WHERE listed AND status = 'open' AND waiting_since IS NOT NULL

CREATE TABLE visitor_session (
    id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    token_digest bytea NOT NULL,
    visitor text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" DEFAULT '' NOT NULL,
    language text COLLATE "C" DEFAULT '' NOT NULL,
    facts jsonb DEFAULT '{}' NOT NULL,
    proven jsonb DEFAULT '[]' NOT NULL,
    facts_told boolean DEFAULT true NOT NULL,
    page jsonb,
    page_at timestamptz,
    seen_at timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    UNIQUE (token_digest)
)

CREATE INDEX visitor_session_user ON visitor_session (channel_account_id, user_id) WHERE user_id <> ''

CREATE INDEX visitor_session_visitor ON visitor_session (channel_account_id, visitor)

CREATE TABLE hand_over_code (
    code text COLLATE "C" NOT NULL,
    session_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    claimed_by_id uuid,
    claimed_at timestamptz,
    settled_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (code),
    FOREIGN KEY(session_id) REFERENCES visitor_session (id) ON DELETE CASCADE,
    FOREIGN KEY(claimed_by_id) REFERENCES identity (id)
)

CREATE INDEX hand_over_code_open ON hand_over_code (claimed_at) WHERE claimed_at IS NOT NULL AND settled_at IS NULL

CREATE TABLE identity_key (
    channel_account_id uuid NOT NULL,
    scope text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    identity_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (channel_account_id, scope, kind, value),
    FOREIGN KEY(identity_id) REFERENCES identity (id)
)

CREATE INDEX identity_key_identity ON identity_key (identity_id)

CREATE TABLE contact_key (
    scope text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    contact_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (scope, kind, value),
    FOREIGN KEY(contact_id) REFERENCES contact (id)
)

CREATE INDEX contact_key_contact ON contact_key (contact_id)

CREATE TABLE assignment (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    agent_id uuid,
    team_id uuid,
    by_agent_id uuid,
    reason jsonb DEFAULT '{}' NOT NULL,
    assigned_at timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(by_agent_id) REFERENCES agent (id)
)

CREATE INDEX assignment_conversation ON assignment (conversation_id, assigned_at)

CREATE UNIQUE INDEX assignment_current ON assignment (conversation_id) WHERE ended_at IS NULL

CREATE TABLE assignment_request (
    conversation_id uuid NOT NULL,
    team_id uuid,
    code text COLLATE "C" DEFAULT 'new' NOT NULL,
    requested_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (conversation_id),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    FOREIGN KEY(team_id) REFERENCES team (id)
)

CREATE INDEX assignment_request_queue ON assignment_request (team_id, requested_at)

CREATE TABLE conversation_tag (
    conversation_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (conversation_id, tag_id),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    FOREIGN KEY(tag_id) REFERENCES tag (id) ON DELETE CASCADE
)

CREATE INDEX conversation_tag_tag ON conversation_tag (tag_id, conversation_id)

CREATE TABLE draft (
    conversation_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    text text NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (conversation_id, agent_id),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent (id) ON DELETE CASCADE
)

CREATE TABLE message (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    direction text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    text text DEFAULT '' NOT NULL,
    content jsonb DEFAULT '{}' NOT NULL,
    external_id text COLLATE "C",
    client_id text COLLATE "C",
    client_digest bytea,
    reply_to_id uuid,
    reply_to_external_id text COLLATE "C",
    group_id uuid,
    resent_as_id uuid,
    agent_id uuid,
    campaign_id uuid,
    status text COLLATE "C" DEFAULT 'received' NOT NULL,
    attempts smallint DEFAULT '0' NOT NULL,
    not_before timestamptz,
    back_off_since timestamptz,
    claimed_at timestamptz,
    error jsonb,
    pricing jsonb,
    reactions jsonb DEFAULT '[]' NOT NULL,
    arrived_late boolean DEFAULT false NOT NULL,
    position_at timestamptz NOT NULL,
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    played_at timestamptz,
    failed_at timestamptz,
    edited_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
) WITH (fillfactor = 85)

CREATE INDEX message_campaign ON message (campaign_id) WHERE campaign_id IS NOT NULL

CREATE UNIQUE INDEX message_client ON message (conversation_id, client_id) WHERE client_id IS NOT NULL

CREATE UNIQUE INDEX message_external ON message (channel_account_id, external_id) WHERE external_id IS NOT NULL

CREATE INDEX message_outbox ON message (conversation_id, position_at, id) WHERE status IN ('queued', 'sending')

CREATE INDEX message_scheduled ON message (not_before) WHERE status = 'scheduled'

CREATE INDEX message_thread ON message (conversation_id, position_at, id)

CREATE TABLE reply_grant (
    conversation_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    opened_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    quota_left integer,
    PRIMARY KEY (conversation_id, kind),
    FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
)

CREATE TABLE attachment (
    message_id uuid NOT NULL,
    position smallint NOT NULL,
    media_id uuid NOT NULL,
    voice boolean DEFAULT false NOT NULL,
    animated boolean DEFAULT false NOT NULL,
    PRIMARY KEY (message_id, position),
    FOREIGN KEY(message_id) REFERENCES message (id),
    FOREIGN KEY(media_id) REFERENCES media (id)
)

CREATE INDEX attachment_media ON attachment (media_id)

CREATE TABLE message_change (
    id uuid NOT NULL,
    message_id uuid,
    channel_account_id uuid NOT NULL,
    target_external_id text COLLATE "C",
    kind text COLLATE "C" NOT NULL,
    by text COLLATE "C" DEFAULT 'contact' NOT NULL,
    agent_id uuid,
    outbox_message_id uuid,
    emoji text,
    before jsonb,
    after jsonb,
    external_id text COLLATE "C",
    occurred_at timestamptz NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(message_id) REFERENCES message (id),
    FOREIGN KEY(channel_account_id) REFERENCES channel_account (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
)

CREATE UNIQUE INDEX message_change_external ON message_change (channel_account_id, external_id) WHERE external_id IS NOT NULL

CREATE INDEX message_change_message ON message_change (message_id)

CREATE INDEX message_change_orphan ON message_change (channel_account_id, target_external_id) WHERE message_id IS NULL

CREATE TABLE template_file (
    version_id uuid NOT NULL,
    media_id uuid NOT NULL,
    PRIMARY KEY (version_id, media_id),
    FOREIGN KEY(version_id) REFERENCES template_version (id) ON DELETE CASCADE,
    FOREIGN KEY(media_id) REFERENCES media (id)
)

CREATE INDEX template_file_media ON template_file (media_id)

CREATE TABLE bulk_act (
    id uuid NOT NULL,
    actor text COLLATE "C" NOT NULL,
    agent_id uuid,
    action jsonb DEFAULT '{}' NOT NULL,
    undo_asked_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
)

CREATE TABLE bulk_item (
    act_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    state text COLLATE "C" DEFAULT 'waiting' NOT NULL,
    before jsonb,
    PRIMARY KEY (act_id, conversation_id),
    FOREIGN KEY(act_id) REFERENCES bulk_act (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
)

CREATE INDEX bulk_item_state ON bulk_item (act_id, state, conversation_id)

CREATE TABLE message_search (
    message_id uuid NOT NULL,
    month date NOT NULL,
    conversation_id uuid NOT NULL,
    words tsvector NOT NULL,
    grams text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (message_id, month),
    FOREIGN KEY(message_id) REFERENCES message (id)
) PARTITION BY RANGE (month)

CREATE INDEX message_search_grams ON message_search USING gin (grams)

CREATE INDEX message_search_words ON message_search USING gin (words)
"""

DEFAULT_PARTITIONS = """
CREATE TABLE delivery_default PARTITION OF delivery DEFAULT

CREATE TABLE event_default PARTITION OF event DEFAULT

CREATE TABLE message_search_default PARTITION OF message_search DEFAULT
"""


def upgrade() -> None:
    op.execute("CREATE SEQUENCE event_id_seq")
    op.execute(BIGRAMS)
    for statement in (SCHEMA + DEFAULT_PARTITIONS).strip().split("\n\n"):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the first migration is not taken back: drop the database instead")

"""Who works here: brands, agents, teams, sessions, API tokens, live sockets, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.columns import UUID, KeyText, datetime, id_column, jsonb, key_text, ref, timestamp, written_at

ROLES = ("admin", "supervisor", "agent", "marketer")
AVAILABILITIES = ("available", "busy", "away", "offline")
VISIBILITIES = ("all", "team", "own")


class Brand(SQLModel, table=True):
    """A face of the business. One is the default; accounts, catalogs and campaigns point to one."""

    __tablename__ = "brand"
    __table_args__ = (sa.Index("brand_default", "is_default", unique=True, postgresql_where=sa.text("is_default")),)

    id: UUID = id_column()
    name: str
    is_default: bool = Field(default=False)
    time_zone: str = Field(default="Asia/Hong_Kong")
    currency: str = Field(default="HKD")
    language: str = Field(default="en")
    created_at: datetime = written_at()


class Team(SQLModel, table=True):
    __tablename__ = "team"

    id: UUID = id_column()
    name: str
    archived_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class Agent(SQLModel, table=True):
    """A person who can log in. `email` is stored folded. `capacity` is in load units: a chat weighs 1 unless a rule says otherwise."""

    __tablename__ = "agent"
    __table_args__ = (sa.Index("agent_email", "email", unique=True),)

    id: UUID = id_column()
    email: str = key_text(default=None)
    name: str
    role: str = key_text(default="agent")
    password_hash: str = Field(default="")
    visibility: str = key_text(default="all")
    availability: str = key_text(default="available")
    availability_changed_at: datetime | None = timestamp()
    capacity: float = Field(default=15)
    skills: list[str] = Field(
        default_factory=list, sa_column=sa.Column(ARRAY(KeyText), nullable=False, server_default="{}")
    )
    languages: list[str] = Field(
        default_factory=list, sa_column=sa.Column(ARRAY(KeyText), nullable=False, server_default="{}")
    )
    language: str = key_text(default="en")
    preferences: dict[str, str] = jsonb()
    last_assigned_at: datetime | None = timestamp()
    disabled_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class TeamMember(SQLModel, table=True):
    __tablename__ = "team_member"

    team_id: UUID = ref("team.id", primary_key=True, ondelete="CASCADE")
    agent_id: UUID = ref("agent.id", primary_key=True, ondelete="CASCADE")


class AgentSocket(SQLModel, table=True):
    """That one web process holds live sockets of an agent, leased: a killed process's row ends by itself."""

    __tablename__ = "agent_socket"

    agent_id: UUID = ref("agent.id", primary_key=True, ondelete="CASCADE")
    process_id: UUID = Field(sa_type=sa.Uuid, primary_key=True)
    expires_at: datetime = timestamp(nullable=False)


class Session(SQLModel, table=True):
    """A browser's log-in. Only a keyed hash of its token is kept."""

    __tablename__ = "session"

    id: UUID = id_column()
    token_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False, unique=True))
    agent_id: UUID = ref("agent.id", index=True, ondelete="CASCADE")
    csrf_token: str = key_text(default=None)
    user_agent: str = Field(default="")
    address: str = Field(default="")
    created_at: datetime = written_at()
    last_seen_at: datetime = timestamp(nullable=False)
    expires_at: datetime = timestamp(nullable=False)
    revoked_at: datetime | None = timestamp()


class SecondFactor(SQLModel, table=True):
    """A person's authenticator app, in force once confirmed. `last_step` is the newest code's time step: no code counts twice."""

    __tablename__ = "second_factor"

    agent_id: UUID = ref("agent.id", primary_key=True, ondelete="CASCADE")
    secret: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    recovery_digests: list[bytes] = Field(
        default_factory=list, sa_column=sa.Column(ARRAY(sa.LargeBinary), nullable=False, server_default="{}")
    )
    last_step: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = written_at()
    confirmed_at: datetime | None = timestamp()


class PasswordLink(SQLModel, table=True):
    """A link with which a person sets a password: an invitation or a reset. Works once; a newer one ends it."""

    __tablename__ = "password_link"
    __table_args__ = (sa.Index("password_link_agent", "agent_id"),)

    id: UUID = id_column()
    agent_id: UUID = ref("agent.id", ondelete="CASCADE")
    purpose: str = key_text(default=None)
    token_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False, unique=True))
    by_agent_id: UUID | None = ref("agent.id", nullable=True)
    created_at: datetime = written_at()
    expires_at: datetime = timestamp(nullable=False)
    used_at: datetime | None = timestamp()


class ApiToken(SQLModel, table=True):
    """A program's key. With `permissions` it may do only those of its role's."""

    __tablename__ = "api_token"

    id: UUID = id_column()
    name: str
    role: str = key_text(default="agent")
    permissions: list[str] | None = Field(default=None, sa_column=sa.Column(ARRAY(KeyText), nullable=True))
    token_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False, unique=True))
    created_at: datetime = written_at()
    last_used_at: datetime | None = timestamp()
    revoked_at: datetime | None = timestamp()


class AuditEntry(SQLModel, table=True):
    """A privileged act: who, what, on which row, with codes and parameters, never with secrets."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("audit_entry_at", "at"),
        sa.Index("audit_entry_subject", "subject_kind", "subject_id", "at"),
    )

    id: UUID = id_column()
    at: datetime = written_at()
    actor_kind: str = key_text(default="agent")
    actor_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    action: str = key_text(default=None)
    subject_kind: str = key_text()
    subject_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    params: dict[str, str] = jsonb()


class IdempotencyKey(SQLModel, table=True):
    """The first answer to a POST with an Idempotency-Key, kept 24 h. `scope_digest` hashes actor, method, path and key."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.Index("idempotency_key_created", "created_at"),)

    scope_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, primary_key=True))
    body_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    status: int = Field(sa_column=sa.Column(sa.SmallInteger, nullable=False))
    body: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    created_at: datetime = written_at()

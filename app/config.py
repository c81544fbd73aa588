"""Settings: environment variables that begin with HAWKER_, and `.env`. Nothing else configures the product."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every field is an environment variable with the prefix HAWKER_."""

    model_config = SettingsConfigDict(env_prefix="HAWKER_", env_file=".env", extra="ignore", frozen=True)

    database_url: str | None = Field(
        None, description="PostgreSQL ≥ 15: postgresql://user:password@host/database. Unset: embedded."
    )
    redis_url: str | None = Field(
        None, description="Redis ≥ 7 or Valkey: redis://host:6379/0 or unix://path. Unset: embedded."
    )
    secret_key: str | None = Field(
        None,
        min_length=32,
        description="Encrypts secrets at rest and signs links; 32 or more random characters. Several, comma-separated: "
        "the first encrypts, all decrypt (rotation). Unset: `up` makes secret.key in the data directory.",
    )
    base_url: str | None = Field(
        None,
        description="The address that browsers and platforms reach, such as https://chat.example.com. Unset: the address that `up` or `web` binds.",
    )
    data_dir: Path = Field(Path(".hawker"), description="Directory for embedded engines, media, spool and secret.key.")
    pg_bin: Path | None = Field(
        None, description="Directory with initdb and postgres to use instead of the bundled ones."
    )
    log_format: Literal["console", "json"] = Field("console", description="console for people, json for collectors.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    delivery_retention_days: int = Field(30, ge=1, le=365, description="Days that raw webhook deliveries are kept.")
    spool_max_bytes: int = Field(
        512 * 1024 * 1024,
        ge=1024 * 1024,
        description="Bytes of webhooks kept on disk while the database is away; beyond, webhooks get 503.",
    )
    webhook_max_bytes: int = Field(
        4 * 1024 * 1024, ge=1024, description="Bytes of the largest webhook body taken (WhatsApp sends up to 3 MB)."
    )
    upload_max_bytes: int = Field(
        100 * 1024 * 1024, ge=1024, description="Bytes of the largest file an agent may upload."
    )
    media_url: str | None = Field(
        None,
        description="Where files are kept: s3://bucket or s3://bucket/prefix on S3-compatible storage. Unset: the data directory.",
    )
    media_cache_bytes: int = Field(
        10 * 1024**3,
        ge=0,
        description="Bytes of files kept in the data directory beside S3 storage, those used last.",
    )
    s3_endpoint: str = Field(
        "https://s3.amazonaws.com",
        description="Address of the S3-compatible storage, such as https://minio.example.com.",
    )
    s3_region: str | None = Field(None, description="Region of the bucket, where the storage asks for one.")
    s3_access_key: str | None = Field(None, description="Access key of the S3-compatible storage.")
    s3_secret_key: str | None = Field(None, description="Secret key of the S3-compatible storage.")
    database_pool_size: int = Field(10, ge=2, le=100, description="PostgreSQL connections per process.")
    max_per_second: float = Field(
        80, gt=0, description="Messages per second per channel account unless its settings say otherwise."
    )
    default_region: str = Field(
        "HK", min_length=2, max_length=2, description="ISO country for phone numbers typed without a country code."
    )
    business_name: str = Field("Hawker", description="Name shown until the business has set one in the settings.")
    time_zone: str = Field("Asia/Hong_Kong", description="IANA time zone of the business.")
    currency: str = Field("HKD", min_length=3, max_length=3, description="ISO 4217 base currency of the business.")
    metrics_token: str | None = Field(
        None, description="Bearer token for /metrics. Unset: /metrics answers loopback only."
    )
    smtp_url: str | None = Field(
        None,
        description="Mail server for invitations and new passwords: smtp://user:password@host:587 (STARTTLS when offered) or "
        "smtps://user:password@host:465. Unset: the links are shown to the administrator.",
    )
    mail_from: str | None = Field(
        None, description="Sender of our mails, such as Shop <desk@example.com>. Unset: the mail server's log-in name."
    )
    session_days: int = Field(14, ge=1, le=365, description="Days that a browser session lasts without use.")

    @field_validator("media_url")
    @classmethod
    def _bucket(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", value):
            raise ValueError("write s3://bucket or s3://bucket/prefix, or leave it out")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/]+/?", value):
            raise ValueError("write it with http:// or https:// and without a path, such as https://minio.example.com")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _origin_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("write it with http:// or https://, such as https://chat.example.com")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("write a mail server's address: smtp://user:password@host:587 or smtps://…")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("write a PostgreSQL address: postgresql://user:password@host/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("write a Redis address: redis://host:6379/0, rediss://… or unix:///path/to/socket")
        return value

    @property
    def secret_keys(self) -> list[str]:
        """All keys, the encrypting one first. Raises SettingMissing when there is none."""
        if not self.secret_key:
            raise SettingMissing(
                "HAWKER_SECRET_KEY",
                "write 32 or more random characters, or point HAWKER_DATA_DIR at the directory that `up` uses",
            )
        return [key.strip() for key in self.secret_key.split(",") if key.strip()]


class SettingMissing(Exception):
    """A setting that this command needs is missing or wrong; the text names it and says what to write."""

    def __init__(self, name: str, what_to_write: str) -> None:
        super().__init__(f"{name}: {what_to_write}")
        self.name = name


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the settings once per process, with secret.key of the data directory where none is set. Raises SettingMissing."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HAWKER_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingMissing(name, str(first["msg"]).removeprefix("Value error, ")) from None
    key_file = settings.data_dir / "secret.key"
    if settings.secret_key is None and key_file.is_file():
        settings = settings.model_copy(update={"secret_key": key_file.read_text().strip()})
    return settings

"""Web chat: the shop's own pages, through a window that this server serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.types import ASGIApp

from channels.contract import (
    Account,
    Call,
    Capabilities,
    CheckWords,
    CredentialField,
    Credentials,
    Delivery,
    Guide,
    HttpAnswer,
    InboundEvent,
    Intent,
    Opened,
    PlatformObject,
    SettingField,
)
from channels.hosting import BASE_URL, Host, Hosted
from channels.webchat import capabilities, guide, inbound, outbound, settings, words


class WebChat:
    name = "webchat"
    label = "Web chat"
    credential_fields: tuple[CredentialField, ...] = guide.FIELDS
    setting_fields: tuple[SettingField, ...] = guide.SETTINGS
    guides: tuple[Guide, ...] = guide.GUIDES
    checks: Mapping[str, CheckWords] = guide.CHECKS
    visitor_words: Mapping[str, str] = words.WORDS

    def base_url(self, settings: Mapping[str, Any]) -> str:
        return BASE_URL

    def capabilities(self, account: Account) -> Capabilities:
        return capabilities.capabilities(account)

    def platform_object(self, account: Account, credentials: Credentials) -> PlatformObject | None:
        """There is nothing above an account of our own."""
        return None

    def wrong_settings(self, settings_: Mapping[str, Any]) -> Mapping[str, str]:
        return settings.wrong_settings(settings_)

    def open(self, delivery: Delivery, credentials: Credentials, now: datetime) -> Opened:
        return inbound.open_delivery(delivery, credentials)

    def parse(self, opened: Opened) -> list[InboundEvent]:
        return inbound.parse(opened)

    def acknowledge(self, opened: Opened, results: Sequence[Any]) -> HttpAnswer:
        return inbound.acknowledge(opened)

    def call(self, intent: Intent, account: Account, credentials: Credentials) -> Call:
        return outbound.call(intent, account)

    def hosted(self, host: Host) -> ASGIApp:
        """The pages' server is made when it is mounted: adapters are read by processes that serve nothing."""
        from channels.webchat.hosted import app

        return app.create(host)


ADAPTER: Hosted = WebChat()

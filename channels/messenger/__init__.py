"""Messenger: the chat of a Facebook Page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from channels.contract import (
    Account,
    Adapter,
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
from channels.kit.graph import FACEBOOK
from channels.messenger import capabilities, guide, inbound, outbound


class Messenger:
    name = "messenger"
    label = "Messenger"
    credential_fields: tuple[CredentialField, ...] = guide.FIELDS
    setting_fields: tuple[SettingField, ...] = guide.SETTINGS
    guides: tuple[Guide, ...] = guide.GUIDES
    checks: Mapping[str, CheckWords] = guide.CHECKS

    def base_url(self, settings: Mapping[str, Any]) -> str:
        return FACEBOOK

    def capabilities(self, account: Account) -> Capabilities:
        return capabilities.capabilities(account)

    def platform_object(self, account: Account, credentials: Credentials) -> PlatformObject | None:
        """Utility templates belong to the Page, which is the account itself."""
        return PlatformObject("page", account.external_id)

    def open(self, delivery: Delivery, credentials: Credentials, now: datetime) -> Opened:
        return inbound.open_delivery(delivery, credentials)

    def parse(self, opened: Opened) -> list[InboundEvent]:
        return inbound.parse(opened)

    def acknowledge(self, opened: Opened, results: Sequence[Any]) -> HttpAnswer:
        return inbound.acknowledge(opened)

    def call(self, intent: Intent, account: Account, credentials: Credentials) -> Call:
        return outbound.call(intent, account, credentials)


ADAPTER: Adapter = Messenger()

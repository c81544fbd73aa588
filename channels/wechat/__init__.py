"""WeChat: Official Accounts, and WeCom customer service as the second flavour."""

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
from channels.wechat import capabilities, guide, inbound, outbound
from channels.wechat.flavour import HOSTS, flavour_of


class WeChat:
    name = "wechat"
    label = "WeChat"
    credential_fields: tuple[CredentialField, ...] = guide.FIELDS
    setting_fields: tuple[SettingField, ...] = guide.SETTINGS
    guides: tuple[Guide, ...] = guide.GUIDES
    checks: Mapping[str, CheckWords] = guide.CHECKS

    def base_url(self, settings: Mapping[str, Any]) -> str:
        return HOSTS[flavour_of(settings)]

    def capabilities(self, account: Account) -> Capabilities:
        return capabilities.capabilities(account)

    def platform_object(self, account: Account, credentials: Credentials) -> PlatformObject | None:
        """Name the Open Platform account within which UnionIDs are the same, where the owner has one."""
        above = credentials.get("open_platform_id", "")
        return PlatformObject("open_platform", above) if above else None

    def open(self, delivery: Delivery, credentials: Credentials, now: datetime) -> Opened:
        return inbound.open_delivery(delivery, credentials)

    def parse(self, opened: Opened) -> list[InboundEvent]:
        return inbound.parse(opened)

    def acknowledge(self, opened: Opened, results: Sequence[Any]) -> HttpAnswer:
        return inbound.acknowledge(opened, results)

    def call(self, intent: Intent, account: Account, credentials: Credentials) -> Call:
        return outbound.call(intent, account, credentials)


ADAPTER: Adapter = WeChat()

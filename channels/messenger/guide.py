"""How a Facebook Page is connected without code, and what its checks say.

Source: https://developers.facebook.com/docs/messenger-platform/get-started and …/webhooks (5 May 2026).
"""

from __future__ import annotations

from channels.contract import CredentialField, Guide, SettingField, Step
from channels.kit import meta_guide
from channels.kit.meta_guide import APP_SECRET, APPS, HELLO, VERIFY_TOKEN

FIELDS = (
    CredentialField(
        "access_token",
        label="Page access token",
        help="App dashboard → Messenger → Settings → Access tokens: add the Page, then Generate token.",
    ),
    APP_SECRET,
    VERIFY_TOKEN,
)
SETTINGS = (
    SettingField(
        "max_per_second",
        "number",
        "Messages per second",
        "Empty: what the platform gives every account. Write more only after the platform has raised it.",
        least=0.1,
        most=300,
    ),
)
GUIDES = (
    Guide(
        "messenger",
        "Messenger",
        "The chat of a Facebook Page, with comments below its posts.",
        (
            Step(
                "Choose the Page",
                (
                    "In Meta’s developer site make an app with the product Messenger, or open the one you have.",
                    "You need full control of the Page.",
                ),
                fields=("external_id",),
                proof=("account",),
                link=APPS,
            ),
            Step(
                "Let Hawker read and answer",
                (
                    "Add the Page under Messenger → Settings and generate its token.",
                    "Permissions: pages_messaging, pages_manage_metadata and pages_read_engagement.",
                    "Meta wants to review these once, if people without a role on the app are to be answered.",
                ),
                fields=("access_token",),
                proof=("token", "permissions"),
                link="https://developers.facebook.com/docs/messenger-platform/get-started",
            ),
            Step(
                "Let Messenger call us",
                (
                    "Connect first: the address is made then. Paste address and verify token under Messenger → Settings → Webhooks.",
                    "Which events the Page delivers we set by ourselves.",
                ),
                fields=("app_secret", "verify_token"),
                shows="webhook",
                proof=("subscription",),
                link="https://developers.facebook.com/docs/messenger-platform/webhooks",
            ),
            HELLO,
        ),
        id_label="Page ID",
        id_help="The Page → About → Page transparency, or App dashboard → Messenger → Settings, beside its name.",
    ),
)
CHECKS = dict(meta_guide.CHECKS)

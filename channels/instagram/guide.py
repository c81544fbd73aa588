"""How an Instagram account is connected without code, by either log-in, and what its checks say.

Source: https://developers.facebook.com/docs/instagram-platform/overview and …/webhooks (2026).
"""

from __future__ import annotations

from channels.contract import CredentialField, Guide, SettingField, Step
from channels.instagram.login import FACEBOOK, INSTAGRAM
from channels.kit import meta_guide
from channels.kit.meta_guide import APP_SECRET, APPS, HELLO, VERIFY_TOKEN

FIELDS = (
    CredentialField("access_token", label="Access token"),
    APP_SECRET,
    VERIFY_TOKEN,
    CredentialField(
        "instagram_app_secret",
        required=False,
        label="Instagram app secret",
        help="App dashboard → Instagram → API setup with Instagram login. Deliveries signed with either secret are taken.",
    ),
    CredentialField("login", secret=False, required=False, setting=True, choices=(FACEBOOK, INSTAGRAM), label="Log-in"),
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
_PREPARE = (
    "The account must be a professional one: Instagram app → Settings → Account type.",
    "There, under Messages and story replies, allow access to messages for connected tools.",
)
_WEBHOOK_PROOF = ("subscription",)
GUIDES = (
    Guide(
        "instagram-facebook",
        "Instagram, by Facebook log-in",
        "An Instagram account that is linked to a Facebook Page.",
        (
            Step(
                "Prepare the account",
                (*_PREPARE, "Link it to its Facebook Page."),
                fields=("external_id",),
                proof=("account",),
                link=APPS,
            ),
            Step(
                "Let Hawker read and answer",
                (
                    "Add the linked Page under Messenger → Instagram settings and generate its token.",
                    "Permissions: instagram_basic, instagram_manage_messages, instagram_manage_comments and pages_manage_metadata.",
                ),
                fields=("access_token",),
                proof=("token", "permissions"),
                link="https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login",
            ),
            Step(
                "Let Instagram call us",
                (
                    "Connect first: the address is made then. Paste address and verify token under Webhooks → Instagram.",
                    "There subscribe to messages, messaging_postbacks, message_reactions, messaging_seen and comments.",
                ),
                fields=("app_secret", "verify_token"),
                shows="webhook",
                proof=_WEBHOOK_PROOF,
                link="https://developers.facebook.com/docs/instagram-platform/webhooks",
            ),
            HELLO,
        ),
        id_label="Instagram account ID",
        id_help="Business settings → Accounts → Instagram accounts, below the name. Digits only.",
        settings={"login": FACEBOOK},
        labels={
            "access_token": (
                "Page access token",
                "App dashboard → Messenger → Instagram settings → Generate token, beside the linked Page.",
            )
        },
    ),
    Guide(
        "instagram",
        "Instagram, by Instagram log-in",
        "An Instagram account without a Facebook Page.",
        (
            Step("Prepare the account", _PREPARE, fields=("external_id",), proof=("account",), link=APPS),
            Step(
                "Let Hawker read and answer",
                (
                    "In the app open Instagram → API setup with Instagram login, add the account and generate its token.",
                    "It lives 60 days; we renew it before it ends.",
                ),
                fields=("access_token",),
                proof=("token",),
                link="https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login",
            ),
            Step(
                "Let Instagram call us",
                (
                    "Connect first: the address is made then. Paste address and verify token under Configure webhooks on that page.",
                    "Which events the account delivers we set by ourselves.",
                ),
                fields=("app_secret", "instagram_app_secret", "verify_token"),
                shows="webhook",
                proof=_WEBHOOK_PROOF,
                link="https://developers.facebook.com/docs/instagram-platform/webhooks",
            ),
            HELLO,
        ),
        id_label="Instagram account ID",
        id_help="App dashboard → Instagram → API setup with Instagram login, beside the account. Digits only.",
        settings={"login": INSTAGRAM},
        labels={
            "access_token": (
                "Access token",
                "App dashboard → Instagram → API setup with Instagram login → Generate token, beside the account.",
            )
        },
    ),
)
CHECKS = dict(meta_guide.CHECKS)

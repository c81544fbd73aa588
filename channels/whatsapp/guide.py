"""How a WhatsApp number is connected without code, and what its checks say.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/get-started (read Dec 2025).
"""

from __future__ import annotations

from channels.contract import CheckWords, CredentialField, Guide, SettingField, Step
from channels.kit import meta_guide
from channels.kit.meta_guide import APP_SECRET, APPS, HELLO, VERIFY_TOKEN

FIELDS = (
    CredentialField(
        "access_token",
        shared=True,
        label="Access token",
        help="Business settings → System users → your system user → Generate token. Choose one that does not expire.",
    ),
    CredentialField(APP_SECRET.name, shared=True, label=APP_SECRET.label, help=APP_SECRET.help),
    VERIFY_TOKEN,
    CredentialField(
        "waba_id",
        secret=False,
        shared=True,
        label="WhatsApp Business Account ID",
        help="App dashboard → WhatsApp → API setup, beside the number.",
    ),
)
PACE = SettingField(
    "max_per_second",
    "number",
    "Messages per second",
    "Empty: what the platform gives every account. Write more only after the platform has raised it.",
    least=0.1,
    most=1000,
)
GUIDES = (
    Guide(
        "whatsapp",
        "WhatsApp",
        "A phone number on the WhatsApp Business Platform (Cloud API).",
        (
            Step(
                "Have a number on the platform",
                (
                    "In Meta’s developer site make an app with the product WhatsApp, or open the one you have.",
                    "Under WhatsApp → API setup add your number; it may not be in use in the WhatsApp app without coexistence.",
                ),
                fields=("external_id", "waba_id"),
                proof=("number", "display_name"),
                link=APPS,
            ),
            Step(
                "Let Hawker send",
                (
                    "In Business settings give a system user full control of the WhatsApp account and of the app.",
                    "Generate a token with whatsapp_business_messaging and whatsapp_business_management.",
                ),
                fields=("access_token",),
                proof=("token", "permissions"),
                link="https://business.facebook.com/settings/system-users",
            ),
            Step(
                "Let WhatsApp call us",
                (
                    "With the app’s secret we know that a delivery is WhatsApp’s. The address is told to WhatsApp by itself.",
                    "Does that fail, paste these under WhatsApp → Configuration → Webhook and subscribe to messages.",
                ),
                fields=("app_secret", "verify_token"),
                shows="webhook",
                proof=("webhook_connected", "subscription"),
                link="https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview",
            ),
            HELLO,
        ),
        id_label="Phone number ID",
        id_help="App dashboard → WhatsApp → API setup, under the number. It is not the phone number.",
    ),
)
_QUALITIES = {"green": "high", "yellow": "medium", "red": "low", "na": "not rated yet", "unknown": "not rated yet"}
CHECKS = meta_guide.CHECKS | {
    "number": CheckWords(
        "Phone number",
        ok="It is connected.",
        warning="WhatsApp says: {status}",
        error="It cannot be used. WhatsApp says: {status}",
        mend="Open WhatsApp Manager → Phone numbers and settle what it asks for there.",
    ),
    "quality": CheckWords(
        "Quality rating",
        ok="Customers rate it {quality}.",
        warning="Customers rate it {quality}.",
        error="Customers rate it {quality}; WhatsApp may lower the limits.",
        mend="Send fewer promotions, only to those who asked for them.",
        values=_QUALITIES,
    ),
    "display_name": CheckWords(
        "Display name",
        ok="It may be used.",
        error="WhatsApp declined it.",
        mend="Choose another display name in WhatsApp Manager → Phone numbers.",
    ),
    "throughput": CheckWords(
        "Throughput",
        ok="Level: {level}",
        values={"standard": "standard", "high": "high", "not_applicable": "not told"},
    ),
    "health": CheckWords(
        "Right to send",
        ok="Messages may be sent.",
        warning="Messages may be sent, with limits: {reasons}",
        error="WhatsApp blocks sending: {reasons}",
        mend="Settle it in WhatsApp Manager → Overview, then check again.",
    ),
}
SETTINGS = (PACE,)

"""How a web chat is put on a shop's pages without code, what can be set about it, and what its checks say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from channels.contract import CheckWords, CredentialField, Guide, SettingField, Step
from channels.hosting import SIGNING_KEY
from channels.webchat import settings

_SECRET_LETTERS = 40
FIELDS = (
    CredentialField(SIGNING_KEY, required=False, made=True),
    CredentialField(
        "identity_secret",
        required=False,
        label="Identity secret",
        help="The shop’s server signs with it who is logged in; see docs/webchat.md. Empty: every visitor is anonymous.",
        made_up=_SECRET_LETTERS,
    ),
)


def in_three(
    name: str, label: Mapping[str, str], help_: str, most: int, *, long: bool = True
) -> tuple[SettingField, ...]:
    """Return one field per language of a text that visitors read."""
    kind: Literal["text", "long_text"] = "long_text" if long else "text"
    return tuple(
        SettingField(f"{name}_{settings.key(language)}", kind, label[language], help_, most=most)
        for language in settings.LANGUAGES
    )


SETTINGS = (
    SettingField(
        "allowed_origins",
        "lines",
        "Web addresses of the shop",
        "One per line, such as https://shop.example.com. The chat opens on no other page.",
        most=50,
    ),
    SettingField("colour", "color", "Colour", "Of the button and of the visitor’s own words.", settings.DEFAULT_COLOUR),
    SettingField(
        "theme",
        "choice",
        "Appearance",
        default="auto",
        choices={"auto": "As the visitor’s device", "light": "Light", "dark": "Dark"},
    ),
    SettingField("position", "choice", "Side", default="right", choices={"right": "Right", "left": "Left"}),
    *in_three(
        "title",
        {"en": "Title (English)", "zh-Hant": "Title (Traditional Chinese)", "zh-Hans": "Title (Simplified Chinese)"},
        "Above the chat. Empty: the account’s name.",
        60,
        long=False,
    ),
    *in_three(
        "greeting",
        {
            "en": "Greeting (English)",
            "zh-Hant": "Greeting (Traditional Chinese)",
            "zh-Hans": "Greeting (Simplified Chinese)",
        },
        "The first words that a visitor sees.",
        500,
    ),
    SettingField(
        "questions",
        "questions",
        "Form before the chat",
        "What a visitor is asked first. Nothing: the chat begins at once.",
        choices=settings.QUESTION_KINDS,
        most=6,
    ),
    *in_three(
        "consent",
        {
            "en": "Consent (English)",
            "zh-Hant": "Consent (Traditional Chinese)",
            "zh-Hans": "Consent (Simplified Chinese)",
        },
        "What a visitor has to accept before the first message. Empty: nothing.",
        1000,
    ),
    SettingField("consent_url", "text", "Address of the privacy statement", most=500),
    SettingField(
        "hours", "lines", "Business hours", "One per line, such as mon-fri 09:00-18:00. Nothing: always open.", most=28
    ),
    SettingField("time_zone", "text", "Time zone of the hours", "Empty: the business’s.", most=60),
    *in_three(
        "away",
        {
            "en": "Outside business hours (English)",
            "zh-Hant": "Outside business hours (Traditional Chinese)",
            "zh-Hans": "Outside business hours (Simplified Chinese)",
        },
        "What a visitor reads when nobody is there.",
        500,
    ),
    SettingField("uploads", "switch", "Visitors may send files", default=True),
    SettingField("upload_max_mib", "number", "Largest file (MiB)", default=10, least=1, most=settings.MOST_UPLOAD_MIB),
    SettingField(
        "whatsapp_number",
        "text",
        "WhatsApp number to continue on",
        "With country code, such as +85291234567. Visitors may then go on in WhatsApp, and stay one contact.",
        most=20,
    ),
)
GUIDES = (
    Guide(
        "webchat",
        "Web chat",
        "A chat window on your shop’s own pages.",
        (
            Step(
                "Say where it is shown",
                (
                    "Write the web addresses of your shop into the settings below, one per line.",
                    "On pages of other addresses the chat does not open.",
                ),
                proof=("webchat_origins",),
            ),
            Step(
                "Put it on your pages",
                ("Paste this line before </body> of every page, or once into your shop’s theme.",),
                shows="snippet",
            ),
            Step(
                "Say who is logged in",
                (
                    "Optional: your shop’s server signs the customer’s id with this secret, so that nobody can pretend to be somebody else.",
                    "The page docs/webchat.md has the lines of code for Python, PHP and Node.",
                ),
                fields=("identity_secret",),
            ),
            Step(
                "Say hello",
                ("Open your shop, write a first message in the chat. It appears here by itself.",),
                shows="hello",
            ),
        ),
        snippet='<script src="{base_url}/chat/{id}/widget.js" async></script>',
    ),
)
CHECKS: Mapping[str, CheckWords] = {
    "webchat_origins": CheckWords(
        "Pages that may open the chat",
        ok="{origins}",
        warning="None yet, so it opens nowhere.",
        mend="Write your shop’s web address into the settings, such as https://shop.example.com.",
    ),
}

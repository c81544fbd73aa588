"""What the set-up pages of Meta's channels share: words of checks and fields, and the steps that are the same for all."""

from __future__ import annotations

from channels.contract import CheckWords, CredentialField, Step

APPS = "https://developers.facebook.com/apps"
MADE_UP_LETTERS = 32

APP_SECRET = CredentialField(
    "app_secret",
    label="App secret",
    help="App dashboard → App settings → Basic → App secret → Show. Every delivery is signed with it.",
)
VERIFY_TOKEN = CredentialField(
    "verify_token",
    label="Verify token",
    help="Any text of your own. Meta shows it to us when it tries the webhook, so that we know who asks.",
    made_up=MADE_UP_LETTERS,
)
HELLO = Step(
    "Say hello",
    ("Write to this account from a phone of your own. Your message appears here by itself.",),
    shows="hello",
)
CHECKS = {
    "token": CheckWords(
        "Access token",
        ok="It works.",
        error="Meta does not accept it.",
        mend="Make a new access token, as the guide says, and replace it.",
    ),
    "permissions": CheckWords(
        "Permissions",
        ok="All are granted: {granted}",
        error="Missing: {missing}",
        mend="Make a new access token and choose these permissions too.",
    ),
    "permissions_unknown": CheckWords("Permissions", ok="Meta does not tell which ones this token has."),
    "subscription": CheckWords(
        "Subscription",
        ok="Events are delivered to the app.",
        warning="Some events are not delivered: {missing}",
        error="No events are delivered.",
        mend="Check again: that subscribes the app. Does it stay, look whether the token has all permissions.",
    ),
    "account": CheckWords(
        "Account",
        ok="The token is of this account: {name}",
        error="The token is of another account: {id}",
        mend="Paste the token of this account, or connect the other one.",
    ),
}

"""What is found about an account, in words: the adapter's own, and ours for what no adapter knows. English is the catalogs' key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.contract import Adapter, CheckWords

Json = dict[str, Any]
Gettext = Callable[[str], str]

OWN_CHECKS: Mapping[str, CheckWords] = {
    "webhook_connected": CheckWords("Webhook", ok="{platform} was asked to deliver here, and agreed."),
    "webhook_not_connected": CheckWords(
        "Webhook",
        ok="",
        error="{platform} does not deliver here.",
        mend="Look whether this address can be reached from the internet over https, then check again.",
    ),
    "webhook_by_hand": CheckWords("Webhook", ok="Its address is pasted into the console of {platform}."),
    "webhook_address_unknown": CheckWords(
        "Webhook",
        ok="",
        warning="Hawker does not know its own address.",
        mend="Set HAWKER_BASE_URL to the https address that {platform} reaches, and start Hawker again.",
    ),
    "check_failed": CheckWords(
        "Connection", ok="", error="{platform} could not be asked.", mend="Check again in a moment."
    ),
    "unsubscribe_failed": CheckWords("Webhook", ok="", warning="{platform} could not be told to stop delivering."),
    "token_ends": CheckWords(
        "Token’s end",
        ok="It ends on {date}.",
        warning="It ends soon, on {date}.",
        error="It ended on {date}.",
        mend="Make a new access token and replace it.",
    ),
    "token_renewed": CheckWords(
        "Token’s end",
        ok="We renew it by ourselves; this one ends on {date}.",
        error="It ended on {date} and could not be renewed.",
        mend="Make a new access token and replace it.",
    ),
    "token_lasts": CheckWords("Token’s end", ok="It does not end."),
    "sending_stopped": CheckWords(
        "Sending",
        ok="",
        error="Stopped, because {platform} refused us. What is written waits.",
        mend="Settle what the check says, replace the credentials if need be, then resume.",
    ),
}
_PLACE = re.compile(r"\{(\w+)\}")


def words_of(adapter: Adapter, code: str) -> CheckWords:
    """Return the words of a check; for a code that nobody knows, the code itself."""
    known = adapter.checks.get(code) or OWN_CHECKS.get(code)
    return known or CheckWords(code.replace("_", " "), ok="", mend="")


def finding_in_words(adapter: Adapter, item: Mapping[str, Any], gettext: Gettext) -> Json:
    """Return {code, state, params} with `label`, `text`, `mend` ("" when it is ok) and `detail`, the platform's own words."""
    state, params = str(item["state"]), dict(item.get("params") or {})
    words = words_of(adapter, item["code"])
    values = {name: _value(value, words, gettext) for name, value in params.items()} | {"platform": adapter.label}

    def said(english: str) -> str:
        return _PLACE.sub(lambda place: values.get(place[1], ""), gettext(english)) if english else ""

    return {
        "code": item["code"],
        "state": state,
        "params": params,
        "label": said(words.label),
        "text": said({"ok": words.ok, "warning": words.warning, "error": words.error}[state] or words.ok),
        "mend": said(words.mend) if state != "ok" else "",
        "detail": str(params.get("text") or ""),
    }


def _value(value: Any, words: CheckWords, gettext: Gettext) -> str:
    if isinstance(value, list):
        return ", ".join(_value(member, words, gettext) for member in value)
    text = str(value)
    return gettext(words.values[text]) if text in words.values else text


def all_texts(adapter: Adapter) -> set[str]:
    """Return every English text that an adapter says on the set-up pages."""
    found = {one for words in adapter.checks.values() for one in texts_of(words)}
    for each in adapter.credential_fields:
        found |= {each.label, each.help}
    for setting in adapter.setting_fields:
        found |= {setting.label, setting.help, *setting.choices.values()}
    for guide in adapter.guides:
        found |= {guide.title, guide.about, guide.id_label, guide.id_help}
        found |= {text for pair in guide.labels.values() for text in pair}
        for step in guide.steps:
            found |= {step.title, *step.lines}
    return found - {""}


def texts_of(words: CheckWords) -> set[str]:
    return {words.label, words.ok, words.warning, words.error, words.mend, *words.values.values()} - {""}

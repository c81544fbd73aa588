"""How accounts are connected, as the set-up pages show it: the adapters' guides in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.channel_accounts.words import Gettext, Json
from channels import registry
from channels.contract import Account, Adapter, CredentialField, Guide, SettingField, Step


def all_guides(gettext: Gettext) -> list[Json]:
    """Return every guide of every channel, in the registry's order."""
    return [
        _guide_json(adapter, guide, gettext) for adapter in registry.all_adapters().values() for guide in adapter.guides
    ]


def guide_of(adapter: Adapter, settings: Mapping[str, Any]) -> Guide:
    """Return the guide that an account with these settings was, or would have been, connected by."""
    defaults = {each.name: each.choices[0] for each in adapter.credential_fields if each.setting and each.choices}
    chosen = defaults | {name: str(value) for name, value in settings.items()}
    return next(guide for guide in adapter.guides if guide.settings.items() <= chosen.items())


def _guide_json(adapter: Adapter, guide: Guide, gettext: Gettext) -> Json:
    said = _or_empty(gettext)
    asked = {name for step in guide.steps for name in step.fields}
    rules = adapter.capabilities(Account("", adapter.base_url(guide.settings), guide.settings))
    return {
        "name": guide.name,
        "channel": adapter.name,
        "label": adapter.label,
        "title": said(guide.title),
        "about": said(guide.about),
        "id_label": said(guide.id_label),
        "id_help": said(guide.id_help),
        "settings": dict(guide.settings),
        "fields": [_field_json(each, guide, said) for each in adapter.credential_fields if each.name in asked],
        "setting_fields": [_setting_json(each, said) for each in adapter.setting_fields],
        "steps": [_step_json(step, said) for step in guide.steps],
        "snippet": guide.snippet,
        "webhook_by_hand": rules.webhook_by_hand,
        "token_renewed": rules.token_lifetime_s is not None,
    }


def _field_json(each: CredentialField, guide: Guide, said: Gettext) -> Json:
    label, help_ = guide.labels.get(each.name, (each.label, each.help))
    return {
        "name": each.name,
        "label": said(label),
        "help": said(help_),
        "secret": each.secret,
        "required": each.required,
        "setting": each.setting,
        "choices": list(each.choices),
        "made_up": each.made_up,
    }


def _setting_json(each: SettingField, said: Gettext) -> Json:
    return {
        "name": each.name,
        "kind": each.kind,
        "label": said(each.label),
        "help": said(each.help),
        "default": each.default,
        "choices": {value: said(label) for value, label in each.choices.items()},
        "least": each.least,
        "most": each.most,
    }


def _step_json(step: Step, said: Gettext) -> Json:
    return {
        "title": said(step.title),
        "lines": [said(line) for line in step.lines],
        "fields": list(step.fields),
        "shows": step.shows,
        "proof": list(step.proof),
        "link": step.link,
    }


def _or_empty(gettext: Gettext) -> Gettext:
    """gettext answers an empty text with its catalog's head."""
    return lambda english: gettext(english) if english else ""

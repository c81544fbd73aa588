"""Name → adapter. The one list that a new channel is added to."""

from importlib import import_module

from channels.contract import Adapter

NAMES = ("whatsapp", "messenger", "instagram", "wechat", "webchat")


def get(name: str) -> Adapter:
    """Return the adapter called `name`. Raises KeyError for a channel nobody knows."""
    if name not in NAMES:
        raise KeyError(name)
    adapter: Adapter = import_module(f"channels.{name}").ADAPTER
    return adapter


def all_adapters() -> dict[str, Adapter]:
    return {name: get(name) for name in NAMES}

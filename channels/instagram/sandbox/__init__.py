"""A faithful emulator of Instagram messaging, by both log-ins; shares nothing with the adapter, so that neither covers for the other."""

from channels.instagram.sandbox.emulator import InstagramSandbox as emulator

__all__ = ["emulator"]

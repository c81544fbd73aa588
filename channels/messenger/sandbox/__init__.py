"""A faithful emulator of Messenger for Pages; shares nothing with the adapter, so that neither covers for the other."""

from channels.messenger.sandbox.emulator import MessengerSandbox as emulator

__all__ = ["emulator"]

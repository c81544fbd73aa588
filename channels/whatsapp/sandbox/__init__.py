"""A faithful emulator of WhatsApp's side of the Graph API; shares nothing with the adapter, so that neither covers for the other."""

from channels.whatsapp.sandbox.emulator import WhatsAppSandbox as emulator

__all__ = ["emulator"]

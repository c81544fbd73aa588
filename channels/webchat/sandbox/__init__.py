"""A stranger's shop that has the real chat window on its pages. There is no platform to emulate: Hawker serves web chat itself."""

from channels.webchat.sandbox.emulator import ShopSandbox as emulator

__all__ = ["emulator"]

"""The laboratory: platforms that are not real, customers that anyone can play, and trouble on demand."""

from channels.sandbox.app import create_sandbox

__all__ = ["create_sandbox"]

"""The shop of the outbox's tests: one WhatsApp number on the sandbox, and a customer who has just written."""

from tests.app.outbound.conftest import sandbox_url, shop

__all__ = ["sandbox_url", "shop"]

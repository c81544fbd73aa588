"""Customers: contact, identity, consent, tags."""

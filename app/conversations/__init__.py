"""Conversations and their messages, notes and statuses."""

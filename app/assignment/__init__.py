"""Who gets a conversation, when, and why."""

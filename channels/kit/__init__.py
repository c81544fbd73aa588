"""Pure helpers that several adapters share."""

"""Stories told in real browsers."""

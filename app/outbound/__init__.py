"""From a queued row to the platform, and its outcome back."""

"""Connected numbers, pages and bots: credentials, limits, health, exchange log."""

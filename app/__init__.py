"""Domain, HTTP API and workers."""

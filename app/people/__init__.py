"""People who work here: log-in, sessions, roles, permissions, API tokens, audit."""

"""From a platform's webhook to committed rows."""

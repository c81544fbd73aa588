"""Message templates and their approval: what may be sent when the reply window is closed."""

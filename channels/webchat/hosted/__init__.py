"""The chat window's server: its script, its API and its socket, all below `/chat/{account_id}`."""

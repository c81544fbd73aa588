"""Codes that lead people into a chat, each with a scene that tells where they came from."""

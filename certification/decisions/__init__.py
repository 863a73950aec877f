"""Decisions by independent people, with every guard shown."""

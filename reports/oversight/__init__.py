"""The regulator's view: every certificate, its file, what is seen across all bodies. Read-only."""

"""Measurements against the real server; each prints its figure beside what the machine costs anyone."""

"""Presence: how long somebody counts as here, and when a visit is a new one. Pure."""

from datetime import timedelta

EVERY_SECONDS = 10  # how often a page that is looked at says so
PRESENT = timedelta(seconds=3 * EVERY_SECONDS)
PAUSE = timedelta(minutes=30)  # away for longer, the next look begins a new visit

"""Reach: what a rating is short of for a level, and which improvements are worth most."""

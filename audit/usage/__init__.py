"""Usage: the schemes that assess against a version of a standard, and the audits that began with it.

An audit keeps the version it began with, whatever is published later. Counts go as far as the actor
may see audits.
"""

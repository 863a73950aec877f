"""Upkeep of the file store: clears what crashes left, and finds what the disk damaged.

Stands above evidence and issued documents, which share the store, because only both together know
which contents are still claimed.
"""

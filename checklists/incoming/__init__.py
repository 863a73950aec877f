"""What comes in from others: bytes become text, text becomes data, data becomes a standard.

``storage.py`` decodes and parses within limits; ``rules.py`` holds those limits, what a reader is told to assume, and
the check that every form goes through. Every problem names its place: a row and column, or a JSON pointer.
"""

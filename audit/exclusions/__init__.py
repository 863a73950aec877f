"""Excluding many criteria of an audit at once, with one reason."""

"""The public side: search and verification."""

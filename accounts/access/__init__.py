"""Memberships: which person holds which roles in which organisation."""

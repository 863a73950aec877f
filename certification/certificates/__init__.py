"""Certificates, their revisions, status history and documents."""

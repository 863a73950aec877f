"""Requests for a later date of a finding: asked by the client, decided by the team leader."""

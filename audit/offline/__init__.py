"""Fieldwork without a network: audits taken along on devices, and what was captured there reaching the server."""

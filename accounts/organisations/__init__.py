"""Certification bodies, providers and regulators, with their sites and services."""

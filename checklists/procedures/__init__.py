"""Procedures: the half of a scheme that says how certification runs.

Deadlines, the cycle, audit time, site sampling, competence and the certificate, each read from a
pack and checked. Planning, findings, decisions and the clock take their periods from here.
"""

"""Engagements, programmes, audits: team, impartiality, dates, plan and its acceptance."""

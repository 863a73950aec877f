"""The checklist of one audit: which criteria, why each, and who of the team takes which section."""

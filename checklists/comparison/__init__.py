"""Comparison: what differs between any two versions, criterion by criterion and word by word (S-34).

Any two versions that a person may read can be laid side by side, of one standard or of two. Criteria
are the same where their codes are, or where title and requirement stayed under another code.
"""

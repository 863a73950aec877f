"""Standards: versions, sections and criteria.

A version is drafted, reviewed, approved and published; from then on it never changes (S-34).
Criteria carry requirement, guidance, expected evidence and citations in both languages. Packs that
ship with the product are read by ``parse_standard``.
"""

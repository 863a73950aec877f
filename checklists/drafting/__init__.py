"""Drafting: new standards and versions, their titles, sections and the order of criteria (S-34).

Only a draft changes, and only by people of its body. What a person changed makes them an editor of
the version: they do not approve it. The texts of one criterion are written in ``checklists/editing``.
"""

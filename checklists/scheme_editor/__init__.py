"""The editor of a scheme's draft, part by part.

A part is saved as it stands, complete or not: what is not right is told at its field and keeps the draft from
review. The names of the form fields follow the places in the content (``checklists.scheme_parts``).
"""

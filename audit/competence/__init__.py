"""Who may go: competences for the technical areas of a scheme, declarations, interests (I-05).

``rules.why_not`` says why somebody may not be on a team; nobody passes it.
"""

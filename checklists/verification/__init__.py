"""Verification: the citations of a version listed, and marked once somebody has looked them up (S-35).

A law may stand doubtful for as long as nobody has checked it; whoever has says so here, with a note.
Published versions are served too: a check belongs to the citation, not to the version.
"""

"""The arithmetic of a cycle: which audits are due when, how long they take, which sites they visit.

Pure; every figure comes from the scheme version (I-02, I-03, I-04).
"""

"""Citations: the laws and standards that criteria cite, and who checked each number (S-35).

A check names a citation by its code and clause, so that one look into the law serves every version
that cites it, published ones included. Checks are only added; the latest one counts. The pages stand
in ``checklists/verification``.
"""

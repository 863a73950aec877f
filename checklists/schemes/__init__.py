"""Schemes: what a certification body rates and certifies by.

A scheme version holds levels, dimensions, metrics, deadlines, the cycle, audit time, sampling,
competence and the certificate's form as data (S-02); once published it never changes.
``parse_scheme`` turns that data into the ``SchemeRules`` that the rest of the product uses.
"""

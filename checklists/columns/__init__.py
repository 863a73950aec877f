"""Columns of a table of criteria: what they are called, in which order we write them, which ones a foreign table has.

Knows our own template in both languages and the names that other tables use, and proposes what each column is.
"""

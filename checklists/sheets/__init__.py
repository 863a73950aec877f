"""Tables of criteria: CSV and spreadsheets read into a pack and written from one (I-27).

One row is one criterion. ``rules.py`` knows what stands in a cell, ``storage.py`` the bytes. Texts are never formulas.
"""

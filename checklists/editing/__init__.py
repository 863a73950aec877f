"""Editing: one criterion of a draft, both languages side by side.

What is wanting in a language is seen here and nowhere else. Two people who wrote the same criterion
at once both see it, and choose; every change is an event with the words before and after.
"""

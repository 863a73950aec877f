"""Arranging: the outline of a draft, its sections and the order of its criteria.

The outline shows what is still wanting: texts in one language, titles, dimensions. Everything moves
by buttons; a section that holds criteria is removed only by sending them to another one.
"""

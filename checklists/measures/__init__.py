"""Measures: the half of a scheme that says what is measured and how it becomes a level.

Levels, dimensions, metrics with their anchors, the rating rule and benchmarks, each read from a
pack and checked. The figures are used by the rating of an audit; nothing is computed here.
"""

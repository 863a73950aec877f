"""Dimensions: measures and judged criteria become one dimension's score and level."""

"""Measures and answers become a level that anybody can compute again."""

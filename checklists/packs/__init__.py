"""Packs: standards and schemes as data.

The YAML files here ship with the product. ``rules.py`` reads any pack, whatever its origin, and
tells everything that is wrong with it, each with a JSON pointer.
"""

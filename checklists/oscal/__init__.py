"""OSCAL 1.x catalogs and resolved profiles as checklists (I-26).

Groups become sections, controls and their enhancements criteria, parts their texts. Catalogs that this product wrote
carry their own fields as props of our namespace and come back exactly. docs/interchange.md has the table.
"""

"""Parameters of OSCAL catalogs: what stands in a text for ``{{ insert: param, id }}``."""

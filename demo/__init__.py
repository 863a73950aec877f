"""The demonstration world: deterministic, dated relative to the first start."""

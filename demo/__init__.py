"""The demonstration world: invented organisations whose story is told through the product's own operations."""

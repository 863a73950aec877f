"""The clock: what time alone brings about, once for each day."""

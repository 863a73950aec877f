"""Measures: a metric as it was measured, what of it is proven, and what that is worth."""

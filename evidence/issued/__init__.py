"""Documents the product issued: kept by digest, never changed."""

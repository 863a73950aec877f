"""The evidence of one audit: handed over, listed, given out, declared void."""

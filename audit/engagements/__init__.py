"""Engagements with their programme over the cycles, and audits outside its rhythm (I-02, I-20)."""

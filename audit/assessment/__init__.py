"""Answers to the criteria of an audit with their history, and the evidence they rest on."""

"""The team of an audit: who could go, members, objections of the client (I-05, I-06)."""

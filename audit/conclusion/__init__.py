"""The report: assembled, commented by the client, signed by the leader."""

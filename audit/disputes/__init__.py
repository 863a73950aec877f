"""Disputes about findings: raised by the client, settled by somebody outside the team."""

"""Who is in the fieldwork of an audit right now, and since when somebody has not looked."""

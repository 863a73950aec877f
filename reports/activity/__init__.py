"""What happened in an organisation: the log of events, its check, jobs, and mail kept in files."""

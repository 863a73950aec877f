"""What proves it: files, service records and surveys."""

"""What is decided: applications, decisions, certificates, the public registry."""

"""Members of an organisation: who belongs to it in which roles, invitations, registration."""

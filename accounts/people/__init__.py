"""People: sign-in, sessions kept on the server, invitations, language and time zone."""

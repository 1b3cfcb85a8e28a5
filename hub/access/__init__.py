"""Who may do what: people, roles, sessions, machine tokens and one-time links."""

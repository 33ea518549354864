"""Who may do what: every operation, by everybody, on everything."""

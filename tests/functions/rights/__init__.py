"""Who may do what: every operation, asked by every role about things in every position."""

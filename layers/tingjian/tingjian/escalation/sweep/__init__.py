"""The sweep of what is due."""

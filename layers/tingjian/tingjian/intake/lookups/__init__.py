"""Look-ups: how a customer who has no link comes to one."""

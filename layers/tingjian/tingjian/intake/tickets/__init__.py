"""Tickets, their messages and hand-offs."""

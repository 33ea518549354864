"""Conversations: what is written to a ticket, and what the customer is told of it."""

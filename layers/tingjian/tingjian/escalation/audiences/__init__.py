"""Audiences: who is told of what happens to a ticket."""

"""Ladders: who is told when."""

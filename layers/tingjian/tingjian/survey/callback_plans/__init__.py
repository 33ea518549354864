"""Callback plans: who is to be called, shared out over whom, and what came of it."""

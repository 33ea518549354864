"""Callbacks: a customer who is to be called, by whom, by when, and what came of it."""

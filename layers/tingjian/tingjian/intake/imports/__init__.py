"""Imports of history: a CSV of events becomes tickets with their past."""

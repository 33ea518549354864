"""Saving policies and calendars with what only the wings above the clock know."""

"""Saving policies and calendars, with checks and effects for which tickets must be known."""

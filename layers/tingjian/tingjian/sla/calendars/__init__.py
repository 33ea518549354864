"""Working calendars as data."""

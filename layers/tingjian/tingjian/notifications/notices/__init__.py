"""Notices to members of staff."""

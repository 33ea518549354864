"""The doors of the wing escalation."""

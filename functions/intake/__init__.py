"""The doors of the wing intake."""

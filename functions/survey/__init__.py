"""The doors of the wing survey."""

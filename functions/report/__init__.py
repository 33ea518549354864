"""The doors of the wing report."""

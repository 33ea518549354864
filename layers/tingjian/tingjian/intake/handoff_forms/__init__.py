"""The typed forms of departments."""

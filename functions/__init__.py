"""The doors: one module a trigger."""

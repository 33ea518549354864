"""Reveals: a masked field of a customer shown in full, with a reason that is recorded."""

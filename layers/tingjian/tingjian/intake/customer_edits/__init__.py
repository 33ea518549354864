"""Edits of customers by staff who work for them."""

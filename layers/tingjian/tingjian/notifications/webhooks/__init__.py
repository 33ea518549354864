"""Webhooks: other systems that are told."""

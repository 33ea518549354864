"""Escalation: a request runs against a clock, and people are told."""

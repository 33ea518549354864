"""Alerts: each rung that was reached, and who acknowledged it."""

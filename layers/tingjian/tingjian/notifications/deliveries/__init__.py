"""Deliveries of mail, text messages and webhook calls."""

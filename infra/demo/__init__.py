"""The demo: people, requests, and an event log, all invented."""

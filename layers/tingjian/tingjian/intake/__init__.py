"""Intake: a request comes in and is worked on."""

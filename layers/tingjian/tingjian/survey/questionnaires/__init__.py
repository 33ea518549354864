"""Questionnaires: what is asked after a resolution, and what a low score does, a setting of the type."""

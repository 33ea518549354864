"""Surveys: one a resolution, answered once by a signed link."""

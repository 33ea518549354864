"""Figures: what they are made of. They are counted for reports, and have no door of their own."""

from tingjian.platform.features import Feature

FEATURE = Feature()
